// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// What is remembered of an endpoint while its cluster lists it: it survives every change of configuration that keeps
/// cluster and address, and with it counters and pooled connections.
/// </summary>
public sealed class EndpointState(string cluster, NetAddress address, int workers)
{
    private int _activeRequests;

    public string Cluster { get; } = cluster;

    public NetAddress Address { get; } = address;

    /// <summary>As <c>10.0.0.1:9080</c>, made once.</summary>
    public string AddressText { get; } = address.ToString();

    /// <summary>One slot for each worker, which keeps its connection pool there; nobody else looks.</summary>
    public object?[] WorkerSlots { get; } = new object?[workers];

    /// <summary>Requests under way on all workers: one of the few atomics, since least-request balancing is about the whole proxy.</summary>
    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    public void OnRequestStarted() => Interlocked.Increment(ref _activeRequests);

    public void OnRequestEnded() => Interlocked.Decrement(ref _activeRequests);
}

/// <summary>An endpoint as one version of its cluster sees it.</summary>
public sealed record EndpointEntry(EndpointState State, uint Weight, int Priority, bool IsHealthy);
