// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Agent.Overload;

/// <summary>The limit of memory that the system set this process, by its control group (cgroups(7), version 2 or 1).</summary>
public static class MemoryLimit
{
    /// <summary>
    /// The share of the limit that is ours to use: the kernel counts its own buffers for our sockets, and pages of files, to
    /// the same limit.
    /// </summary>
    public const double Share = 0.8;

    /// <summary>Bytes; null when there is no limit.</summary>
    /// <param name="root">Where the system's files are; <c>/</c>, unless in tests.</param>
    public static long? Read(string root = "/")
    {
        long? least = null;
        foreach (var line in ReadLines(Path.Combine(root, "proc/self/cgroup")))
        {
            // number:controllers:path, without controllers in version 2.
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var found =
                controllers.Length == 0 ? LeastAbove(Path.Combine(root, "sys/fs/cgroup"), path, "memory.max")
                : controllers.Split(',').Contains("memory")
                    ? LeastAbove(Path.Combine(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes")
                : null;
            least = Least(least, found);
        }
        return least;
    }

    /// <summary>The least limit of a group and those it is in. In a container the path may lead out of what is mounted.</summary>
    private static long? LeastAbove(string mount, string group, string file)
    {
        long? least = null;
        for (var at = group.Trim('/'); ; at = Path.GetDirectoryName(at) ?? "")
        {
            foreach (var line in ReadLines(Path.Combine(mount, at, file)))
            {
                // Version 2 says max, version 1 a number that no machine has.
                if (
                    long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                    && bytes < 1L << 60
                )
                    least = Least(least, bytes);
            }
            if (at.Length == 0)
                return least;
        }
    }

    private static long? Least(long? one, long? other) =>
        one is null ? other
        : other is null ? one
        : Math.Min(one.Value, other.Value);

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return []; // no such group here: nothing limits us
        }
    }
}
