// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Health;
using Lateen.Proxy.Server;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http.Mirroring;

/// <summary>
/// A copy of a request on its way to a cluster that only looks on. It holds what its upstream has not taken yet, up to a
/// limit; whatever it answers is dropped. Rented from its worker, and given back when both sides are done with it.
/// </summary>
internal sealed class MirrorRequest : IReadyItem
{
    /// <summary>A copy whose upstream lags behind the request by more than this is given up. Ours; Envoy slows the request down.</summary>
    public const int MaxPending = 256 * 1024;

    private readonly Worker _worker;
    private readonly UpstreamConnector _connector;
    private readonly TransportHost _host = new();
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly HeaderMap _trailers = new();
    private readonly ByteQueue _body;
    private readonly LoopTimer _deadline;
    private readonly LoopSignal<bool> _fed = new();
    private ClusterRuntime _cluster = null!;
    private ClientStream? _upstream;
    private BodyLength _length;
    private int _users;
    private bool _hasStarted;
    private bool _isQueued;
    private bool _isEnded;
    private bool _isAbandoned;

    public MirrorRequest(Worker worker)
    {
        _worker = worker;
        _connector = new UpstreamConnector(worker);
        _body = new ByteQueue(worker.Loop);
        _deadline = new LoopTimer(static self => ((MirrorRequest)self).Abandon(), this);
    }

    /// <summary>Sends a copy off, in a turn of its own.</summary>
    public void Start(ClusterRuntime cluster, RequestHead request, BodyLength length, bool addsSuffix, TimeSpan limit)
    {
        _cluster = cluster;
        _length = length;
        _users = 2;
        _hasStarted = _isAbandoned = false;
        _isEnded = length.Kind == BodyKind.None;
        _trailers.Clear();
        _response.Clear();
        _request.CopyFrom(request);
        MirrorHead.Prepare(_request, addsSuffix, _worker.Telemetry.LocalAddress);
        if (limit > TimeSpan.Zero)
            _worker.Loop.Arm(_deadline, limit);
        Wake();
    }

    public void OnData(ReadOnlySpan<byte> payload)
    {
        if (_isAbandoned)
            return;
        if (_body.Unread + payload.Length > MaxPending)
        {
            Abandon();
            return;
        }
        _body.Append(payload);
        Wake();
    }

    public void OnEnd(HeaderMap trailers)
    {
        _trailers.CopyFrom(trailers);
        _isEnded = true;
        Wake();
    }

    /// <summary>Gives the copy up, wherever it is.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _connector.Abort();
        _upstream?.Abort();
        Wake();
    }

    /// <summary>One of its two users, the request and the way to the upstream, needs it no more.</summary>
    public void Release()
    {
        if (--_users > 0)
            return;
        _worker.Loop.Disarm(_deadline);
        _worker.Mirrors.Return(this);
    }

    /// <summary>The turn in the ready queue: begins, or goes on with what came.</summary>
    public void Run()
    {
        _isQueued = false;
        if (!_hasStarted)
        {
            _hasStarted = true;
            RunAsync().Detach();
        }
        else if (_fed.IsAwaited)
        {
            _fed.Complete(true);
        }
    }

    private async LoopTask<int> RunAsync()
    {
        var breaker = _cluster.Breaker;
        if (!_isAbandoned && breaker.TryAcquireRequest(_worker.Index))
        {
            await ForwardAsync();
            breaker.ReleaseRequest();
        }
        // What comes from here on has nobody who takes it.
        _isAbandoned = true;
        _body.Clear();
        Release();
        return 0;
    }

    private async LoopTask<int> ForwardAsync()
    {
        var context = new PickContext(_worker.Index, _worker.NextRandom())
        {
            OriginalDestination = OriginalHost.Of(
                _cluster,
                _request.Headers,
                InspectedConnection.Nothing,
                _worker.Index
            ),
        };
        if (_cluster.Pick(context) is not { } endpoint)
        {
            _cluster.Stats.OnNoneHealthy(_worker.Index);
            return 0;
        }
        endpoint.OnRequestStarted();
        _cluster.Stats.OnAttemptStarted(_worker.Index);
        var began = _worker.Loop.NowTimestamp;
        var protocol = _cluster.Spec.ProtocolFor(_request.Version);
        var pool = EndpointPool.Of(_worker, endpoint, _host.Of(_request, _cluster.Spec));
        Prediction.BeforeStream(_worker, _cluster, protocol, pool.Host);
        _upstream = pool.TryTake(_cluster, protocol) ?? await _connector.ConnectAsync(pool, _cluster, protocol);
        if (_upstream is not null)
        {
            var isClean = !_isAbandoned && await ConverseAsync(_upstream);
            if (_response.Status >= 200)
                Judge(endpoint, Stopwatch.GetElapsedTime(began, _worker.Loop.NowTimestamp));
            var upstream = _upstream;
            _upstream = null;
            upstream.Return(isClean && !_isAbandoned);
        }
        if (_response.Status < 200 && !_isAbandoned)
            _cluster.Outliers?.OnLocalFailure(endpoint, LocalFailure.ConnectFailed);
        endpoint.OnRequestEnded();
        _cluster.Stats.OnAttemptEnded(_worker.Index);
        return 0;
    }

    private void Judge(EndpointState endpoint, TimeSpan took)
    {
        _cluster.Stats.OnResponse(_worker.Index, _response.Status, took);
        _cluster.Outliers?.OnResponse(endpoint, _response.Status);
    }

    /// <summary>True when both messages are complete.</summary>
    private async LoopTask<bool> ConverseAsync(ClientStream upstream)
    {
        if (!upstream.WriteHead(_request, _length, _response) || await SendAsync(upstream) < 0)
            return false;
        ResponseHeadStatus status;
        do status = await upstream.ReadHeadAsync();
        while (status == ResponseHeadStatus.Interim);
        if (status != ResponseHeadStatus.Final)
        {
            _response.Clear();
            return false;
        }
        while (true)
        {
            var read = upstream.Read(int.MaxValue, out _);
            upstream.Release();
            if (read == BodyStatus.Complete)
                return true;
            if (read == BodyStatus.Fault || (read == BodyStatus.NeedMore && await upstream.WaitForBodyAsync() < 0))
                return false;
        }
    }

    /// <summary>Sends the body as it comes, behind the head that is staged.</summary>
    private async LoopTask<int> SendAsync(ClientStream upstream)
    {
        while (true)
        {
            while (_body.Unread > 0 && upstream.Room is var room and > 0)
                upstream.Append(_body.Read(room));
            var isComplete = _isEnded && _body.Unread == 0;
            if (isComplete)
                upstream.End(_trailers);
            var result = await upstream.FlushAsync();
            _body.Release();
            if (isComplete || result < 0)
                return result;
            if (_isAbandoned)
                return IoResult.Aborted;
            if (_body.Unread > 0)
                result = await upstream.WaitForRoomAsync();
            else if (!_isEnded)
                await _fed.Wait();
            if (result < 0)
                return result;
        }
    }

    /// <summary>Goes through the ready queue: whoever feeds must not run on our stack, nor we on theirs.</summary>
    private void Wake()
    {
        if (_isQueued || (_hasStarted && !_fed.IsAwaited))
            return;
        _isQueued = true;
        _worker.Loop.Enqueue(this);
    }
}
