// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text;

namespace DataPlane.Tests.Interop;

/// <summary>nghttpx: a proxy of others between HTTP of any version and HTTP of any version.</summary>
internal sealed class Nghttpx : IDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private Nghttpx(Process process, IPEndPoint at)
    {
        _process = process;
        At = at;
        // It waits when nobody reads what it says.
        _reading = Task.Run(ReadAsync);
    }

    public IPEndPoint At { get; }

    /// <param name="backend">Value of its option: address, port and parameters.</param>
    /// <param name="frontend">Parameters of its option, which begin with a semicolon.</param>
    public static async Task<Nghttpx> StartAsync(string backend, string frontend, string options = "")
    {
        var at = Daemon.NextAddress();
        var arguments =
            $"--single-process --conf=/dev/null --workers=1 --no-ocsp --accesslog-file=/dev/null --frontend={at.Address},{at.Port}{frontend} --backend={backend} {options}";
        var process = Tool.Start("nghttpx", arguments);
        process.StandardInput.Close();
        var said = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.AppendLine(line);
            if (line.Contains("Created worker thread", StringComparison.Ordinal))
                return new Nghttpx(process, at);
        }
        process.Dispose();
        Assert.Fail($"nghttpx {arguments}: {said}");
        return null!;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _reading.Wait();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is not null) { }
    }
}
