// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>A cluster as requests use it. Immutable; the mutable rest is in its <see cref="EndpointState"/>s.</summary>
public sealed class ClusterRuntime
{
    private ClusterRuntime(ClusterSpec spec, EndpointSetSpec set, EndpointEntry[] endpoints, LoadBalancer balancer)
    {
        Spec = spec;
        Set = set;
        Endpoints = endpoints;
        Balancer = balancer;
    }

    public ClusterSpec Spec { get; }

    public EndpointSetSpec Set { get; }

    public IReadOnlyList<EndpointEntry> Endpoints { get; }

    public LoadBalancer Balancer { get; }

    /// <summary>Builds a cluster, taking over the state of endpoints that the previous version had.</summary>
    public static ClusterRuntime Build(ClusterSpec spec, EndpointSetSpec set, ClusterRuntime? previous, int workers)
    {
        var known = new Dictionary<Net.NetAddress, EndpointState>();
        foreach (var endpoint in previous?.Endpoints ?? [])
            known[endpoint.State.Address] = endpoint.State;
        var entries = new EndpointEntry[set.Endpoints.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var endpoint = set.Endpoints[i];
            if (!known.TryGetValue(endpoint.Address, out var state))
                known[endpoint.Address] = state = new EndpointState(spec.Name, endpoint.Address, workers);
            entries[i] = new EndpointEntry(state, endpoint.Weight, endpoint.Priority, endpoint.IsHealthy);
        }
        return new ClusterRuntime(spec, set, entries, LoadBalancer.Create(spec, entries, set, workers));
    }
}
