// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Runtime;

/// <summary>The transport sockets of the clusters by name, kept for as long as their configuration stays the same.</summary>
internal sealed class SocketTable
{
    private readonly Dictionary<string, ClusterSockets> _sockets = new(StringComparer.Ordinal);

    public ClusterSockets Of(ClusterSpec spec, ProxyStats stats)
    {
        if (spec.Sockets.Identity.Length == 0)
            return ClusterSockets.Plaintext;
        if (_sockets.TryGetValue(spec.Name, out var known) && known.Identity == spec.Sockets.Identity)
            return known;
        return _sockets[spec.Name] = new ClusterSockets(spec.Sockets, stats.ClusterTls(spec.StatName));
    }

    /// <summary>Forgets those of clusters that are gone.</summary>
    public void Retain(ResourceTable<ClusterSpec> clusters)
    {
        foreach (var name in _sockets.Keys.ToArray())
        {
            if (!clusters.TryGet(name, out _))
                _sockets.Remove(name);
        }
    }
}
