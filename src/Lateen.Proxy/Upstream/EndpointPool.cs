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

/// <summary>
/// Connections of one worker to one endpoint that may serve another request; of the idle ones the latest is used first, so
/// that surplus ones grow old and close.
/// </summary>
internal sealed class EndpointPool : IConnectionOwner
{
    private readonly Worker _worker;
    private readonly EndpointState _endpoint;
    private readonly LoopTimer _sweep;
    private readonly TlsSessions _sessions = new();
    private EndpointPool? _next;
    private readonly List<Http2ClientConnection> _http2 = [];
    private Http1ClientConnection? _latest;
    private Http1ClientConnection? _oldest;

    private readonly ByteStream? _client;
    private bool _isClosed;

    private EndpointPool(Worker worker, EndpointState endpoint, string host, ByteStream? client = null)
    {
        _client = client;
        _worker = worker;
        _endpoint = endpoint;
        Host = host;
        _sweep = new LoopTimer(static self => ((EndpointPool)self).CloseOld(), this);
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

    /// <summary>A stream on a connection that is there and looks alive; null when there is none.</summary>
    public ClientStream? TryTake(UpstreamProtocol protocol) =>
        protocol switch
        {
            UpstreamProtocol.Http1 => TryTakeHttp1(),
            UpstreamProtocol.Http2 => TryTakeHttp2(),
            UpstreamProtocol.Tcp => null,
            _ => TryTakeHttp2() ?? TryTakeHttp1(),
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

    /// <summary>Makes a connection that is open now ready for its first request.</summary>
    /// <param name="protocol">What is spoken on it: HTTP/1, HTTP/2 or TCP.</param>
    public ClientStream Adopt(ByteStream stream, ClusterRuntime cluster, UpstreamProtocol protocol)
    {
        if (protocol == UpstreamProtocol.Tcp)
            return new TcpClientStream(_worker, cluster, stream);
        if (protocol == UpstreamProtocol.Http2)
        {
            var shared = new Http2ClientConnection(_worker, this, cluster, stream);
            _http2.Add(shared);
            shared.RunAsync().Detach();
            return shared.Open();
        }
        var connection = new Http1ClientConnection(this, cluster, stream);
        connection.Begin();
        return connection;
    }

    /// <summary>Closes what is idle now, and what is busy once it is not.</summary>
    public void Close()
    {
        _isClosed = true;
        _worker.Loop.Disarm(_sweep);
        while (_latest is { } connection)
        {
            Remove(connection);
            connection.Close();
        }
        for (var i = _http2.Count - 1; i >= 0; i--)
            _http2[i].Retire();
    }

    void IConnectionOwner.OnOpened(ClusterRuntime cluster) => cluster.Stats.OnConnectionOpened(_worker.Index);

    void IConnectionOwner.OnClosed(ClusterRuntime cluster) => cluster.Stats.OnConnectionClosed(_worker.Index);

    void IConnectionOwner.OnRetired(Http2ClientConnection connection) => _http2.Remove(connection);

    void IConnectionOwner.OnPeerClosed(Http1ClientConnection connection) => Remove(connection);

    void IConnectionOwner.OnIdle(Http1ClientConnection connection, TimeSpan idleTimeout)
    {
        if (_isClosed)
        {
            connection.Close();
            return;
        }
        connection.Stream.CloseWatcher = connection;
        connection.IdleDeadline =
            idleTimeout == TimeSpan.Zero
                ? long.MaxValue
                : _worker.Loop.NowMilliseconds + (long)idleTimeout.TotalMilliseconds;
        connection.IsIdle = true;
        connection.Older = _latest;
        if (_latest is not null)
            _latest.Newer = connection;
        _latest = connection;
        _oldest ??= connection;
        if (!_sweep.IsArmed && idleTimeout != TimeSpan.Zero)
            _worker.Loop.Arm(_sweep, idleTimeout);
    }

    private void Remove(Http1ClientConnection connection)
    {
        if (!connection.IsIdle)
            return;
        if (connection.Newer is not null)
            connection.Newer.Older = connection.Older;
        else
            _latest = connection.Older;
        if (connection.Older is not null)
            connection.Older.Newer = connection.Newer;
        else
            _oldest = connection.Newer;
        connection.Newer = connection.Older = null;
        connection.IsIdle = false;
        connection.Stream.CloseWatcher = null;
    }

    private ClientStream? TryTakeHttp1()
    {
        while (_latest is { } connection)
        {
            Remove(connection);
            if (!connection.Stream.IsDead && !connection.Stream.HasUnreadInput)
            {
                connection.Begin();
                return connection;
            }
            connection.Close();
        }
        return null;
    }

    private ClientStream? TryTakeHttp2()
    {
        for (var i = 0; i < _http2.Count; i++)
        {
            if (_http2[i].CanOpen)
                return _http2[i].Open();
        }
        return null;
    }

    private void CloseOld()
    {
        var now = _worker.Loop.NowMilliseconds;
        while (_oldest is { } connection)
        {
            if (connection.IdleDeadline > now)
            {
                if (connection.IdleDeadline != long.MaxValue)
                    _worker.Loop.Arm(_sweep, TimeSpan.FromMilliseconds(connection.IdleDeadline - now));
                return;
            }
            Remove(connection);
            connection.Close();
        }
    }
}
