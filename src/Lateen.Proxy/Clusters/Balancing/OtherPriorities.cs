// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// Chooses among the priorities that a request has not seen yet, for retries that avoid those it has. What it needs is made
/// when it is needed, since few clusters ever do. Shared by all workers.
/// </summary>
internal sealed class OtherPriorities(
    PriorityLevel[] levels,
    PickerFactory factory,
    bool byLocality,
    int overprovisioning
)
{
    private readonly EndpointPicker?[] _healthy = new EndpointPicker?[levels.Length];
    private readonly EndpointPicker?[] _degraded = new EndpointPicker?[levels.Length];

    /// <summary>Null when nobody is in the other priorities.</summary>
    public EndpointState? Pick(in PickContext context)
    {
        var rest = new LevelHealth[levels.Length];
        for (var i = 0; i < rest.Length; i++)
        {
            var isExcluded = (context.ExcludedPriorities >> Math.Min(i, 127) & UInt128.One) != UInt128.Zero;
            rest[i] = isExcluded ? new LevelHealth(levels[i].Health.Total, 0, 0) : levels[i].Health;
        }
        var loads = PriorityLoads.Compute(rest, overprovisioning, panicThreshold: 0);
        var at = (int)((context.Hash ?? context.Random) % 100);
        for (var i = 0; i < rest.Length; i++)
        {
            if (at < loads.Healthy[i])
                return rest[i].Healthy == 0 ? null : Healthy(i).Pick(in context);
            at -= loads.Healthy[i];
        }
        for (var i = 0; i < rest.Length; i++)
        {
            if (at < loads.Degraded[i])
                return Degraded(i).Pick(in context);
            at -= loads.Degraded[i];
        }
        return null;
    }

    // Several may make one at once; any of them will do.
    private EndpointPicker Healthy(int level) =>
        Volatile.Read(ref _healthy[level])
        ?? Keep(ref _healthy[level], levels[level].Healthy(factory, byLocality, overprovisioning));

    private EndpointPicker Degraded(int level) =>
        Volatile.Read(ref _degraded[level])
        ?? Keep(ref _degraded[level], levels[level].Degraded(factory, byLocality, overprovisioning));

    private static EndpointPicker Keep(ref EndpointPicker? slot, EndpointPicker picker)
    {
        Volatile.Write(ref slot, picker);
        return picker;
    }
}
