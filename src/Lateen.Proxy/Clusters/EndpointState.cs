// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Health;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// What is remembered of an endpoint while its cluster lists it: it survives every change of configuration that keeps
/// cluster and address, and with it counters, health and pooled connections.
/// </summary>
public sealed class EndpointState(ClusterState cluster, NetAddress address, TransportSocket? socket = null)
{
    private int _activeRequests;
    private int _failures;

    /// <summary>Name of the cluster.</summary>
    public string Cluster => cluster.Name;

    public NetAddress Address { get; } = address;

    /// <summary>As <c>10.0.0.1:9080</c>, made once.</summary>
    public string AddressText { get; } = address.ToString();

    /// <summary>Authority that <c>auto_host_rewrite</c> gives requests, as ASCII; null where only an address is known.</summary>
    public byte[]? RewriteHost { get; internal set; }

    /// <summary>What outlier detection remembers of it; null where the cluster has none.</summary>
    public EndpointRecord? Record { get; internal set; }

    /// <summary>What carries its connections. Another socket makes another state, so no pooled connection outlives its socket.</summary>
    public TransportSocket Socket { get; } = socket ?? TransportSocket.Plaintext;

    /// <summary>One slot for each worker, which keeps its connection pool there; nobody else looks.</summary>
    public object?[] WorkerSlots { get; } = new object?[cluster.Workers];

    /// <summary>When it was first listed, or came back to health, as <see cref="Environment.TickCount64"/>: slow start begins there.</summary>
    public long AddedAt { get; internal set; } = Environment.TickCount64;

    /// <summary>Requests under way on all workers: one of the few atomics, since least-request balancing is about the whole proxy.</summary>
    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    /// <summary>What the proxy itself found wrong with it.</summary>
    public EndpointFailures Failures => (EndpointFailures)Volatile.Read(ref _failures);

    public void OnRequestStarted() => Interlocked.Increment(ref _activeRequests);

    public void OnRequestEnded() => Interlocked.Decrement(ref _activeRequests);

    /// <summary>Notes a failure; the cluster's balancer goes by it from its next pick on. True when it was not known.</summary>
    public bool SetFailure(EndpointFailures failure)
    {
        if ((Interlocked.Or(ref _failures, (int)failure) & (int)failure) == (int)failure)
            return false;
        cluster.OnHealthChanged();
        return true;
    }

    /// <summary>Takes a failure back. True when there was one.</summary>
    public bool ClearFailure(EndpointFailures failure)
    {
        if ((Interlocked.And(ref _failures, ~(int)failure) & (int)failure) == 0)
            return false;
        AddedAt = Environment.TickCount64;
        cluster.OnHealthChanged();
        return true;
    }
}

/// <summary>Why the proxy does not use an endpoint that configuration calls healthy.</summary>
[Flags]
public enum EndpointFailures
{
    None = 0,

    /// <summary>An active health check failed, or the first one has not been answered.</summary>
    ActiveCheck = 1,

    /// <summary>Ejected by outlier detection.</summary>
    Outlier = 2,
}

/// <summary>An endpoint as one version of its cluster sees it.</summary>
public sealed record EndpointEntry(EndpointState State, EndpointSpec Spec)
{
    public uint Weight => Spec.Weight;

    public int Priority => Spec.Priority;

    /// <summary>What configuration says, unless the proxy knows better.</summary>
    public EndpointHealth Health => State.Failures == EndpointFailures.None ? Spec.Health : EndpointHealth.Unhealthy;

    /// <summary>Left out by outlier detection.</summary>
    public bool IsEjected => (State.Failures & EndpointFailures.Outlier) != EndpointFailures.None;

    public bool IsHealthy => Health == EndpointHealth.Healthy;
}
