// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;
using Lateen.Proxy.Listeners;

namespace Lateen.Proxy.Server;

/// <summary>Filter chains that a listener has no longer, on one worker: their connections have until a limit to end.</summary>
internal sealed class ChainDrain
{
    private readonly ActiveListener _listener;
    private readonly FilterChainRuntime[] _chains;
    private readonly DrainTally _tally;

    public ChainDrain(ActiveListener listener, FilterChainRuntime[] chains, DrainTally tally)
    {
        _listener = listener;
        _chains = chains;
        _tally = tally;
        Timer = new LoopTimer(static self => ((ChainDrain)self).End(), this);
    }

    public LoopTimer Timer { get; }

    private void End()
    {
        _listener.Abort(_chains);
        _tally.OnDrained();
    }
}
