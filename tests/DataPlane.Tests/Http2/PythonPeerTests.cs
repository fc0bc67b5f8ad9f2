// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>Peers that are not ours: Debian's python3-h2, python3-hpack and python3-hyperframe, over a loopback socket.</summary>
public sealed class PythonPeerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_case_holds_over_a_socket_with_another_encoder(bool streamErrors)
    {
        using var server = new CodecServer(new Http2Options { OverrideStreamErrorOnInvalidHttpMessage = streamErrors });
        string[] options = streamErrors ? ["--stream-errors"] : [];
        var output = Run("run_cases.py", ["127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), .. options]);
        Assert.Equal($"{Http2Case.All.Count} passed, 0 failed, 0 skipped", output.Trim());
    }

    /// <summary>Runs a script of <c>Cases/</c> and returns what it printed.</summary>
    private static string Run(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Http2", "Cases", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(120)), $"{script} does not end");
        return output + errors.Result;
    }
}
