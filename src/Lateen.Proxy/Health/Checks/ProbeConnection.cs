// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http1;
using Lateen.Proxy.Http2;
using Lateen.Proxy.Server;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// The connection of one endpoint's health checks: opened when there is none, kept from check to check where the
/// configuration wants that. It does not count among the cluster's own.
/// </summary>
internal sealed class ProbeConnection(Worker worker, ClusterRuntime cluster, EndpointState endpoint, NetAddress address)
    : IConnectionOwner
{
    private readonly TlsSessions _sessions = new();
    private readonly HealthCheckSpec _spec = cluster.Spec.HealthCheck!;
    private ByteStream? _opening;
    private ClientStream? _stream;
    private ConnectionStream? _idle;
    private Http2ClientConnection? _shared;

    /// <summary>A stream for one request, to be given back by <see cref="Return"/>; null when the endpoint cannot be reached.</summary>
    public async LoopTask<ClientStream?> TakeAsync(bool isHttp2)
    {
        if (TakeIdle() is { } kept)
            return _stream = kept;
        var stream = await OpenAsync();
        if (stream is null)
            return null;
        if (isHttp2)
        {
            _shared = new Http2ClientConnection(worker, this, cluster, stream);
            _shared.RunAsync().Detach();
            return _stream = _shared.Open();
        }
        var connection = new Http1ClientConnection(this, cluster, stream);
        connection.Begin();
        return _stream = connection;
    }

    /// <param name="isClean">Request and answer are complete, so that the connection may be kept.</param>
    public void Return(bool isClean)
    {
        var stream = _stream;
        _stream = null;
        stream?.Return(isClean && _spec.ReusesConnection);
        if (!_spec.ReusesConnection)
            _shared?.Retire();
    }

    /// <summary>A plain connection, for checks that are not HTTP; the caller closes it.</summary>
    public async LoopTask<ByteStream?> OpenAsync()
    {
        var options = cluster.Spec.SourceAddress.IsNone
            ? ConnectOptions.Default
            : new ConnectOptions { Source = cluster.Spec.SourceAddress };
        var stream = worker.Loop.Connect(address, options);
        if (stream is null)
            return null;
        _opening = stream;
        var isOpen = await stream.ConnectAsync() > 0 && await SecureAsync(stream) == TlsOutcome.Established;
        _opening = null;
        if (isOpen)
            return stream;
        stream.Close();
        return null;
    }

    /// <summary>Makes whoever waits for the endpoint give up; the next check has a connection of its own.</summary>
    public void Abort()
    {
        _shared?.Retire();
        _opening?.Abort();
        _stream?.Abort();
    }

    public void Close()
    {
        TakeIdleHttp1()?.Close();
        _shared?.Retire();
    }

    void IConnectionOwner.OnOpened(ClusterRuntime cluster) { }

    void IConnectionOwner.OnClosed(ClusterRuntime cluster) { }

    void IConnectionOwner.OnStreamEnded(UpstreamProtocol protocol) { }

    void IConnectionOwner.OnIdle(ConnectionStream connection, TimeSpan idleTimeout)
    {
        connection.Stream.CloseWatcher = connection;
        _idle = connection;
    }

    void IConnectionOwner.OnPeerClosed(ConnectionStream connection)
    {
        if (_idle == connection)
            _idle = null;
    }

    void IConnectionOwner.OnRetired(Http2ClientConnection connection)
    {
        if (_shared == connection)
            _shared = null;
    }

    private LoopTask<TlsOutcome> SecureAsync(ByteStream stream)
    {
        var handshake = new UpstreamHandshake(endpoint, cluster, "", _sessions)
        {
            ApplicationProtocols = _spec.ApplicationProtocols,
        };
        if (_spec.SocketCriteria is { } criteria)
            handshake = handshake with { Socket = cluster.Sockets.For(criteria) };
        return UpstreamSecurity.SecureAsync(worker.Index, stream, handshake);
    }

    private ClientStream? TakeIdle()
    {
        if (_shared is { CanOpen: true } shared)
            return shared.Open();
        if (TakeIdleHttp1() is not { } connection)
            return null;
        if (!connection.CanBegin)
        {
            connection.Close();
            return null;
        }
        connection.Begin();
        return connection;
    }

    private ConnectionStream? TakeIdleHttp1()
    {
        var connection = _idle;
        _idle = null;
        if (connection is not null)
            connection.Stream.CloseWatcher = null;
        return connection;
    }
}
