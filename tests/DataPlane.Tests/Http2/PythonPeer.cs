// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace DataPlane.Tests.Http2;

/// <summary>The scripts of <c>Cases/</c>, run by Debian's Python.</summary>
internal static class PythonPeer
{
    /// <summary>Runs a script of <c>Cases/</c> and returns what it printed.</summary>
    public static string Run(string script, string[] arguments)
    {
        using var process = Start(script, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(120)), $"{script} does not end");
        return output + errors.Result;
    }

    public static Process Start(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-B"); // no __pycache__ beside the script
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Http2", "Cases", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
