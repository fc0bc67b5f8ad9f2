// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>Host names that may start with a star, as <c>*.example.com</c>.</summary>
public static class HostPattern
{
    /// <summary>Whether every host of <paramref name="host"/> is one of <paramref name="pattern"/>; a star stands for one character or more.</summary>
    public static bool Covers(string pattern, string host)
    {
        if (!pattern.StartsWith('*'))
            return pattern.Equals(host, StringComparison.OrdinalIgnoreCase);
        var suffix = pattern.AsSpan(1);
        var name = host.StartsWith('*') ? host.AsSpan(1) : host.AsSpan();
        return name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && (host.StartsWith('*') || name.Length > suffix.Length);
    }

    /// <summary>The narrower of two patterns when one covers the other, else null.</summary>
    public static string? Narrower(string first, string second) =>
        Covers(first, second) ? second
        : Covers(second, first) ? first
        : null;
}
