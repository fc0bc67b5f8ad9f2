// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Opens connections for one exchange, which may give up waiting. Exchanges that want HTTP/2 to one endpoint at a time open
/// one connection and share it. Reused from attempt to attempt.
/// </summary>
internal sealed class UpstreamConnector : IReadyItem
{
    private readonly Worker _worker;
    private readonly LoopTimer _timer;
    private readonly LoopSignal<bool> _turn = new();
    private ByteStream? _connecting;
    private UpstreamConnector? _waitingFor;
    private UpstreamConnector? _nextWaiter;
    private bool _isAborted;
    private bool _isQueued;
    private bool _outcome;

    public UpstreamConnector(Worker worker)
    {
        _worker = worker;
        _timer = new LoopTimer(static self => ((UpstreamConnector)self).OnTimeout(), this);
    }

    /// <summary>After a failure: the endpoint did not answer in the cluster's <c>connect_timeout</c>.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>After a failure: what TLS says of it, in Envoy's words; null where it was not TLS that failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>A stream, on a new connection where there is no other; null when there is none to be had.</summary>
    public async LoopTask<ClientStream?> ConnectAsync(
        EndpointPool pool,
        ClusterRuntime cluster,
        UpstreamProtocol protocol
    )
    {
        TimedOut = false;
        FailureReason = null;
        _isAborted = false;
        if (protocol is UpstreamProtocol.Http1 or UpstreamProtocol.Tcp)
            return await OpenAsync(pool, cluster, protocol);
        while (pool.Connecting is { } other)
        {
            var isConnected = await WaitForAsync(other);
            if (_isAborted)
                return null;
            if (pool.TryTake(protocol) is { } shared)
                return shared;
            if (!isConnected)
                return null;
        }
        pool.Connecting = this;
        var stream = await OpenAsync(pool, cluster, protocol);
        pool.Connecting = null;
        // Giving up is this exchange's own affair: those who wait try for themselves.
        WakeWaiters(stream is not null || _isAborted);
        return stream;
    }

    /// <summary>Makes a connect under way, or a wait for another one, fail.</summary>
    public void Abort()
    {
        _isAborted = true;
        _connecting?.Abort();
        if (!_turn.IsAwaited)
            return;
        LeaveQueue();
        Wake(false);
    }

    /// <summary>The turn in the ready queue: the connection that this one waited for is there, or is not to be had.</summary>
    public void Run()
    {
        _isQueued = false;
        if (_turn.IsAwaited)
            _turn.Complete(_outcome);
    }

    private async LoopTask<ClientStream?> OpenAsync(
        EndpointPool pool,
        ClusterRuntime cluster,
        UpstreamProtocol protocol
    )
    {
        var began = _worker.Loop.NowTimestamp;
        var stream = pool.Open(cluster);
        if (stream is null)
        {
            cluster.Stats.OnConnectFailed(_worker.Index, timeout: false);
            return null;
        }
        _connecting = stream;
        _worker.Loop.Arm(_timer, cluster.Spec.ConnectTimeout);
        var connected =
            await stream.ConnectAsync() > 0 && await pool.SecureAsync(stream, cluster) == TlsOutcome.Established;
        _worker.Loop.Disarm(_timer);
        _connecting = null;
        if (!connected)
        {
            cluster.Stats.OnConnectFailed(_worker.Index, TimedOut);
            FailureReason = UpstreamSecurity.FailureReason(stream);
            stream.Close();
            return null;
        }
        cluster.Stats.OnConnected(_worker.Index, Stopwatch.GetElapsedTime(began, _worker.Loop.NowTimestamp));
        if (protocol == UpstreamProtocol.Auto)
            protocol = stream.ApplicationProtocol == "h2" ? UpstreamProtocol.Http2 : UpstreamProtocol.Http1;
        return pool.Adopt(stream, cluster, protocol);
    }

    private LoopTask<bool> WaitForAsync(UpstreamConnector other)
    {
        _waitingFor = other;
        _nextWaiter = other._nextWaiter;
        other._nextWaiter = this;
        return _turn.Wait();
    }

    private void LeaveQueue()
    {
        if (_waitingFor is not { } before)
            return;
        while (before._nextWaiter != this)
            before = before._nextWaiter!;
        before._nextWaiter = _nextWaiter;
        _nextWaiter = null;
        _waitingFor = null;
    }

    private void WakeWaiters(bool isConnected)
    {
        var waiter = _nextWaiter;
        _nextWaiter = null;
        while (waiter is not null)
        {
            var next = waiter._nextWaiter;
            waiter._nextWaiter = null;
            waiter._waitingFor = null;
            waiter.Wake(isConnected);
            waiter = next;
        }
    }

    private void Wake(bool outcome)
    {
        _outcome = outcome;
        if (_isQueued)
            return;
        _isQueued = true;
        _worker.Loop.Enqueue(this);
    }

    private void OnTimeout()
    {
        TimedOut = true;
        _connecting?.Abort();
    }
}
