// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>
/// ROUND_ROBIN: each worker goes round by itself. Equal weights cost a counter; others the smooth weighted scheme, in which
/// every endpoint earns its weight a turn and the richest pays for all.
/// </summary>
internal sealed class RoundRobinBalancer : LoadBalancer
{
    private readonly Turn[][] _turns;

    public RoundRobinBalancer(
        IReadOnlyList<EndpointEntry> endpoints,
        EndpointSetSpec set,
        double panicThreshold,
        int workers
    )
        : base(endpoints, set, panicThreshold)
    {
        _turns = new Turn[workers][];
        for (var worker = 0; worker < workers; worker++)
        {
            _turns[worker] = new Turn[LevelCount];
            for (var level = 0; level < LevelCount; level++)
                _turns[worker][level] = new Turn(LevelAt(level).Usable.Length, worker);
        }
    }

    private protected override EndpointState? PickFrom(PriorityLevel level, int index, int worker, ulong random)
    {
        var usable = level.Usable;
        if (usable.Length == 0)
            return null;
        var turn = _turns[worker][index];
        return level.HasEqualWeights ? usable[turn.Next(usable.Length)].State : PickWeighted(level, turn.Credits);
    }

    private static EndpointState PickWeighted(PriorityLevel level, long[] credits)
    {
        var richest = 0;
        for (var i = 0; i < credits.Length; i++)
        {
            credits[i] += level.Usable[i].Weight;
            if (credits[i] > credits[richest])
                richest = i;
        }
        credits[richest] -= (long)level.TotalWeight;
        return level.Usable[richest].State;
    }

    /// <summary>Where one worker is in one level. Workers start apart, so that few requests on many workers do not all meet the first endpoint.</summary>
    private sealed class Turn(int endpoints, int worker)
    {
        private int _at = worker;

        public long[] Credits { get; } = new long[endpoints];

        public int Next(int count)
        {
            var at = _at % count;
            _at = at + 1;
            return at;
        }
    }
}
