// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Clusters;

/// <summary>A cluster as requests use it. Immutable; the mutable rest is in its <see cref="EndpointState"/>s.</summary>
public sealed class ClusterRuntime
{
    private ClusterRuntime(
        ClusterSpec spec,
        EndpointSetSpec set,
        EndpointEntry[] endpoints,
        LoadBalancer balancer,
        ProxyStats stats
    )
    {
        Spec = spec;
        Set = set;
        Endpoints = endpoints;
        Balancer = balancer;
        HealthyCount = endpoints.Count(static endpoint => endpoint.IsHealthy);
        Stats = stats.Cluster(spec.StatName);
        OutboundContext = stats.Context(isInbound: false, spec.Service);
        InboundContext = stats.Context(isInbound: true, spec.Service);
    }

    public ClusterSpec Spec { get; }

    public EndpointSetSpec Set { get; }

    public IReadOnlyList<EndpointEntry> Endpoints { get; }

    public LoadBalancer Balancer { get; }

    public int HealthyCount { get; }

    public ClusterStats Stats { get; }

    /// <summary>What Istio's metrics call requests that leave the workload through this cluster.</summary>
    internal IstioContext OutboundContext { get; private set; }

    /// <summary>What they call requests that reach the workload through it.</summary>
    internal IstioContext InboundContext { get; private set; }

    /// <summary>Builds a cluster, taking over the state of endpoints that the previous version had.</summary>
    public static ClusterRuntime Build(
        ClusterSpec spec,
        EndpointSetSpec set,
        ClusterRuntime? previous,
        ProxyStats stats
    )
    {
        var known = new Dictionary<Net.NetAddress, EndpointState>();
        foreach (var endpoint in previous?.Endpoints ?? [])
            known[endpoint.State.Address] = endpoint.State;
        var entries = new EndpointEntry[set.Endpoints.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var endpoint = set.Endpoints[i];
            if (!known.TryGetValue(endpoint.Address, out var state))
                known[endpoint.Address] = state = new EndpointState(spec.Name, endpoint.Address, stats.Workers);
            entries[i] = new EndpointEntry(state, endpoint.Weight, endpoint.Priority, endpoint.IsHealthy);
        }
        var balancer = LoadBalancer.Create(spec, entries, set, stats.Workers);
        var next = new ClusterRuntime(spec, set, entries, balancer, stats);
        if (previous is not null && previous.Spec.Service == spec.Service)
        {
            // The same objects, since they are the keys of the series counted so far.
            next.OutboundContext = previous.OutboundContext;
            next.InboundContext = previous.InboundContext;
        }
        return next;
    }
}
