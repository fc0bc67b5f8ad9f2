// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// RING_HASH (Ketama): each endpoint stands at many points of a ring, in proportion to its weight; a request goes to the
/// first point at or behind its hash. An endpoint that comes or goes moves only its own share of keys.
/// </summary>
internal sealed class RingHashPicker : EndpointPicker
{
    private readonly ulong[] _points;
    private readonly EndpointState[] _owners;

    public RingHashPicker(EndpointEntry[] endpoints, double[] weights, HashBalancerSpec spec)
    {
        var shares = ConsistentHashing.Shares(weights);
        var smallest = shares.Where(static share => share > 0).DefaultIfEmpty(1).Min();
        // The smallest endpoint gets a whole number of points, the ring at least its minimum of them all, as in Envoy.
        var scale = Math.Min(Math.Ceiling(smallest * spec.MinRingSize) / smallest, spec.MaxRingSize);
        var points = new List<(ulong Hash, EndpointState Owner)>((int)Math.Ceiling(scale));
        var placed = 0.0;
        var target = 0.0;
        for (var i = 0; i < endpoints.Length; i++)
        {
            var key = ConsistentHashing.KeyOf(endpoints[i], spec.ByHostName);
            target += scale * shares[i];
            for (var n = 0; placed < target; n++, placed++)
                points.Add((ConsistentHashing.Point(key, n), endpoints[i].State));
        }
        points.Sort(static (a, b) => a.Hash.CompareTo(b.Hash));
        _points = points.Select(static point => point.Hash).ToArray();
        _owners = points.Select(static point => point.Owner).ToArray();
    }

    /// <summary>Points on the ring.</summary>
    public int Size => _points.Length;

    public override EndpointState? Pick(in PickContext context)
    {
        if (_points.Length == 0)
            return null;
        var index = Array.BinarySearch(_points, context.Hash ?? context.Random);
        if (index < 0)
            index = ~index;
        return _owners[index == _owners.Length ? 0 : index];
    }
}
