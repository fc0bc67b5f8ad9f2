// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Server;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// A relayed connection's own connection to an endpoint: opened for it, or under a <c>preconnect_policy</c> one of the pool's. It
/// counts in the cluster, and in its circuit breaker, until it is closed.
/// </summary>
internal sealed class TcpUpstream(Worker worker, ByteStream client)
{
    private readonly Dial _dial = new(worker);
    private UpstreamConnector? _connector;
    private TcpClientStream? _pooled;
    private ClusterRuntime? _cluster;

    /// <summary>Null before the connection stands.</summary>
    public ByteStream? Stream { get; private set; }

    /// <summary>After a failure: the endpoint did not answer in the cluster's <c>connect_timeout</c>.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>After a failure: the circuit breaker is open.</summary>
    public bool IsOverflow { get; private set; }

    /// <summary>After a failure: what TLS says of it, in Envoy's words; null where it was not TLS that failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>Connects; false when that failed, and it may be tried again.</summary>
    public LoopTask<bool> ConnectAsync(ClusterRuntime cluster, EndpointState endpoint)
    {
        TimedOut = IsOverflow = false;
        FailureReason = null;
        var pool = EndpointPool.Of(worker, endpoint);
        // A connection that speaks for one client is nobody else's.
        var isShared = cluster.Spec.Preconnect.IsOn && endpoint.Socket.Spec.ProxyProtocolVersion == 0;
        return isShared ? TakeAsync(pool, cluster) : OpenAsync(pool, cluster);
    }

    public void Abort()
    {
        _dial.Abort();
        _connector?.Abort();
        Stream?.Abort();
    }

    public void Close()
    {
        if (_pooled is not null)
        {
            _pooled.Return(isClean: false);
            return;
        }
        Stream?.Close();
        _cluster?.Stats.OnConnectionClosed(worker.Index);
        _cluster?.Breaker.ReleaseConnection();
    }

    private async LoopTask<bool> OpenAsync(EndpointPool pool, ClusterRuntime cluster)
    {
        if (!cluster.Breaker.TryAcquireConnection(worker.Index))
        {
            IsOverflow = true;
            return false;
        }
        Stream = await _dial.OpenAsync(pool, cluster, client);
        if (Stream is not null)
        {
            _cluster = cluster;
            cluster.Stats.OnConnectionOpened(worker.Index);
            return true;
        }
        cluster.Breaker.ReleaseConnection();
        TimedOut = _dial.TimedOut;
        FailureReason = _dial.FailureReason;
        return false;
    }

    private async LoopTask<bool> TakeAsync(EndpointPool pool, ClusterRuntime cluster)
    {
        Prediction.BeforeStream(worker, cluster, UpstreamProtocol.Tcp);
        var taken = pool.TryTake(cluster, UpstreamProtocol.Tcp);
        if (taken is null)
        {
            _connector ??= new UpstreamConnector(worker);
            taken = await _connector.ConnectAsync(pool, cluster, UpstreamProtocol.Tcp);
            TimedOut = _connector.TimedOut;
            IsOverflow = _connector.IsOverflow;
            FailureReason = _connector.FailureReason;
        }
        _pooled = (TcpClientStream?)taken;
        Stream = _pooled?.Stream;
        return Stream is not null;
    }
}
