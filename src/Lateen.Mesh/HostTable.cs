// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>Values by host name or wildcard, of which the most specific is found.</summary>
internal sealed class HostTable<T>
    where T : class
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.Ordinal);
    private readonly List<(string Pattern, T Value)> _wildcards = [];

    public T GetOrAdd(string pattern, Func<T> create)
    {
        if (!pattern.StartsWith('*'))
            return _exact.TryGetValue(pattern, out var exact) ? exact : _exact[pattern] = create();
        foreach (var (known, value) in _wildcards)
        {
            if (known == pattern)
                return value;
        }
        var added = create();
        _wildcards.Add((pattern, added));
        return added;
    }

    /// <summary>The value of the name itself, else of the longest wildcard that covers it.</summary>
    public T? Find(string host) => Find(host, out _);

    /// <param name="found">What it was found by: the name itself, or the wildcard.</param>
    public T? Find(string host, out string found)
    {
        found = host;
        if (_exact.TryGetValue(host, out var exact))
            return exact;
        var best = (Pattern: "", Value: (T?)null);
        foreach (var (pattern, value) in _wildcards)
        {
            if (pattern.Length > best.Pattern.Length && HostPattern.Covers(pattern, host))
                best = (pattern, value);
        }
        found = best.Pattern;
        return best.Value;
    }
}
