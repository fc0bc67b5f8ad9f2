// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>A balancer for each subset of a cluster's endpoints.</summary>
internal sealed class SubsetTable
{
    private readonly FrozenDictionary<SubsetKey, LoadBalancer> _subsets;
    private readonly (string[] Keys, LoadBalancer? Fallback)[] _selectors;
    private readonly LoadBalancer? _fallback;

    private SubsetTable(
        Dictionary<SubsetKey, LoadBalancer> subsets,
        (string[], LoadBalancer?)[] selectors,
        LoadBalancer? fallback
    )
    {
        _subsets = subsets.ToFrozenDictionary();
        _selectors = selectors;
        _fallback = fallback;
    }

    public static SubsetTable Build(
        SubsetSpec spec,
        IReadOnlyList<EndpointEntry> endpoints,
        LoadBalancer whole,
        Func<IReadOnlyList<EndpointEntry>, LoadBalancer> create
    )
    {
        var groups = new Dictionary<SubsetKey, List<EndpointEntry>>();
        foreach (var selector in spec.Selectors)
        {
            foreach (var endpoint in endpoints)
            {
                if (KeyOf(endpoint, selector.Keys) is not { } key)
                    continue;
                if (!groups.TryGetValue(key, out var group))
                    groups[key] = group = [];
                group.Add(endpoint);
            }
        }
        var byDefault = create(endpoints.Where(endpoint => Matches(endpoint, spec.Default)).ToArray());
        LoadBalancer? Of(SubsetFallback fallback) =>
            fallback switch
            {
                SubsetFallback.AnyEndpoint => whole,
                SubsetFallback.DefaultSubset => byDefault,
                _ => null,
            };
        return new SubsetTable(
            groups.ToDictionary(static group => group.Key, group => create(group.Value)),
            spec.Selectors.Select(selector => (selector.Keys.ToArray(), Of(selector.Fallback ?? spec.Fallback)))
                .ToArray(),
            Of(spec.Fallback)
        );
    }

    /// <summary>Null when nothing may serve the request.</summary>
    public LoadBalancer? Find(SubsetKey? key)
    {
        if (key is null)
            return _fallback;
        if (_subsets.TryGetValue(key, out var subset))
            return subset;
        foreach (var (keys, fallback) in _selectors)
        {
            if (HasKeys(key, keys))
                return fallback;
        }
        return _fallback;
    }

    private static bool HasKeys(SubsetKey key, string[] keys)
    {
        if (key.Criteria.Count != keys.Length)
            return false;
        for (var i = 0; i < keys.Length; i++)
        {
            if (key.Criteria[i].Key != keys[i])
                return false;
        }
        return true;
    }

    private static SubsetKey? KeyOf(EndpointEntry endpoint, IReadOnlyList<string> keys)
    {
        var metadata = endpoint.Spec.Metadata;
        return keys.All(metadata.ContainsKey)
            ? new SubsetKey(keys.Select(key => KeyValuePair.Create(key, metadata[key])))
            : null;
    }

    private static bool Matches(EndpointEntry endpoint, SubsetKey key) =>
        key.Criteria.All(pair => endpoint.Spec.Metadata.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
