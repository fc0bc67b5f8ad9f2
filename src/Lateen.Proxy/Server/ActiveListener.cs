// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http1;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http1;
using Lateen.Proxy.Http2;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Tcp;

namespace Lateen.Proxy.Server;

/// <summary>A listener on one worker: accepts, chooses the filter chain, and knows its connections for the day it drains.</summary>
internal sealed class ActiveListener(Worker worker, ListenerRuntime runtime) : IConnectionHandler
{
    private ListenerRuntime _runtime = runtime;
    private readonly HashSet<ServerConnection> _http = [];
    private readonly HashSet<TcpSession> _tcp = [];
    private readonly HashSet<PendingConnection> _pending = [];
    private readonly Dictionary<HttpConnectionManagerSpec, Http1Limits> _limits = new(
        ReferenceEqualityComparer.Instance
    );
    private readonly ConnectionGate _gate = new(worker, runtime);
    private ListenSocket? _socket;
    private IAccepting? _accepting;
    private LoopTimer? _drainTimer;
    private DrainTally? _tally;

    public bool IsDraining { get; private set; }

    /// <summary>Responses end their connections: the listener drains, or its proxy does, or it is to look unhealthy.</summary>
    public bool ClosesConnections =>
        IsDraining
        || worker.Drains(_runtime.Spec.Direction)
        || (worker.Telemetry.Health.IsFailed && _runtime.Spec.DrainType == DrainType.Default);

    /// <summary><c>bypass_overload_manager</c>.</summary>
    public bool BypassesOverload => _runtime.Spec.BypassOverloadManager;

    public int Connections => _http.Count + _tcp.Count + _pending.Count;

    /// <summary>
    /// Starts serving, on the worker's thread: accepts, unless the listener is not bound and only takes over connections.
    /// </summary>
    public void Start(ListenSocket? socket)
    {
        worker.Register(_runtime.Spec.Address, this);
        worker.Listeners.Add(this);
        _socket = socket;
        Resume();
    }

    /// <summary>
    /// Stops accepting. Connections end with their next response, or when they are idle for a while, all of them when the
    /// time is over. On the worker's thread.
    /// </summary>
    /// <param name="closesSocket">Nobody else will take the connections that the kernel has accepted for us.</param>
    /// <param name="tally">Is told when the last one has ended.</param>
    public void Drain(TimeSpan limit, bool closesSocket, DrainTally tally)
    {
        if (closesSocket)
            _accepting?.TakeAll();
        IsDraining = true;
        _tally = tally;
        worker.Unregister(_runtime.Spec.Address, this);
        _socket = null;
        Pause();
        DrainConnections();
        _drainTimer = new LoopTimer(static self => ((ActiveListener)self).AbortAll(), this);
        worker.Loop.Arm(_drainTimer, limit);
        StopTimerWhenEmpty();
    }

    /// <summary>
    /// Goes on with other filter chains. Connections of those that are gone end as if the listener drained, the others do not
    /// notice. On the worker's thread.
    /// </summary>
    public void Update(ListenerRuntime next, FilterChainRuntime[] gone, TimeSpan limit, DrainTally tally)
    {
        _runtime = next;
        _gate.Runtime = next;
        // Made anew when they are asked for.
        _limits.Clear();
        foreach (var connection in _http)
        {
            if (connection.Chain.IsDraining)
                connection.OnListenerDrains();
        }
        worker.Loop.Arm(new ChainDrain(this, gone, tally).Timer, limit);
    }

    /// <summary>Ends what is left of some filter chains.</summary>
    public void Abort(FilterChainRuntime[] chains)
    {
        foreach (var connection in _http)
        {
            if (Array.IndexOf(chains, connection.Chain) >= 0)
                connection.Abort();
        }
        foreach (var session in _tcp)
        {
            if (Array.IndexOf(chains, session.Chain) >= 0)
                session.Abort();
        }
        foreach (var pending in _pending)
        {
            if (pending.Chain is { } chain && Array.IndexOf(chains, chain) >= 0)
                pending.Abort();
        }
    }

    /// <summary>Tells connections that they are to end, in their own time.</summary>
    public void DrainConnections()
    {
        foreach (var connection in _http)
            connection.OnListenerDrains();
    }

    /// <summary>Pressure makes some timeouts shorter, or no longer does.</summary>
    public void Rescale()
    {
        if (_runtime.Spec.BypassOverloadManager)
            return;
        foreach (var connection in _http)
            connection.Rescale();
    }

    /// <summary>Resets exchanges that hold so many bytes, a number of them at the most; returns how many there were.</summary>
    public int ShedStreams(long bytes, int most)
    {
        var shed = 0;
        if (!_runtime.Spec.BypassOverloadManager)
        {
            foreach (var connection in _http)
                shed += connection.ShedStreams(bytes, most - shed);
        }
        return shed;
    }

    public bool Admits() => _gate.Admits();

    public void OnLost() => _gate.OnLost();

    public void OnAccepted(int connections) => _runtime.Stats.OnAccepted(worker.Index, connections);

    public void OnConnected(ByteStream stream)
    {
        _gate.Watch(stream);
        Inspect(stream);
    }

    /// <summary>Takes over a connection that another listener accepted.</summary>
    public void TakeOver(ByteStream stream)
    {
        _gate.TakeOver(stream);
        Inspect(stream);
    }

    private void Inspect(ByteStream stream)
    {
        if (_runtime.Spec.ListenerFilters.Count == 0)
        {
            OnInspected(
                stream,
                new ConnectionInfo(stream.GetLocalAddress(), stream.RemoteAddress, stream.RemoteAddress)
            );
            return;
        }
        new Inspection(worker, _runtime).RunAsync(this, stream).Detach();
    }

    /// <summary>All is known of a connection that there is to know: it goes to its filter chain.</summary>
    public void OnInspected(ByteStream stream, in ConnectionInfo info)
    {
        if (_runtime.Match(info) is not { } chain)
            RefuseUnmatched(stream);
        else if (chain.Socket.IsTls)
            worker.Handshakes.Rent().RunAsync(this, chain, stream).Detach();
        else
            Serve(stream, chain);
    }

    /// <summary>Gives a connection whose transport is ready to what ends its chain.</summary>
    public void Serve(ByteStream stream, FilterChainRuntime chain)
    {
        if (chain.Spec.Terminal is TcpProxySpec tcp)
            new TcpSession(worker, this, chain, tcp, stream).RunAsync().Detach();
        else if (IsHttp2((HttpConnectionManagerSpec)chain.Spec.Terminal, stream))
            new Http2ServerConnection(worker, this, chain, stream).ServeAsync().Detach();
        else
            new Http1ServerConnection(worker, this, chain, stream).ServeAsync().Detach();
    }

    public void OnOpened(PendingConnection pending)
    {
        _pending.Add(pending);
        _runtime.Stats.OnPendingOpened(worker.Index);
    }

    /// <param name="goesOn">It is about to be served, and known again at once.</param>
    public void OnClosed(PendingConnection pending, bool goesOn)
    {
        _pending.Remove(pending);
        _runtime.Stats.OnPendingClosed(worker.Index);
        if (!goesOn)
            StopTimerWhenEmpty();
    }

    /// <summary>A handshake took longer than <c>transport_socket_connect_timeout</c>.</summary>
    public void OnHandshakeTimeout() => _runtime.Stats.OnHandshakeTimeout(worker.Index);

    /// <summary>The codec's limits for a connection manager; made once.</summary>
    public Http1Limits LimitsOf(HttpConnectionManagerSpec manager)
    {
        if (_limits.TryGetValue(manager, out var limits))
            return limits;
        limits = new Http1Limits
        {
            MaxHeadBytes = manager.MaxRequestHeadersKb * 1024,
            MaxHeaderCount = manager.MaxHeadersCount,
            AcceptHttp10 = manager.AcceptHttp10,
            HeadersWithUnderscores = manager.HeadersWithUnderscores,
        };
        return _limits[manager] = limits;
    }

    public void OnOpened(ServerConnection connection)
    {
        _http.Add(connection);
        _runtime.Stats.OnConnectionOpened(worker.Index);
    }

    /// <summary>A connection goes on with another protocol; it is still the same to whoever counts.</summary>
    public void OnMoved(ServerConnection from, ServerConnection to)
    {
        _http.Remove(from);
        _http.Add(to);
    }

    public void OnClosed(ServerConnection connection)
    {
        _http.Remove(connection);
        _runtime.Stats.OnConnectionClosed(worker.Index);
        StopTimerWhenEmpty();
    }

    public void OnOpened(TcpSession session)
    {
        _tcp.Add(session);
        _runtime.Stats.OnConnectionOpened(worker.Index);
    }

    public void OnClosed(TcpSession session)
    {
        _tcp.Remove(session);
        _runtime.Stats.OnConnectionClosed(worker.Index);
        StopTimerWhenEmpty();
    }

    /// <summary>What is settled before the first byte; else that byte tells.</summary>
    private static bool IsHttp2(HttpConnectionManagerSpec manager, ByteStream stream) =>
        manager.Codec == CodecKind.Http2 || (manager.Codec == CodecKind.Auto && stream.ApplicationProtocol == "h2");

    /// <summary>No filter chain wants the connection: it is closed, as Envoy does.</summary>
    private void RefuseUnmatched(ByteStream stream)
    {
        _runtime.Stats.OnNoFilterChain(worker.Index);
        if (!_runtime.AccessLog.IsEmpty)
        {
            var info = new StreamInfo
            {
                StartUnixTicks = worker.UnixTicks(),
                Flags = ResponseFlags.NoRoute,
                ResponseCodeDetails = "filter_chain_not_found",
                DownstreamRemoteAddress = stream.RemoteAddress.ToString(),
                DownstreamDirectRemoteAddress = stream.DirectRemoteAddress.ToString(),
                DownstreamLocalAddress = stream.GetLocalAddress().ToString(),
            };
            _runtime.AccessLog.Log(worker.Index, info, AccessLogType.NotSet);
        }
        stream.Close();
        StopTimerWhenEmpty();
    }

    /// <summary>Leaves connections to the kernel.</summary>
    public void Pause()
    {
        _accepting?.Dispose();
        _accepting = null;
    }

    /// <summary>Accepts again.</summary>
    public void Resume()
    {
        if (_socket is not null && (!worker.IsAcceptingStopped || _runtime.Spec.BypassOverloadManager))
            _accepting ??= worker.Loop.Listen(_socket, this, _runtime.Spec.MaxConnectionsToAcceptPerSocketEvent);
    }

    private void AbortAll()
    {
        foreach (var connection in _http)
            connection.Abort();
        foreach (var session in _tcp)
            session.Abort();
        foreach (var pending in _pending)
            pending.Abort();
    }

    private void StopTimerWhenEmpty()
    {
        if (_drainTimer is null || Connections != 0)
            return;
        worker.Loop.Disarm(_drainTimer);
        if (worker.Listeners.Remove(this))
            _tally!.OnDrained();
    }
}
