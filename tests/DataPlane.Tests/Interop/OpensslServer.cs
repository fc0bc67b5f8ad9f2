// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace DataPlane.Tests.Interop;

/// <summary>openssl s_server, on a port of its own choice.</summary>
internal sealed class OpensslServer : IDisposable
{
    private readonly Process _process;

    private OpensslServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What it printed after the line that tells its port, as far as it is written when asked for.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>What it sends to the client that is connected, unless it serves pages; at the start of a line some letters are commands.</summary>
    public StreamWriter Input => _process.StandardInput;

    public static async Task<OpensslServer> StartAsync(string options)
    {
        var process = Tool.Start("openssl", $"s_server -accept 127.0.0.1:0 {options}");
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("ACCEPT ", StringComparison.Ordinal))
                return new OpensslServer(process, int.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture));
        }
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        Assert.Fail($"openssl s_server {options}: {errors}");
        return null!;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
