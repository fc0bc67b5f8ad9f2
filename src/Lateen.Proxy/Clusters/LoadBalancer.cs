// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>Chooses endpoints. Shared by all workers, each of which has its own place in what changes; allocates nothing.</summary>
public abstract class LoadBalancer
{
    private readonly PriorityLevel[] _levels;

    private protected LoadBalancer(
        IReadOnlyList<EndpointEntry> endpoints,
        EndpointSetSpec set,
        double panicThreshold
    ) => _levels = PriorityLevel.Build(endpoints, set.OverprovisioningFactor, panicThreshold);

    public static LoadBalancer Create(
        ClusterSpec spec,
        IReadOnlyList<EndpointEntry> endpoints,
        EndpointSetSpec set,
        int workers
    ) =>
        spec.Balancer switch
        {
            BalancerKind.RoundRobin => new RoundRobinBalancer(endpoints, set, spec.PanicThreshold, workers),
            BalancerKind.LeastRequest => new LeastRequestBalancer(
                endpoints,
                set,
                spec.PanicThreshold,
                spec.ChoiceCount
            ),
            _ => new RandomBalancer(endpoints, set, spec.PanicThreshold),
        };

    /// <summary>An endpoint; null when there is none to use (503, flag UH).</summary>
    /// <param name="worker">Number of the calling worker.</param>
    public EndpointState? Pick(int worker, ulong random)
    {
        // The low bits decide about the level, the high ones inside it.
        var at = (int)(random % 100);
        for (var i = 0; i < _levels.Length; i++)
        {
            if (at < _levels[i].Load)
                return PickFrom(_levels[i], i, worker, random >> 16);
            at -= _levels[i].Load;
        }
        return null;
    }

    private protected int LevelCount => _levels.Length;

    private protected PriorityLevel LevelAt(int index) => _levels[index];

    private protected abstract EndpointState? PickFrom(PriorityLevel level, int index, int worker, ulong random);
}
