// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>The services that clients of a namespace see, each host once.</summary>
internal sealed class VisibleServices
{
    private readonly Dictionary<string, MeshService> _common;

    /// <summary>What differs from the common ones; null for hosts that are not seen.</summary>
    private readonly SortedDictionary<string, MeshService?>? _others;

    private VisibleServices(
        Dictionary<string, MeshService> common,
        SortedDictionary<string, MeshService?>? others,
        MeshService[] sorted
    )
    {
        _common = common;
        _others = others;
        Sorted = sorted;
    }

    /// <summary>By host.</summary>
    public MeshService[] Sorted { get; }

    public static VisibleServices Of(Dictionary<string, MeshService> common)
    {
        var sorted = new MeshService[common.Count];
        common.Values.CopyTo(sorted, 0);
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Host, b.Host));
        return new VisibleServices(common, null, sorted);
    }

    /// <summary>The common ones with others in place of some.</summary>
    public VisibleServices With(SortedDictionary<string, MeshService?> others)
    {
        var merged = new List<MeshService>(Sorted.Length + others.Count);
        var i = 0;
        foreach (var (host, service) in others)
        {
            while (i < Sorted.Length && string.CompareOrdinal(Sorted[i].Host, host) < 0)
                merged.Add(Sorted[i++]);
            if (i < Sorted.Length && Sorted[i].Host == host)
                i++;
            if (service is not null)
                merged.Add(service);
        }
        merged.AddRange(Sorted.AsSpan(i));
        return new VisibleServices(_common, others, [.. merged]);
    }

    public MeshService? Find(string host)
    {
        if (_others is not null && _others.TryGetValue(host, out var other))
            return other;
        return _common.GetValueOrDefault(host);
    }
}
