// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace DataPlane.Tests.Interop;

/// <summary>
/// A server that others wrote, in the background. Each gets a loopback address of its own, so that no port is taken; the
/// program goes into the background once it listens, which is when it can be asked.
/// </summary>
internal sealed class Daemon : IDisposable
{
    /// <summary>Below the ports that the kernel gives away.</summary>
    private const int Port = 7443;

    private static int s_count;
    private readonly string _pidFile;

    private Daemon(string pidFile) => _pidFile = pidFile;

    /// <summary>An address that no other server of this or another test run has.</summary>
    public static IPEndPoint NextAddress()
    {
        var id = Environment.ProcessId;
        var number = Interlocked.Increment(ref s_count);
        Assert.True(number < 150, "addresses are used up");
        return new IPEndPoint(IPAddress.Parse($"127.{100 + number}.{(id >> 8) & 255}.{id & 255}"), Port);
    }

    /// <summary>haproxy with the sections of a configuration.</summary>
    public static Task<Daemon> HaproxyAsync(string directory, string sections)
    {
        var name = $"haproxy-{Interlocked.Increment(ref s_count)}";
        var pid = Path.Combine(directory, name + ".pid");
        var config = Path.Combine(directory, name + ".cfg");
        File.WriteAllText(
            config,
            $"""
            global
              nbthread 1
              maxconn 100
              ssl-default-bind-options ssl-min-ver TLSv1.2
            defaults
              timeout connect 5s
              timeout client 20s
              timeout server 20s
            {sections}

            """
        );
        return StartAsync("haproxy", $"-D -p {pid} -f {config}", pid);
    }

    /// <summary>nginx with the contents of an http section.</summary>
    public static Task<Daemon> NginxAsync(string directory, string http)
    {
        var name = $"nginx-{Interlocked.Increment(ref s_count)}";
        var root = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        var pid = Path.Combine(root, "pid");
        var config = Path.Combine(root, "conf");
        File.WriteAllText(
            config,
            $$"""
            daemon on;
            master_process off;
            pid {{pid}};
            error_log {{root}}/errors;
            events { worker_connections 1000; }
            http {
              access_log off;
              default_type text/plain;
              client_body_temp_path {{root}}/body;
              proxy_temp_path {{root}}/proxy;
              fastcgi_temp_path {{root}}/fastcgi;
              uwsgi_temp_path {{root}}/uwsgi;
              scgi_temp_path {{root}}/scgi;
              {{http}}
            }

            """
        );
        return StartAsync("nginx", $"-e {root}/errors -c {config}", pid);
    }

    public void Dispose()
    {
        if (!File.Exists(_pidFile))
            return;
        var id = int.Parse(File.ReadAllText(_pidFile), CultureInfo.InvariantCulture);
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // it has ended by itself
        }
    }

    private static async Task<Daemon> StartAsync(string command, string arguments, string pidFile)
    {
        var stop = TestContext.Current.CancellationToken;
        using var process = Tool.Start(command, arguments);
        process.StandardInput.Close();
        // What it says comes from the one that ends; its child keeps the pipes of its own open.
        await process.WaitForExitAsync(stop).WaitAsync(Net.LoopFixture.Patience, stop);
        Assert.True(process.ExitCode == 0, $"{command} {arguments} ended with {process.ExitCode}");
        return new Daemon(pidFile);
    }
}
