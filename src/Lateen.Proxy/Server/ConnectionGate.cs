// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.Server;

/// <summary>
/// Decides, on one worker, which connections a listener takes: those beyond its own limit, beyond the proxy's, or under too
/// much pressure are closed as soon as they are accepted, and counted. Knows when those it took end.
/// </summary>
internal sealed class ConnectionGate : IStreamOwner
{
    private readonly Worker _worker;
    private readonly ListenerRuntime _runtime;
    private readonly OverloadState _overload;
    private readonly RuntimeNumber _limit;

    public ConnectionGate(Worker worker, ListenerRuntime runtime)
    {
        _worker = worker;
        _runtime = runtime;
        _overload = worker.Overload.State;
        _limit = worker.Overload.Runtime.Number(
            RuntimeValues.ListenerConnectionLimit(runtime.Spec.Name),
            long.MaxValue
        );
    }

    /// <summary>Counts a connection that the kernel has, or says that it is to be closed at once.</summary>
    public bool Admits()
    {
        if (!_overload.TryOpenConnection(_runtime.Spec.IgnoreGlobalConnectionLimit))
        {
            _runtime.Stats.OnGlobalOverflow(_worker.Index);
            return false;
        }
        if (
            !_runtime.Spec.BypassOverloadManager
            && _overload.Hits(OverloadAction.RejectIncomingConnections, _worker.NextRandom())
        )
            _runtime.Stats.OnOverloadReject(_worker.Index);
        else if (!_runtime.Connections.TryAdd(_limit.Value))
            _runtime.Stats.OnOverflow(_worker.Index);
        else
            return true;
        _overload.OnConnectionClosed();
        return false;
    }

    /// <summary>A connection that was counted never came to be.</summary>
    public void OnLost()
    {
        _runtime.Connections.Remove();
        _overload.OnConnectionClosed();
    }

    /// <summary>Keeps the count of a connection right: it was counted here.</summary>
    public void Watch(ByteStream stream) => stream.Owner = this;

    /// <summary>Takes a connection over from the listener that accepted it; limits were asked there.</summary>
    public void TakeOver(ByteStream stream)
    {
        _overload.TryOpenConnection(ignoresLimit: true);
        _runtime.Connections.Add();
        stream.Owner?.OnClosed(stream);
        stream.Owner = this;
    }

    public void OnClosed(ByteStream stream) => OnLost();
}
