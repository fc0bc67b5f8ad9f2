// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Health;
using Lateen.Proxy.Health.Checks;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// What is remembered of an endpoint while its cluster lists it: it survives every change of configuration that keeps
/// cluster and address, and with it counters, health and pooled connections.
/// </summary>
public sealed class EndpointState(ClusterState cluster, NetAddress address, TransportSocket? socket = null)
{
    private int _activeRequests;
    private int _flags;
    private HealthCheckSpec? _checkedBy;

    /// <summary>Name of the cluster.</summary>
    public string Cluster => cluster.Name;

    public NetAddress Address { get; } = address;

    /// <summary>As <c>10.0.0.1:9080</c>, made once.</summary>
    public string AddressText { get; } = address.ToString();

    /// <summary>Authority that <c>auto_host_rewrite</c> gives requests, as ASCII; null where only an address is known.</summary>
    public byte[]? RewriteHost { get; internal set; }

    /// <summary>What outlier detection remembers of it; null where the cluster has none.</summary>
    public EndpointRecord? Record { get; internal set; }

    /// <summary>The configuration of health checks under which it was checked last; null before that, and without checks.</summary>
    public HealthCheckSpec? CheckedBy
    {
        get => Volatile.Read(ref _checkedBy);
        internal set => Volatile.Write(ref _checkedBy, value);
    }

    /// <summary>Active checks decide about it.</summary>
    public bool IsActivelyChecked { get; internal set; }

    /// <summary>What carries its connections. Another socket makes another state, so no pooled connection outlives its socket.</summary>
    public TransportSocket Socket { get; } = socket ?? TransportSocket.Plaintext;

    /// <summary>One slot for each worker, which keeps its connection pool there; nobody else looks.</summary>
    public object?[] WorkerSlots { get; } = new object?[cluster.Workers];

    /// <summary>When it was first listed, or came back to health, as <see cref="Environment.TickCount64"/>: slow start begins there.</summary>
    public long AddedAt { get; internal set; } = Environment.TickCount64;

    /// <summary>Requests under way on all workers: one of the few atomics, since least-request balancing is about the whole proxy.</summary>
    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    /// <summary>What the proxy itself found out about its health.</summary>
    public HealthFlags Flags => (HealthFlags)Volatile.Read(ref _flags);

    public void OnRequestStarted() => Interlocked.Increment(ref _activeRequests);

    public void OnRequestEnded() => Interlocked.Decrement(ref _activeRequests);

    /// <summary>Sets flags; the cluster's balancer goes by them from its next pick on. True when one of them was not set.</summary>
    public bool SetFlags(HealthFlags flags)
    {
        if ((Interlocked.Or(ref _flags, (int)flags) & (int)flags) == (int)flags)
            return false;
        cluster.OnHealthChanged();
        return true;
    }

    /// <summary>Takes flags back. True when one of them was set.</summary>
    public bool ClearFlags(HealthFlags flags)
    {
        var before = (HealthFlags)Interlocked.And(ref _flags, ~(int)flags);
        if ((before & flags) == HealthFlags.None)
            return false;
        if ((before & flags & HealthFlags.Failed) != HealthFlags.None)
            AddedAt = Environment.TickCount64;
        cluster.OnHealthChanged();
        return true;
    }
}
