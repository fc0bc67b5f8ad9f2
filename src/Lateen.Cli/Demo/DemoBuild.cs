// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Cli.Up;

namespace Lateen.Cli.Demo;

/// <summary>Builds what the demo runs beside itself: the sample, and the proxy unless there is a native one.</summary>
internal static class DemoBuild
{
    /// <exception cref="DemoException">A build failed; the message has its output.</exception>
    public static async Task RunAsync(string root, CancellationToken cancel)
    {
        await BuildAsync(root, "samples/bookinfo/src", "Release", cancel).ConfigureAwait(false);
        if (Programs.FindProxy() is not { } proxy || proxy.EndsWith(".dll", StringComparison.Ordinal))
            await BuildAsync(root, "src/Lateen.ProxyHost", "Debug", cancel).ConfigureAwait(false);
    }

    private static async Task BuildAsync(string root, string project, string configuration, CancellationToken cancel)
    {
        // Analyzers are for those who change the code; here they would only take time.
        var start = new ProcessStartInfo(
            "dotnet",
            ["build", project, "-c", configuration, "-v", "quiet", "-nologo", "-p:RunAnalyzers=false"]
        )
        {
            WorkingDirectory = root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start) ?? throw new DemoException("dotnet cannot be started");
        var output = await build.StandardOutput.ReadToEndAsync(cancel).ConfigureAwait(false);
        await build.WaitForExitAsync(cancel).ConfigureAwait(false);
        if (build.ExitCode != 0)
            throw new DemoException($"{project} does not build:\n{output}");
    }
}

/// <summary>The demo cannot go on; the message is for its user.</summary>
internal sealed class DemoException(string message) : Exception(message);
