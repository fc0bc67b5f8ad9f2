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
    private readonly OverloadState _overload;
    private readonly RuntimeNumber _limit;

    public ConnectionGate(Worker worker, ListenerRuntime runtime)
    {
        _worker = worker;
        Runtime = runtime;
        _overload = worker.Overload.State;
        _limit = worker.Overload.Runtime.Number(
            RuntimeValues.ListenerConnectionLimit(runtime.Spec.Name),
            long.MaxValue
        );
    }

    /// <summary>The version of the listener that is in force; those that are updated in place share the count.</summary>
    public ListenerRuntime Runtime { get; set; }

    /// <summary>Counts a connection that the kernel has, or says that it is to be closed at once.</summary>
    public bool Admits()
    {
        if (!_overload.TryOpenConnection(Runtime.Spec.IgnoreGlobalConnectionLimit))
        {
            Runtime.Stats.OnGlobalOverflow(_worker.Index);
            return false;
        }
        if (
            !Runtime.Spec.BypassOverloadManager
            && _overload.Hits(OverloadAction.RejectIncomingConnections, _worker.NextRandom())
        )
            Runtime.Stats.OnOverloadReject(_worker.Index);
        else if (!Runtime.Connections.TryAdd(_limit.Value))
            Runtime.Stats.OnOverflow(_worker.Index);
        else
            return true;
        _overload.OnConnectionClosed();
        return false;
    }

    /// <summary>A connection that was counted never came to be.</summary>
    public void OnLost()
    {
        Runtime.Connections.Remove();
        _overload.OnConnectionClosed();
    }

    /// <summary>Keeps the count of a connection right: it was counted here.</summary>
    public void Watch(ByteStream stream) => stream.Owner = this;

    /// <summary>Takes a connection over from the listener that accepted it; limits were asked there.</summary>
    public void TakeOver(ByteStream stream)
    {
        _overload.TryOpenConnection(ignoresLimit: true);
        Runtime.Connections.Add();
        stream.Owner?.OnClosed(stream);
        stream.Owner = this;
    }

    public void OnClosed(ByteStream stream) => OnLost();
}
