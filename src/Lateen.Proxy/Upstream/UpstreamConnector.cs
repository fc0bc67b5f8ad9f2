// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Gets a connection for one exchange, which may give up waiting. Exchanges that want HTTP/2 to one endpoint at a time open
/// one connection and share it; under a <c>preconnect_policy</c> the pool opens them. Reused from attempt to attempt.
/// </summary>
internal sealed class UpstreamConnector(Worker worker) : IReadyItem
{
    internal UpstreamConnector? Before;
    internal UpstreamConnector? After;

    private readonly Dial _dial = new(worker);
    private readonly LoopSignal<bool> _turn = new();
    private UpstreamConnector? _waitingFor;
    private UpstreamConnector? _nextWaiter;
    private StreamQueue? _queue;
    private ClientStream? _given;
    private bool _isAborted;
    private bool _isQueued;
    private bool _outcome;

    /// <summary>After a failure: the endpoint did not answer in the cluster's <c>connect_timeout</c>.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>After a failure: as many exchanges wait as <c>max_pending_requests</c> admits.</summary>
    public bool IsOverflow { get; private set; }

    /// <summary>After a failure: what TLS says of it, in Envoy's words; null where it was not TLS that failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>While it stands in a <see cref="StreamQueue"/>: the version of the cluster that counts it.</summary>
    internal ClusterRuntime? PendingIn { get; set; }

    /// <summary>A stream, on a new connection where there is no other; null when there is none to be had.</summary>
    public async LoopTask<ClientStream?> ConnectAsync(
        EndpointPool pool,
        ClusterRuntime cluster,
        UpstreamProtocol protocol
    )
    {
        TimedOut = IsOverflow = false;
        FailureReason = null;
        _isAborted = false;
        if (cluster.Spec.Preconnect.IsOn)
            return await WaitInAsync(pool.QueueFor(protocol), cluster);
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
        _dial.Abort();
        if (!_turn.IsAwaited)
            return;
        LeaveQueue();
        Wake(false);
    }

    /// <summary>The connection that a <see cref="StreamQueue"/> had no room on is there: it leaves the queue with a stream.</summary>
    internal void Give(ClientStream stream)
    {
        _queue!.Remove(this);
        _given = stream;
        Wake(true);
    }

    /// <summary>A connection that a <see cref="StreamQueue"/> waited for failed: it leaves the queue with nothing.</summary>
    internal void Fail(bool timedOut, string? reason)
    {
        _queue!.Remove(this);
        TimedOut = timedOut;
        FailureReason = reason;
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
        var stream = await _dial.OpenAsync(pool, cluster);
        if (stream is null)
        {
            TimedOut = _dial.TimedOut;
            FailureReason = _dial.FailureReason;
            return null;
        }
        if (protocol == UpstreamProtocol.Auto)
            protocol = stream.ApplicationProtocol == "h2" ? UpstreamProtocol.Http2 : UpstreamProtocol.Http1;
        return pool.Adopt(stream, cluster, protocol);
    }

    private async LoopTask<ClientStream?> WaitInAsync(StreamQueue queue, ClusterRuntime cluster)
    {
        _queue = queue;
        if (!queue.TryEnqueue(this, cluster))
        {
            IsOverflow = true;
            return null;
        }
        await _turn.Wait();
        var given = _given;
        _given = null;
        if (!_isAborted)
            return given;
        given?.Return(isClean: false);
        return null;
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
        _queue?.Remove(this);
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
        worker.Loop.Enqueue(this);
    }
}
