// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Health;
using Lateen.Proxy.Http;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// A relayed TCP connection: an endpoint, then two pumps, one for each direction, that end each side when the other one
/// ended its own (half-close). Both end when nothing moves for the idle timeout, or when the connection is too old.
/// </summary>
internal sealed class TcpSession
{
    private readonly Worker _worker;
    private readonly ActiveListener _listener;
    private readonly FilterChainRuntime _chain;
    private readonly TcpProxySpec _spec;
    private readonly ByteStream _client;
    private readonly TcpTimers _timers;
    private readonly StreamInfo _info = new();
    private readonly TcpUpstream _upstream;
    private EndpointState? _endpoint;
    private TcpPump? _up;
    private TcpPump? _down;

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
        _upstream = new TcpUpstream(worker, client);
        _timers = new TcpTimers(worker.Loop, OnDeadline);
    }

    /// <summary>Serves the connection to its end.</summary>
    public async LoopTask<int> RunAsync()
    {
        _listener.OnOpened(this);
        _chain.TcpStats!.OnConnectionOpened(_worker.Index);
        _info.StartUnixTicks = _worker.UnixTicks();
        _info.StartTimestamp = _worker.Loop.NowTimestamp;
        _timers.StartDuration(_spec.MaxConnectionDuration);
        try
        {
            if (await ConnectAsync())
                await RelayAsync(_upstream.Stream!);
        }
        finally
        {
            _timers.Disarm();
            // Before the client sees its end, so that whoever saw it finds the numbers.
            Finish();
            _chain.TcpStats.OnConnectionClosed(_worker.Index);
            _upstream.Close();
            _client.Close();
            _listener.OnClosed(this);
        }
        return 0;
    }

    /// <summary>What it is served by.</summary>
    public FilterChainRuntime Chain => _chain;

    public void Abort()
    {
        _client.Abort();
        _upstream.Abort();
    }

    /// <summary>Tries endpoints of the cluster, up to max_connect_attempts; false when none could be reached.</summary>
    private async LoopTask<bool> ConnectAsync()
    {
        var target = _spec.ClusterFor(_worker.NextRandom());
        if (!_worker.Runtime.Clusters.TryGetValue(target.Name, out var cluster))
        {
            _chain.TcpStats!.OnNoRoute(_worker.Index);
            return Fail(ResponseFlags.NoCluster);
        }
        _info.UpstreamCluster = target.Name;
        var context = ContextOf(target, cluster);
        for (var attempt = 0; attempt < _spec.MaxConnectAttempts && !_client.IsDead; attempt++)
        {
            // Before anything else, as in Envoy, even where the pool has a connection that is idle.
            if (!cluster.Breaker.AdmitsConnection(_worker.Index))
                return Fail(ResponseFlags.UpstreamOverflow);
            if (cluster.Pick(context with { Random = _worker.NextRandom() }) is not { } endpoint)
            {
                cluster.Stats.OnNoneHealthy(_worker.Index);
                return Fail(ResponseFlags.NoHealthyUpstream);
            }
            if (await TryConnectAsync(cluster, endpoint))
                return true;
            if (_upstream.IsOverflow)
                return Fail(ResponseFlags.UpstreamOverflow);
        }
        cluster.Stats.OnConnectAttemptsExceeded(_worker.Index);
        return Fail(ResponseFlags.UpstreamConnectionFailure | ResponseFlags.UpstreamRetryLimit);
    }

    private bool Fail(ResponseFlags flags)
    {
        _info.Flags |= flags;
        return false;
    }

    private PickContext ContextOf(WeightedClusterName target, ClusterRuntime cluster)
    {
        var destination = OriginalHost.OfConnection(cluster, _client.Inspected, _worker.Index);
        if (destination.IsNone)
            _client.TryGetOriginalDestination(out destination);
        return new PickContext(_worker.Index, 0)
        {
            Subset = target.Subset ?? _spec.Subset,
            OriginalDestination = destination,
        };
    }

    private async LoopTask<bool> TryConnectAsync(ClusterRuntime cluster, EndpointState endpoint)
    {
        _info.UpstreamHost = endpoint.AddressText;
        _info.AttemptCount++;
        if (await _upstream.ConnectAsync(cluster, endpoint))
        {
            _endpoint = endpoint;
            if (!_chain.AccessLog.IsEmpty)
                _info.UpstreamLocalAddress = _upstream.Stream!.GetLocalAddress().ToString();
            cluster.Outliers?.OnConnected(endpoint);
            endpoint.OnRequestStarted();
            return true;
        }
        if (_upstream.IsOverflow)
            return false;
        cluster.Outliers?.OnLocalFailure(
            endpoint,
            _upstream.TimedOut ? LocalFailure.TimedOut : LocalFailure.ConnectFailed
        );
        _info.UpstreamTransportFailureReason = _upstream.FailureReason;
        return false;
    }

    private async LoopTask<int> RelayAsync(ByteStream upstream)
    {
        _timers.StartIdle(_spec.IdleTimeout);
        _down = new TcpPump(_worker.Loop, upstream, _client, _timers.Touch);
        _up = new TcpPump(_worker.Loop, _client, upstream, _timers.Touch);
        var back = PumpAsync(_down);
        await PumpAsync(_up);
        return await back;
    }

    private async LoopTask<int> PumpAsync(TcpPump pump)
    {
        var result = await pump.RunAsync();
        // One side broke: the other has nobody to talk to.
        if (result < 0)
            Abort();
        return result;
    }

    private void OnDeadline(TcpDeadline deadline)
    {
        switch (deadline)
        {
            case TcpDeadline.Idle:
                _chain.TcpStats!.OnIdleTimeout(_worker.Index);
                break;
            default:
                _chain.TcpStats!.OnDurationTimeout(_worker.Index);
                _info.Flags |= ResponseFlags.DurationTimeout;
                break;
        }
        Abort();
    }

    /// <summary>The connection is over: what is known of it goes to metrics and logs.</summary>
    private void Finish()
    {
        _endpoint?.OnRequestEnded();
        _info.BytesReceived = _up?.Bytes ?? 0;
        _info.BytesSent = _down?.Bytes ?? 0;
        _chain.TcpStats!.OnBytes(_worker.Index, _info.BytesReceived, _info.BytesSent);
        if (_chain.AccessLog.IsEmpty)
            return;
        _info.Duration = Stopwatch.GetElapsedTime(_info.StartTimestamp, _worker.Loop.NowTimestamp);
        _info.DownstreamRemoteAddress = _client.RemoteAddress.ToString();
        _info.DownstreamDirectRemoteAddress = _client.DirectRemoteAddress.ToString();
        _info.DownstreamLocalAddress = _client.GetLocalAddress().ToString();
        _info.DownstreamTls = _client.Tls;
        _info.Inspected = _client.Inspected;
        _info.RequestedServerName = _client.ServerName is { Length: > 0 } name ? name : null;
        _info.UpstreamTls = _upstream.Stream?.Tls;
        _chain.AccessLog.Log(_worker.Index, _info, AccessLogType.TcpConnectionEnd);
    }
}
