// SPDX-License-Identifier: Apache-2.0
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Lateen.Config.Sources;

/// <summary>Finds the files of configuration below a path.</summary>
internal static class ConfigFiles
{
    private static readonly EnumerationOptions s_everything = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.None,
    };

    /// <summary>The file itself, or every file of a directory and its folders that is one of configuration.</summary>
    /// <exception cref="IOException">A directory cannot be read.</exception>
    public static IEnumerable<ConfigFile> Find(string path)
    {
        if (File.Exists(path))
            return [new ConfigFile(path, FileStamp.Of(path))];
        return new FileSystemEnumerable<ConfigFile>(path, Describe, s_everything)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
                !entry.IsDirectory && IsOfConfiguration(entry.FileName),
            // As .git; and as ..data, below which a mounted ConfigMap has what it has beside it too.
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.FileName.StartsWith("."),
        };
    }

    /// <summary>Whether a file of the name is read.</summary>
    public static bool IsOfConfiguration(ReadOnlySpan<char> name) =>
        !name.StartsWith(".") && Path.GetExtension(name) is ".yaml" or ".yml" or ".json";

    private static ConfigFile Describe(ref FileSystemEntry entry)
    {
        var name = entry.ToSpecifiedFullPath();
        // A link does not change with what it leads to.
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        return new ConfigFile(
            name,
            isLink ? FileStamp.Of(name) : new FileStamp(entry.LastWriteTimeUtc.UtcTicks, entry.Length)
        );
    }
}

/// <summary>A file that is there.</summary>
/// <param name="Name">The path, beginning as the user gave it.</param>
internal readonly record struct ConfigFile(string Name, FileStamp Stamp);

/// <summary>What tells that a file was written, without reading it.</summary>
internal readonly record struct FileStamp(long WrittenAt, long Length)
{
    /// <summary>Of what a path leads to; nobody's when there is nothing, or it may not be read.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return Of(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Whoever reads the file will say why it cannot be.
            return default;
        }
    }

    public static FileStamp Of(SafeFileHandle file) =>
        new(File.GetLastWriteTimeUtc(file).Ticks, RandomAccess.GetLength(file));
}
