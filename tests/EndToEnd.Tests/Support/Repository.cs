// SPDX-License-Identifier: Apache-2.0
namespace EndToEnd.Tests.Support;

/// <summary>The source tree that these tests were built from, and what it has built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The <c>lateen</c> program of this build's configuration.</summary>
    public static string Lateen =>
        Path.Combine(Root, "src", "Lateen.Cli", "bin", Configuration, "net10.0", "lateen.dll");

    private static string Configuration =>
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Lateen.slnx")))
                return at.FullName;
        }
        throw new DirectoryNotFoundException("the tests do not lie inside a source tree");
    }
}
