// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Health;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;
using Lateen.Telemetry;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// A cluster as requests use it. Immutable but for its balancer, which is exchanged as a whole when the health of an endpoint
/// changes; the mutable rest is in its <see cref="ClusterState"/> and <see cref="EndpointState"/>s.
/// </summary>
public sealed class ClusterRuntime
{
    private readonly EndpointEntry[] _endpoints;
    private HealthyBalancer _balancer;
    private int _rebuilding;

    /// <summary>Made for the first who asks; several may make it at once.</summary>
    private FrozenDictionary<EndpointState, EndpointEntry>? _byState;

    private ClusterRuntime(
        ClusterSpec spec,
        EndpointSetSpec set,
        EndpointEntry[] endpoints,
        ClusterState state,
        ClusterSockets sockets,
        ProxyStats stats
    )
    {
        Sockets = sockets;
        Spec = spec;
        Set = set;
        State = state;
        _endpoints = endpoints;
        _balancer = BuildBalancer();
        Stats = stats.Cluster(spec.StatName);
        Breaker = new CircuitBreaker(spec.Breaker, state.DefaultCounts, Stats);
        HighBreaker = new CircuitBreaker(spec.HighBreaker, state.HighCounts, Stats);
        Outliers = spec.Outlier is null ? null : new OutlierDetector(spec.Outlier, endpoints, state.OutlierStats);
        OutboundContext = stats.Context(isInbound: false, spec.Service);
        InboundContext = stats.Context(isInbound: true, spec.Service);
    }

    public ClusterSpec Spec { get; }

    public EndpointSetSpec Set { get; }

    public ClusterState State { get; }

    public ClusterSockets Sockets { get; }

    public IReadOnlyList<EndpointEntry> Endpoints => _endpoints;

    /// <summary>The balancer for the health that endpoints have now.</summary>
    public LoadBalancer Balancer
    {
        get
        {
            var current = Volatile.Read(ref _balancer);
            return (current.HealthRevision == State.HealthRevision ? current : Rebuild(current)).Balancer;
        }
    }

    public int HealthyCount => Balancer.HealthyCount;

    /// <summary>Endpoints that are to be checked and have not been under this configuration.</summary>
    public bool AwaitsChecks
    {
        get
        {
            foreach (var endpoint in _endpoints)
            {
                if (endpoint.State.IsActivelyChecked && !HasChecked(endpoint.State))
                    return true;
            }
            return false;
        }
    }

    /// <summary>There are endpoints that discovery dropped and whose checks fail: another version is due.</summary>
    public bool HasLeavers
    {
        get
        {
            foreach (var endpoint in _endpoints)
            {
                if (endpoint.Has(HealthFlags.PendingRemoval) && endpoint.IsToBeDropped)
                    return true;
            }
            return false;
        }
    }

    public ClusterStats Stats { get; }

    /// <summary>Wants to be told of every answer and failure; null where the cluster detects no outliers.</summary>
    public OutlierDetector? Outliers { get; }

    /// <summary>Limits for requests of the default priority.</summary>
    public CircuitBreaker Breaker { get; }

    /// <summary>Limits for requests of high priority.</summary>
    public CircuitBreaker HighBreaker { get; }

    /// <summary>What Istio's metrics call requests that leave the workload through this cluster.</summary>
    internal IstioContext OutboundContext { get; private set; }

    /// <summary>What they call requests that reach the workload through it.</summary>
    internal IstioContext InboundContext { get; private set; }

    /// <summary>Builds a cluster, taking over the state that the previous version had of it and of the endpoints they share.</summary>
    public static ClusterRuntime Build(
        ClusterSpec spec,
        EndpointSetSpec set,
        ClusterRuntime? previous,
        ProxyStats stats,
        ClusterSockets? sockets = null
    )
    {
        sockets ??= ClusterSockets.Plaintext;
        var state = previous?.State ?? new ClusterState(spec.Name, stats.Workers);
        var entries = new EndpointMerge(spec, state, sockets, previous).Of(set);
        var next = new ClusterRuntime(spec, set, entries, state, sockets, stats);
        if (previous is not null && previous.Spec.Service == spec.Service)
        {
            // The same objects, since they are the keys of the series counted so far.
            next.OutboundContext = previous.OutboundContext;
            next.InboundContext = previous.InboundContext;
        }
        return next;
    }

    /// <summary>Whether an endpoint was checked under the configuration that this version has.</summary>
    public bool HasChecked(EndpointState endpoint) => ReferenceEquals(endpoint.CheckedBy, Spec.HealthCheck);

    /// <summary>What this version says of an endpoint; null for one that it has not.</summary>
    public EndpointEntry? EntryOf(EndpointState endpoint) =>
        (
            _byState ??= _endpoints
                .DistinctBy(static entry => entry.State)
                .ToFrozenDictionary(static entry => entry.State)
        ).GetValueOrDefault(endpoint);

    /// <summary>An endpoint for a request; null when there is none to use (503, flag UH).</summary>
    public EndpointState? Pick(in PickContext context) =>
        Spec.Kind == ClusterKind.OriginalDestination
            ? State.OriginalDestination(context.OriginalDestination, Spec.OriginalDestination.Port, Sockets.Default)
            : Balancer.Pick(in context);

    /// <inheritdoc cref="LoadBalancer.Peek"/>
    internal EndpointState? Peek(in PickContext context) =>
        Spec.Kind == ClusterKind.OriginalDestination ? null : Balancer.Peek(in context);

    /// <summary>True when the endpoints' <c>drop_overloads</c> want the request dropped (503, flag DO).</summary>
    public bool ShouldDrop(ulong random)
    {
        foreach (var share in Set.DropOverloads)
        {
            random = Draws.Mix(random);
            if (random % 1_000_000 < share)
                return true;
        }
        return false;
    }

    /// <summary>Adds a sample of every number of the cluster.</summary>
    internal void Collect(List<Sample> samples)
    {
        var scope = Stats.Scope;
        Stats.Collect(_endpoints.Length, HealthyCount, samples);
        Gauge("membership_degraded", static endpoint => endpoint.Health == EndpointHealth.Degraded);
        Gauge("membership_excluded", static endpoint => endpoint.IsExcluded);
        scope.Collect("membership_change", SampleKind.Counter, State.MembershipChanges, samples);
        if (Outliers is not null)
            State.OutlierStats.Collect(scope, _endpoints.Count(static endpoint => endpoint.IsEjected), samples);
        if (Spec.HealthCheck is not null)
            State.CheckStats.Collect(
                scope,
                _endpoints.Count(static endpoint => IsPassing(endpoint)),
                _endpoints.Count(static endpoint => endpoint.Has(HealthFlags.DegradedActiveCheck)),
                samples
            );
        Breaker.Collect(scope, "default", samples);
        HighBreaker.Collect(scope, "high", samples);
        void Gauge(string name, Func<EndpointEntry, bool> counts) =>
            scope.Collect(name, SampleKind.Gauge, _endpoints.Count(counts), samples);
    }

    private static bool IsPassing(EndpointEntry endpoint) =>
        endpoint.State.IsActivelyChecked && !endpoint.Has(HealthFlags.FailedActiveCheck);

    /// <summary>One caller rebuilds; whoever comes meanwhile goes by the balancer there is.</summary>
    private HealthyBalancer Rebuild(HealthyBalancer current)
    {
        if (Interlocked.Exchange(ref _rebuilding, 1) != 0)
            return current;
        var next = BuildBalancer();
        Volatile.Write(ref _balancer, next);
        Volatile.Write(ref _rebuilding, 0);
        return next;
    }

    private HealthyBalancer BuildBalancer()
    {
        // Read first: a change that comes while we build makes this one stale again.
        var revision = State.HealthRevision;
        var seed = (uint)Random.Shared.Next();
        return new HealthyBalancer(revision, LoadBalancer.Create(Spec, _endpoints, Set, State.Workers, seed));
    }

    private sealed record HealthyBalancer(int HealthRevision, LoadBalancer Balancer);
}
