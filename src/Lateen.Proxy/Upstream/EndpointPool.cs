// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http1;
using Lateen.Proxy.Http2;
using Lateen.Proxy.Server;
using Lateen.Proxy.Tcp;

namespace Lateen.Proxy.Upstream;

/// <summary>Connections of one worker to one endpoint: those that may serve another request, and how busy they are.</summary>
internal sealed class EndpointPool : IConnectionOwner
{
    /// <summary>Envoy's <c>TcpProtocolOptions.idle_timeout</c>.</summary>
    private static readonly TimeSpan s_tcpIdleTimeout = TimeSpan.FromMinutes(10);

    private readonly Worker _worker;
    private readonly EndpointState _endpoint;
    private readonly TlsSessions _sessions = new();
    private EndpointPool? _next;
    private readonly List<Http2ClientConnection> _http2 = [];
    private readonly IdleList _http1;
    private IdleList? _tcp;
    private List<StreamQueue>? _queues;
    private int _http1Active;
    private int _http2Active;
    private int _tcpActive;

    private readonly ByteStream? _client;
    private bool _isClosed;

    private EndpointPool(Worker worker, EndpointState endpoint, string host, ByteStream? client = null)
    {
        _client = client;
        _worker = worker;
        _endpoint = endpoint;
        _http1 = new IdleList(worker.Loop);
        Host = host;
    }

    /// <summary>Host of the requests whose connections these are, where the cluster's <c>auto_sni</c> sets them apart; else empty.</summary>
    public string Host { get; }

    /// <summary>The pool of a worker for an endpoint.</summary>
    /// <param name="host">Host of the request, without port, for clusters with <c>auto_sni</c>; empty for the rest.</param>
    public static EndpointPool Of(Worker worker, EndpointState endpoint, string host = "")
    {
        var first = (EndpointPool?)endpoint.WorkerSlots[worker.Index];
        for (var pool = first; pool is not null; pool = pool._next)
        {
            if (pool.Host == host)
                return pool;
        }
        var added = new EndpointPool(worker, endpoint, host) { _next = first };
        endpoint.WorkerSlots[worker.Index] = added;
        return added;
    }

    /// <summary>
    /// Connections that carry the requests of one client alone, for endpoints that a PROXY protocol header tells of him.
    /// They end with his: see <see cref="Close"/>.
    /// </summary>
    public static EndpointPool ForClient(Worker worker, EndpointState endpoint, string host, ByteStream client) =>
        new(worker, endpoint, host, client);

    public EndpointState Endpoint => _endpoint;

    /// <summary>The exchange that opens an HTTP/2 connection now; others that want a stream wait for what it finds.</summary>
    public UpstreamConnector? Connecting { get; set; }

    /// <summary>
    /// A stream on a connection that is there and looks alive; null when there is none. Sees to it that there will be enough for
    /// the next one, as the cluster's <c>preconnect_policy</c> wants.
    /// </summary>
    public ClientStream? TryTake(ClusterRuntime cluster, UpstreamProtocol protocol)
    {
        var stream = TryTake(protocol);
        if (stream is not null && cluster.Spec.Preconnect.IsOn)
            QueueFor(protocol).Provide(cluster);
        return stream;
    }

    /// <summary>A stream on a connection that is there and looks alive; null when there is none.</summary>
    public ClientStream? TryTake(UpstreamProtocol protocol) =>
        protocol switch
        {
            UpstreamProtocol.Http1 => TryTakeHttp1(),
            UpstreamProtocol.Http2 => TryTakeHttp2(),
            UpstreamProtocol.Tcp => TryTakeTcp(),
            _ => TryTakeHttp2() ?? TryTakeHttp1(),
        };

    /// <summary>Where streams of a protocol wait for connections, under a <c>preconnect_policy</c>.</summary>
    public StreamQueue QueueFor(UpstreamProtocol protocol)
    {
        _queues ??= [];
        foreach (var queue in _queues)
        {
            if (queue.Protocol == protocol)
                return queue;
        }
        var added = new StreamQueue(_worker, this, protocol);
        _queues.Add(added);
        return added;
    }

    /// <summary>Streams under way, and room for more on connections that are there.</summary>
    public PoolLoad LoadOf(UpstreamProtocol protocol) =>
        protocol switch
        {
            UpstreamProtocol.Http1 => new PoolLoad(0, _http1Active, _http1.Count),
            UpstreamProtocol.Http2 => new PoolLoad(0, _http2Active, Http2Room()),
            UpstreamProtocol.Tcp => new PoolLoad(0, _tcpActive, _tcp?.Count ?? 0),
            _ => new PoolLoad(0, _http1Active + _http2Active, _http1.Count + Http2Room()),
        };

    /// <summary>Starts a connection; null when the system has no more descriptors.</summary>
    public ByteStream? Open(ClusterRuntime cluster)
    {
        var options = cluster.Spec.SourceAddress.IsNone
            ? ConnectOptions.Default
            : new ConnectOptions { Source = cluster.Spec.SourceAddress };
        return _worker.Loop.Connect(_endpoint.Address, options);
    }

    /// <summary>Makes a connection that is open what its transport socket wants it to be.</summary>
    /// <param name="client">Whose bytes alone it will carry, for the PROXY protocol; null where requests of many share it.</param>
    public LoopTask<TlsOutcome> SecureAsync(ByteStream stream, ClusterRuntime cluster, ByteStream? client = null) =>
        UpstreamSecurity.SecureAsync(
            _worker.Index,
            stream,
            new UpstreamHandshake(_endpoint, cluster, Host, _sessions) { Client = client ?? _client }
        );

    /// <summary>Makes a connection that is open now ready for its first request, and takes it.</summary>
    /// <param name="protocol">What is spoken on it: HTTP/1, HTTP/2 or TCP.</param>
    public ClientStream Adopt(ByteStream stream, ClusterRuntime cluster, UpstreamProtocol protocol)
    {
        if (protocol == UpstreamProtocol.Http2)
        {
            _http2Active++;
            return StartHttp2(stream, cluster).Open();
        }
        var connection = Start(stream, cluster, protocol);
        if (protocol == UpstreamProtocol.Tcp)
            _tcpActive++;
        else
            _http1Active++;
        connection.Begin();
        return connection;
    }

    /// <summary>Makes a connection that is open now ready for whoever comes.</summary>
    /// <param name="protocol">What is spoken on it: HTTP/1, HTTP/2 or TCP.</param>
    public void AdoptIdle(ByteStream stream, ClusterRuntime cluster, UpstreamProtocol protocol)
    {
        if (protocol == UpstreamProtocol.Http2)
            StartHttp2(stream, cluster).EndUse();
        else if (protocol == UpstreamProtocol.Tcp)
            (_tcp ??= new IdleList(_worker.Loop)).Add(Start(stream, cluster, protocol), s_tcpIdleTimeout);
        else
            _http1.Add(Start(stream, cluster, protocol), cluster.Spec.IdleTimeout);
    }

    /// <summary>Closes what is idle now, and what is busy once it is not.</summary>
    public void Close()
    {
        _isClosed = true;
        _http1.CloseAll();
        _tcp?.CloseAll();
        for (var i = _http2.Count - 1; i >= 0; i--)
            _http2[i].Retire();
    }

    void IConnectionOwner.OnOpened(ClusterRuntime cluster) => cluster.Stats.OnConnectionOpened(_worker.Index);

    void IConnectionOwner.OnClosed(ClusterRuntime cluster)
    {
        cluster.Stats.OnConnectionClosed(_worker.Index);
        if (cluster.Spec.Preconnect.IsOn)
            cluster.Breaker.ReleaseConnection();
        TellQueues();
    }

    void IConnectionOwner.OnRetired(Http2ClientConnection connection) => _http2.Remove(connection);

    void IConnectionOwner.OnPeerClosed(ConnectionStream connection) =>
        (connection is TcpClientStream ? _tcp! : _http1).Remove(connection);

    void IConnectionOwner.OnStreamEnded(UpstreamProtocol protocol)
    {
        switch (protocol)
        {
            case UpstreamProtocol.Http1:
                _http1Active--;
                break;
            case UpstreamProtocol.Tcp:
                _tcpActive--;
                break;
            default:
                _http2Active--;
                TellQueues();
                break;
        }
    }

    void IConnectionOwner.OnIdle(ConnectionStream connection, TimeSpan idleTimeout)
    {
        if (_isClosed)
        {
            connection.Close();
            return;
        }
        _http1.Add(connection, idleTimeout);
        TellQueues();
    }

    private ConnectionStream Start(ByteStream stream, ClusterRuntime cluster, UpstreamProtocol protocol) =>
        protocol == UpstreamProtocol.Tcp
            ? new TcpClientStream(this, cluster, stream)
            : new Http1ClientConnection(this, cluster, stream);

    private Http2ClientConnection StartHttp2(ByteStream stream, ClusterRuntime cluster)
    {
        var connection = new Http2ClientConnection(_worker, this, cluster, stream);
        _http2.Add(connection);
        connection.RunAsync().Detach();
        return connection;
    }

    private void TellQueues()
    {
        if (_queues is null)
            return;
        foreach (var queue in _queues)
            queue.OnChanged();
    }

    private ClientStream? TryTakeHttp1()
    {
        var connection = _http1.TryTake();
        if (connection is not null)
            _http1Active++;
        return connection;
    }

    private ClientStream? TryTakeTcp()
    {
        var connection = _tcp?.TryTake();
        if (connection is not null)
            _tcpActive++;
        return connection;
    }

    private ClientStream? TryTakeHttp2()
    {
        for (var i = 0; i < _http2.Count; i++)
        {
            if (!_http2[i].CanOpen)
                continue;
            _http2Active++;
            return _http2[i].Open();
        }
        return null;
    }

    private long Http2Room()
    {
        var room = 0L;
        for (var i = 0; i < _http2.Count; i++)
            room += _http2[i].StreamsLeft;
        return room;
    }
}
