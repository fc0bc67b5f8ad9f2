// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Server;

/// <summary>What drains on every worker, and counts as draining until the last of them is done with it.</summary>
internal sealed class DrainTally
{
    private readonly Action<int> _count;
    private readonly int _things;
    private int _workers;

    private DrainTally(int workers, int things, Action<int> count)
    {
        _workers = workers;
        _things = things;
        _count = count;
        count(things);
    }

    public static DrainTally OfListener(int workers, ListenerManagerStats stats) =>
        new(workers, 1, stats.OnListenersDraining);

    public static DrainTally OfChains(int workers, int chains, ListenerManagerStats stats) =>
        new(workers, chains, stats.OnChainsDraining);

    /// <summary>One worker is done.</summary>
    public void OnDrained()
    {
        if (Interlocked.Decrement(ref _workers) == 0)
            _count(-_things);
    }
}
