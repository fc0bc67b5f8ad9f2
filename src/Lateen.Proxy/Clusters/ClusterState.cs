// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Net;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Health;
using Lateen.Proxy.Health.Checks;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Clusters;

/// <summary>What is remembered of a cluster through all its versions, for as long as configuration names it.</summary>
public sealed class ClusterState(string name, int workers)
{
    /// <summary>Destinations that may be remembered before unused ones are forgotten.</summary>
    private const int MaxIdleDestinations = 1024;

    private readonly ConcurrentDictionary<NetAddress, EndpointState> _destinations = new();
    private int _healthRevision;
    private int _destinationCount;
    private long _membershipChanges;
    private ClusterChecks? _checks;

    public string Name { get; } = name;

    public int Workers { get; } = workers;

    /// <summary>How busy each worker's connections to the cluster are, under a <c>preconnect_policy</c>; it alone writes its own.</summary>
    internal PoolLoad[] Loads { get; } = new PoolLoad[workers];

    /// <summary>In use by requests of the default priority.</summary>
    public ResourceCounts DefaultCounts { get; } = new();

    /// <summary>In use by requests of high priority.</summary>
    public ResourceCounts HighCounts { get; } = new();

    public OutlierStats OutlierStats { get; } = new();

    public HealthCheckStats CheckStats { get; } = new();

    /// <summary>Who checks its endpoints; null while nobody does.</summary>
    internal ClusterChecks? Checks
    {
        get => Volatile.Read(ref _checks);
        set => Volatile.Write(ref _checks, value);
    }

    /// <summary>
    /// Called, by any thread, when health checks have decided something that configuration waits for: the first round of a
    /// new version is over, or an endpoint that is to be removed has failed.
    /// </summary>
    internal Action? Settled { get; set; }

    /// <summary>Goes up whenever the health of an endpoint changes; balancers built for another revision are rebuilt.</summary>
    public int HealthRevision => Volatile.Read(ref _healthRevision);

    internal void OnSettled() => Settled?.Invoke();

    /// <summary>
    /// An answer to ordinary traffic had <c>x-envoy-immediate-health-check-fail</c>: the endpoint counts as failed until a
    /// check passes. Any thread.
    /// </summary>
    internal void FailNow(EndpointState endpoint)
    {
        if (!endpoint.IsActivelyChecked)
            return;
        CheckStats.OnFailure(CheckFailure.Passive);
        if (endpoint.SetFlags(HealthFlags.FailedActiveCheck | HealthFlags.ExcludedByImmediateFailure))
            Checks?.OnFailedPassively(endpoint);
    }

    /// <summary>Times that the cluster's endpoints became others.</summary>
    public long MembershipChanges => Volatile.Read(ref _membershipChanges);

    internal void OnMembershipChanged() => Interlocked.Increment(ref _membershipChanges);

    internal void OnHealthChanged() => Interlocked.Increment(ref _healthRevision);

    /// <summary>The endpoint at a client's original destination, for ORIGINAL_DST clusters; null where nothing was redirected.</summary>
    /// <param name="port">Takes the place of the destination's; 0 for none.</param>
    internal EndpointState? OriginalDestination(NetAddress destination, int port, TransportSocket socket)
    {
        if (port != 0)
            destination = destination.WithPort(port);
        if (destination.IsNone || destination.Port == 0)
            return null;
        if (_destinations.TryGetValue(destination, out var known) && ReferenceEquals(known.Socket, socket))
            return known;
        if (known is not null)
            return _destinations[destination] = new EndpointState(this, destination, socket);
        if (Interlocked.Increment(ref _destinationCount) > MaxIdleDestinations)
            ForgetUnused();
        return _destinations.GetOrAdd(destination, address => new EndpointState(this, address, socket));
    }

    private void ForgetUnused()
    {
        foreach (var (address, endpoint) in _destinations)
        {
            if (endpoint.ActiveRequests == 0)
                _destinations.TryRemove(address, out _);
        }
        Volatile.Write(ref _destinationCount, _destinations.Count);
    }
}
