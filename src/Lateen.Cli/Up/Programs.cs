// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli.Up;

/// <summary>Finds the programs that a local mesh runs.</summary>
internal static class Programs
{
    private const string ProxyName = "lateen-proxy";
    private static readonly string[] s_configurations = ["Release", "Debug"];

    /// <summary>This program, as something that can be started again.</summary>
    public static string Lateen => Path.Combine(AppContext.BaseDirectory, "lateen.dll");

    /// <summary>
    /// <c>LATEEN_PROXY</c>, else beside this program, else what a source tree has built: the native proxy while it is
    /// not older than its sources, or the assembly. Null when there is none.
    /// </summary>
    public static string? FindProxy()
    {
        if (Environment.GetEnvironmentVariable("LATEEN_PROXY") is { Length: > 0 } named)
            return named;
        var beside = Path.Combine(AppContext.BaseDirectory, ProxyName);
        if (File.Exists(beside))
            return beside;
        if (FindSourceTree() is not { } root)
            return null;
        var native = Path.Combine(root, "artifacts", "native", ProxyName);
        if (File.Exists(native) && File.GetLastWriteTimeUtc(native) >= NewestSource(root))
            return native;
        return s_configurations
            .Select(configuration =>
                Path.Combine(root, "src", "Lateen.ProxyHost", "bin", configuration, "net10.0", $"{ProxyName}.dll")
            )
            .Where(File.Exists)
            .MaxBy(File.GetLastWriteTimeUtc);
    }

    /// <summary>The repository that the working directory is in; null outside of one.</summary>
    public static string? FindSourceTree()
    {
        for (var at = new DirectoryInfo(Environment.CurrentDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Lateen.slnx")))
                return at.FullName;
        }
        return null;
    }

    private static DateTime NewestSource(string root) =>
        Directory
            .EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Max(File.GetLastWriteTimeUtc);
}
