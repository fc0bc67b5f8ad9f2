// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.Server;

/// <summary>A client's TLS handshake with the context that is in force when it begins. Used again for the next client.</summary>
internal sealed class ServerHandshake(Worker worker) : PendingConnection(worker)
{
    private FilterChainRuntime? _chain;

    public override FilterChainRuntime? Chain => _chain;

    public LoopTask<int> RunAsync(ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
    {
        _chain = chain;
        return RunAsync(listener, stream);
    }

    protected override async LoopTask<bool> PrepareAsync()
    {
        var chain = _chain!;
        // A listener is in force with its secrets only, so there is a context; without one nobody is served.
        if (chain.Socket.Context is not { } context)
        {
            chain.Socket.Stats.OnNotReady(Worker.Index);
            return false;
        }
        StartTimer(Worker.Overload.State.Scale(ScaledTimer.TransportSocketConnect, chain.Spec.HandshakeTimeout));
        var outcome = await Stream.HandshakeAsync(context);
        if (outcome == TlsOutcome.Established)
            chain.Socket.Stats.OnEstablished(Worker.Index, Stream.Tls!);
        else
            chain.Socket.Stats.OnFailed(Worker.Index, outcome);
        return outcome == TlsOutcome.Established;
    }

    protected override void GoOn(ActiveListener listener, ByteStream stream)
    {
        var chain = _chain!;
        Recycle();
        listener.Serve(stream, chain);
    }

    protected override void OnRefused() => Recycle();

    protected override void OnTimeout()
    {
        Listener.OnHandshakeTimeout();
        Stream.Abort();
    }

    private void Recycle()
    {
        _chain = null;
        Forget();
        Worker.Handshakes.Return(this);
    }
}
