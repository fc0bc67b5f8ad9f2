// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text;

namespace DataPlane.Tests.Interop;

/// <summary>nghttpd: HTTP/2 of others, which tells frame by frame what it receives.</summary>
internal sealed class NghttpServer : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private NghttpServer(Process process, IPEndPoint at)
    {
        _process = process;
        At = at;
        // It waits when nobody reads what it says.
        _reading = Task.Run(ReadAsync);
    }

    public IPEndPoint At { get; }

    /// <param name="options">Of nghttpd, but for the address.</param>
    /// <param name="tls">The files of key and certificate, with a space between; empty for plaintext.</param>
    public static async Task<NghttpServer> StartAsync(string directory, string options = "", string tls = "")
    {
        var at = Daemon.NextAddress();
        var arguments =
            $"-v -a {at.Address} -d {directory} {options} {(tls.Length > 0 ? "" : "--no-tls")} {at.Port} {tls}";
        var process = Tool.Start("nghttpd", arguments);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("IPv4: listen ", StringComparison.Ordinal))
                return new NghttpServer(process, at);
        }
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        Assert.Fail($"nghttpd {arguments}: {errors}");
        return null!;
    }

    /// <summary>Stops it; everything it said.</summary>
    public async Task<string> StopAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _reading;
        return _output.ToString();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _output.AppendLine(line);
    }
}
