// SPDX-License-Identifier: Apache-2.0
namespace EndToEnd.Tests.Support;

/// <summary>What runs on this machine.</summary>
internal static class Processes
{
    /// <summary>Command lines of running processes that come from this source tree, the tests' own and build servers' left out.</summary>
    public static IReadOnlyList<string> OfThisTree() =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(static entry => int.TryParse(Path.GetFileName(entry), out _))
            .Select(CommandLine)
            .Where(static line =>
                line.Contains(Repository.Root, StringComparison.Ordinal)
                || line.Contains("bin/Release/net10.0/Bookinfo.dll", StringComparison.Ordinal)
            )
            .Where(static line =>
                line.Contains("lateen-proxy", StringComparison.Ordinal)
                || line.Contains("lateen.dll", StringComparison.Ordinal)
                || line.Contains("lateen-demo", StringComparison.Ordinal)
                || line.Contains("Bookinfo.dll", StringComparison.Ordinal)
            )
            .ToList();

    private static string CommandLine(string entry)
    {
        try
        {
            return File.ReadAllText(Path.Combine(entry, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }
}
