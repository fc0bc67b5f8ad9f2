// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// Chooses endpoints of one cluster, as healthy as they were when it was built: first priority and health, then locality where
/// localities have weights, then by the cluster's policy. Shared by all workers; allocates nothing.
/// </summary>
public sealed class LoadBalancer
{
    private readonly Share[] _shares;
    private readonly OtherPriorities _others;
    private readonly SubsetTable? _subsets;
    private PicksAhead? _ahead;

    private LoadBalancer(Share[] shares, OtherPriorities others, SubsetTable? subsets, int healthy, int degraded) =>
        (_shares, _others, _subsets, HealthyCount, DegradedCount) = (shares, others, subsets, healthy, degraded);

    /// <summary>Endpoints that are fully healthy.</summary>
    public int HealthyCount { get; }

    /// <summary>Endpoints that serve when healthy ones do not suffice.</summary>
    public int DegradedCount { get; }

    /// <param name="seed">Where round robins start.</param>
    public static LoadBalancer Create(
        ClusterSpec spec,
        IReadOnlyList<EndpointEntry> endpoints,
        EndpointSetSpec set,
        int workers,
        uint seed = 0
    )
    {
        var factory = new PickerFactory(spec, workers, seed);
        LoadBalancer Of(IReadOnlyList<EndpointEntry> some) => Flat(spec, some, set.OverprovisioningFactor, factory);
        var whole = Of(endpoints);
        whole._ahead = PicksAhead.For(spec, endpoints, workers);
        return spec.Subsets is { } subsets
            ? new LoadBalancer(
                whole._shares,
                whole._others,
                SubsetTable.Build(subsets, endpoints, whole, Of),
                whole.HealthyCount,
                whole.DegradedCount
            )
            : whole;
    }

    /// <summary>An endpoint; null when there is none to use (503, flag UH).</summary>
    /// <param name="worker">Number of the calling worker.</param>
    public EndpointState? Pick(int worker, ulong random) => Pick(new PickContext(worker, random));

    /// <inheritdoc cref="Pick(int, ulong)"/>
    public EndpointState? Pick(in PickContext context) =>
        _subsets is null ? PickFromAll(in context) : _subsets.Find(context.Subset)?.PickFromAll(in context);

    /// <summary>
    /// The endpoint that a request after the next ones will get, with no more of them than there are healthy endpoints; null
    /// when that cannot be told.
    /// </summary>
    public EndpointState? Peek(in PickContext context)
    {
        if (_ahead is null || _ahead.Count(context.Worker) >= HealthyCount || PickNew(in context) is not { } endpoint)
            return null;
        _ahead.Add(context.Worker, endpoint);
        return endpoint;
    }

    private EndpointState? PickFromAll(in PickContext context)
    {
        if (context.ExcludedPriorities != UInt128.Zero)
            return _others.Pick(in context);
        return _ahead?.TryTake(context.Worker) ?? PickNew(in context);
    }

    private EndpointState? PickNew(in PickContext context)
    {
        // As in Envoy the hash decides about the priority too, so that a key stays where it is.
        var at = (int)((context.Hash ?? context.Random) % 100);
        foreach (var share in _shares)
        {
            if (at < share.Load)
                return share.Picker.Pick(in context);
            at -= share.Load;
        }
        return null;
    }

    private static LoadBalancer Flat(
        ClusterSpec spec,
        IReadOnlyList<EndpointEntry> endpoints,
        int overprovisioning,
        PickerFactory factory
    )
    {
        var levels = LevelsOf(endpoints);
        var loads = PriorityLoads.Compute(
            Array.ConvertAll(levels, static level => level.Health),
            overprovisioning,
            spec.PanicThreshold
        );
        var shares = new List<Share>();
        void Add(int load, int level, Func<EndpointPicker> picker)
        {
            if (load == 0)
                return;
            var panics = loads.Panics[level];
            shares.Add(
                new Share(
                    load,
                    panics && spec.FailTrafficOnPanic ? NoEndpoints.Instance
                        : panics ? levels[level].All(factory)
                        : picker()
                )
            );
        }
        for (var i = 0; i < levels.Length; i++)
            Add(loads.Healthy[i], i, () => levels[i].Healthy(factory, spec.LocalityWeighted, overprovisioning));
        for (var i = 0; i < levels.Length; i++)
            Add(loads.Degraded[i], i, () => levels[i].Degraded(factory, spec.LocalityWeighted, overprovisioning));
        return new LoadBalancer(
            shares.ToArray(),
            new OtherPriorities(levels, factory, spec.LocalityWeighted, overprovisioning),
            null,
            levels.Sum(static level => level.Health.Healthy),
            levels.Sum(static level => level.Health.Degraded)
        );
    }

    private static PriorityLevel[] LevelsOf(IReadOnlyList<EndpointEntry> endpoints)
    {
        var count = endpoints.Count == 0 ? 0 : endpoints.Max(static endpoint => endpoint.Priority) + 1;
        var levels = new PriorityLevel[count];
        for (var i = 0; i < count; i++)
            levels[i] = new PriorityLevel(endpoints.Where(endpoint => endpoint.Priority == i).ToArray());
        return levels;
    }

    /// <param name="Load">Percent of requests.</param>
    private readonly record struct Share(int Load, EndpointPicker Picker);
}
