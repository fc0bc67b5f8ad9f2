// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Shared.Tests.Repository;

/// <summary>The working tree these tests were built from.</summary>
internal static class Checkout
{
    private static readonly string[] s_generated = ["bin", "obj", "artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder, generated ones left out, as paths relative to the root.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Root, path))
            .Where(static path => !path.Split('/').Any(static part => s_generated.Contains(part)))
            .Order(StringComparer.Ordinal);

    public static IEnumerable<string> SourceFiles() =>
        new[] { "src", "tests", "bench", "samples" }.SelectMany(static folder => Files(folder, "*.cs"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
