// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// Which version of each cluster is in force. A new version whose endpoints are checked for their health is in force once
/// each of them was checked, whatever came out; until then the previous one serves, if there was one (Envoy's warming).
/// Endpoints that come to a version in force join at once, as unhealthy ones.
/// </summary>
/// <param name="settled">Called by any thread when <see cref="Next"/> may say something else.</param>
internal sealed class ClusterWarming(ProxyStats stats, Action settled)
{
    private readonly Dictionary<string, ClusterRuntime> _waiting = new(StringComparer.Ordinal);

    /// <summary>Versions that are checked and not in force.</summary>
    public IReadOnlyList<ClusterRuntime> Waiting => _waiting.Values.ToArray();

    /// <summary>The version to serve with; null while there is none.</summary>
    /// <param name="old">The one in force.</param>
    /// <param name="isWaiting">A newer one waits for its checks.</param>
    public ClusterRuntime? Next(
        ClusterSpec spec,
        EndpointSetSpec endpoints,
        ClusterRuntime? old,
        ClusterSockets sockets,
        out bool isWaiting
    )
    {
        var latest = _waiting.GetValueOrDefault(spec.Name) ?? old;
        var isSame = latest is not null && ReferenceEquals(latest.Spec, spec) && ReferenceEquals(latest.Set, endpoints);
        var next = isSame && !latest!.HasLeavers ? latest : Build(spec, endpoints, latest, sockets);
        isWaiting = !ReferenceEquals(spec, old?.Spec) && next.AwaitsChecks;
        if (isWaiting)
            _waiting[spec.Name] = next;
        else
            _waiting.Remove(spec.Name);
        return isWaiting ? old : next;
    }

    /// <summary>Forgets the clusters that are gone.</summary>
    public void Retain(ResourceTable<ClusterSpec> clusters)
    {
        foreach (var name in _waiting.Keys.ToArray())
        {
            if (!clusters.TryGet(name, out _))
                _waiting.Remove(name);
        }
    }

    private ClusterRuntime Build(
        ClusterSpec spec,
        EndpointSetSpec endpoints,
        ClusterRuntime? latest,
        ClusterSockets sockets
    )
    {
        var built = ClusterRuntime.Build(spec, endpoints, latest, stats, sockets);
        built.State.Settled = settled;
        return built;
    }
}
