// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Lateen.Proxy.Filters;

/// <summary>Settings that a route or virtual host has for HTTP filters (Envoy <c>typed_per_filter_config</c>), by the filter's name.</summary>
public sealed class FilterOverrides
{
    private readonly FrozenDictionary<string, FilterOverride> _byFilter;

    public FilterOverrides(IEnumerable<KeyValuePair<string, FilterOverride>> byFilter) =>
        _byFilter = byFilter.ToFrozenDictionary(StringComparer.Ordinal);

    public static FilterOverrides None { get; } = new([]);

    /// <summary>These, and below them what <paramref name="lower"/> has for other filters: the most specific wins whole.</summary>
    public FilterOverrides Over(FilterOverrides lower)
    {
        if (lower._byFilter.Count == 0)
            return this;
        if (_byFilter.Count == 0)
            return lower;
        var merged = new Dictionary<string, FilterOverride>(lower._byFilter, StringComparer.Ordinal);
        foreach (var (filter, settings) in _byFilter)
            merged[filter] = settings;
        return new FilterOverrides(merged);
    }

    public bool TryGet(string filter, [NotNullWhen(true)] out FilterOverride? settings) =>
        _byFilter.TryGetValue(filter, out settings);
}

/// <summary>Settings of one filter for a route.</summary>
/// <param name="Config">What the filter's factory made of them; null where they only switch the filter on or off.</param>
/// <param name="IsDisabled"><c>FilterConfig.disabled</c>.</param>
public sealed record FilterOverride(object? Config, bool IsDisabled = false);
