// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>Finds endpoints by labels without comparing every service with every endpoint.</summary>
internal sealed class LabelIndex
{
    private readonly Dictionary<(string Namespace, string Key, string Value), List<WorkloadEndpoint>> _byLabel = [];

    public LabelIndex(IReadOnlyList<WorkloadEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            foreach (var (key, value) in endpoint.Labels)
            {
                var label = (endpoint.Namespace, key, value);
                if (!_byLabel.TryGetValue(label, out var list))
                    _byLabel[label] = list = [];
                list.Add(endpoint);
            }
        }
    }

    /// <summary>Endpoints of a namespace that carry all the labels; none when there are no labels to carry.</summary>
    public IReadOnlyList<WorkloadEndpoint> Select(string ns, IReadOnlyDictionary<string, string> selector)
    {
        List<WorkloadEndpoint>? fewest = null;
        foreach (var (key, value) in selector)
        {
            if (!_byLabel.TryGetValue((ns, key, value), out var list))
                return [];
            if (fewest is null || list.Count < fewest.Count)
                fewest = list;
        }
        if (fewest is null || selector.Count == 1)
            return fewest ?? [];
        return fewest.Where(endpoint => Labels.Carry(endpoint.Labels, selector)).ToArray();
    }
}

/// <summary>Kubernetes' equality selectors.</summary>
internal static class Labels
{
    /// <summary>Whether <paramref name="labels"/> have everything that <paramref name="selector"/> asks for.</summary>
    public static bool Carry(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> selector)
    {
        foreach (var (key, value) in selector)
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
                return false;
        }
        return true;
    }
}
