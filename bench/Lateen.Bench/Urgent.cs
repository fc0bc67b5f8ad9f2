// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Lateen.Bench;

/// <summary>
/// Real-time priority, for measuring latencies of a light load on a machine that others use too: without it the percentiles
/// are theirs. Where it is not allowed, as without root, things run as they are.
/// </summary>
internal static class Urgent
{
    private const string Priority = "1";

    private static readonly bool s_isAllowed = Run("-f", Priority, "true");

    /// <summary>Goes before a command.</summary>
    public static IReadOnlyList<string> Prefix { get; } = s_isAllowed ? ["chrt", "-f", Priority] : [];

    /// <summary>For a process that runs, with all its threads.</summary>
    public static void Make(int process)
    {
        if (s_isAllowed && !Run("-a", "-f", "-p", Priority, $"{process}"))
            throw new InvalidOperationException($"chrt refused process {process}");
    }

    private static bool Run(params string[] arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo("chrt", arguments) { UseShellExecute = false, RedirectStandardError = true }
            ) ?? throw new InvalidOperationException("chrt cannot be started");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
