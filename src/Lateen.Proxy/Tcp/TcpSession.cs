// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// A relayed TCP connection: two pumps, one for each direction, that end each side when the other one ended its own
/// (half-close). Both end when nothing moves for the idle timeout.
/// </summary>
internal sealed class TcpSession
{
    private readonly Worker _worker;
    private readonly ActiveListener _listener;
    private readonly FilterChainRuntime _chain;
    private readonly TcpProxySpec _spec;
    private readonly ByteStream _client;
    private readonly LoopTimer _timer;
    private ByteStream? _upstream;
    private ClusterRuntime? _connectedCluster;
    private long _lastActivity;
    private bool _connected;
    private readonly StreamInfo _info = new();

    public TcpSession(
        Worker worker,
        ActiveListener listener,
        FilterChainRuntime chain,
        TcpProxySpec spec,
        ByteStream client
    )
    {
        _chain = chain;
        _worker = worker;
        _listener = listener;
        _spec = spec;
        _client = client;
        _timer = new LoopTimer(static self => ((TcpSession)self).OnTimer(), this);
    }

    /// <summary>Serves the connection to its end.</summary>
    public async LoopTask<int> RunAsync()
    {
        _listener.OnOpened(this);
        _chain.TcpStats!.OnConnectionOpened(_worker.Index);
        _info.StartUnixTicks = _worker.UnixTicks();
        _info.StartTimestamp = _worker.Loop.NowTimestamp;
        EndpointState? endpoint = null;
        try
        {
            endpoint = await ConnectAsync();
            if (endpoint is not null && _upstream is not null)
                await RelayAsync(_upstream);
        }
        finally
        {
            _worker.Loop.Disarm(_timer);
            endpoint?.OnRequestEnded();
            Finish();
            _upstream?.Close();
            _client.Close();
            _listener.OnClosed(this);
        }
        return 0;
    }

    public void Abort()
    {
        _client.Abort();
        _upstream?.Abort();
    }

    /// <summary>Tries endpoints of the cluster, up to max_connect_attempts; null when none could be reached.</summary>
    private async LoopTask<EndpointState?> ConnectAsync()
    {
        var name = _spec.ClusterFor(_worker.NextRandom()).Name;
        if (!_worker.Runtime.Clusters.TryGetValue(name, out var cluster))
        {
            _chain.TcpStats!.OnNoRoute(_worker.Index);
            _info.Flags |= ResponseFlags.NoCluster;
            return null;
        }
        _info.UpstreamCluster = name;
        for (var attempt = 0; attempt < Math.Max(1, _spec.MaxConnectAttempts) && !_client.IsDead; attempt++)
        {
            if (cluster.Balancer.Pick(_worker.Index, _worker.NextRandom()) is not { } endpoint)
            {
                cluster.Stats.OnNoneHealthy(_worker.Index);
                _info.Flags |= ResponseFlags.NoHealthyUpstream;
                return null;
            }
            _info.UpstreamHost = endpoint.AddressText;
            _info.AttemptCount++;
            var source = new ConnectOptions { Source = cluster.Spec.SourceAddress };
            _upstream = _worker.Loop.Connect(endpoint.Address, source);
            if (_upstream is null)
                continue;
            _worker.Loop.Arm(_timer, cluster.Spec.ConnectTimeout);
            var result = await _upstream.ConnectAsync();
            if (result > 0)
                result = ResultOf(await EndpointPool.Of(_worker, endpoint).SecureAsync(_upstream, cluster));
            _worker.Loop.Disarm(_timer);
            if (result > 0)
            {
                _connected = true;
                _info.UpstreamLocalAddress = _upstream.GetLocalAddress().ToString();
                _connectedCluster = cluster;
                cluster.Stats.OnConnectionOpened(_worker.Index);
                endpoint.OnRequestStarted();
                return endpoint;
            }
            cluster.Stats.OnConnectFailed(_worker.Index, timeout: result == IoResult.Aborted && !_client.IsDead);
            _upstream.Close();
            _upstream = null;
        }
        _info.Flags |= ResponseFlags.UpstreamConnectionFailure;
        return null;
    }

    private static int ResultOf(TlsOutcome handshake) =>
        handshake switch
        {
            TlsOutcome.Established => 1,
            TlsOutcome.Aborted => IoResult.Aborted,
            _ => IoResult.Failed,
        };

    private async LoopTask<int> RelayAsync(ByteStream upstream)
    {
        Touch();
        if (_spec.IdleTimeout > TimeSpan.Zero)
            _worker.Loop.Arm(_timer, _spec.IdleTimeout);
        var back = PumpAsync(upstream, _client);
        await PumpAsync(_client, upstream);
        return await back;
    }

    private async LoopTask<int> PumpAsync(ByteStream from, ByteStream to)
    {
        while (true)
        {
            var result = from.Input.IsEmpty ? await from.ReadAsync() : 1;
            if (result == IoResult.EndOfStream)
            {
                to.ShutdownWrite();
                return result;
            }
            if (result > 0)
            {
                var input = from.Input;
                var length = input.Length;
                if (ReferenceEquals(from, _client))
                    _info.BytesReceived += length;
                else
                    _info.BytesSent += length;
                result = await to.WriteAsync(input);
                from.Consume(length);
                Touch();
            }
            if (result < 0)
            {
                // One side broke: the other has nobody to talk to.
                Abort();
                return result;
            }
        }
    }

    private void OnTimer()
    {
        var quiet = TimeSpan.FromMilliseconds(_worker.Loop.NowMilliseconds - _lastActivity);
        if (_connected && quiet < _spec.IdleTimeout)
            _worker.Loop.Arm(_timer, _spec.IdleTimeout - quiet);
        else if (_connected)
            OnIdle();
        else
            _upstream?.Abort();
    }

    private void OnIdle()
    {
        _chain.TcpStats!.OnIdleTimeout(_worker.Index);
        Abort();
    }

    /// <summary>The connection is over: what is known of it goes to metrics and logs.</summary>
    private void Finish()
    {
        _connectedCluster?.Stats.OnConnectionClosed(_worker.Index);
        _chain.TcpStats!.OnBytes(_worker.Index, _info.BytesReceived, _info.BytesSent);
        if (_chain.AccessLog.IsEmpty)
            return;
        _info.Duration = Stopwatch.GetElapsedTime(_info.StartTimestamp, _worker.Loop.NowTimestamp);
        _info.DownstreamRemoteAddress = _client.RemoteAddress.ToString();
        _info.DownstreamLocalAddress = _client.GetLocalAddress().ToString();
        _chain.AccessLog.Log(_worker.Index, _info);
    }

    private void Touch() => _lastActivity = _worker.Loop.NowMilliseconds;
}
