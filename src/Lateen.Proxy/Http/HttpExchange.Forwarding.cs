// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http;

/// <summary>The way to the upstream: cluster, endpoint, connection, request, again where the first try failed.</summary>
internal sealed partial class HttpExchange : IPeerCloseWatcher
{
    private readonly LoopTimer _routeTimer;
    private readonly LoopTimer _connectTimer;
    private readonly LoopTimer _idleTimer;
    private readonly HeaderMap _requestTrailers = new();
    private readonly HeaderMap _responseTrailers = new();
    private ClusterRuntime _cluster = null!;
    private EndpointState? _endpoint;
    private UpstreamConnection? _upstream;
    private BodyRelay _requestBody;
    private Interruption _interruption;
    private int _keptInput;
    private bool _canReplay;
    private bool _pumping;
    private LoopTask<int> _pump;
    private long _lastActivity;

    /// <summary>Why an upstream operation was aborted by us.</summary>
    private enum Interruption : byte
    {
        None,
        ClientLeft,
        RouteTimeout,
        ConnectTimeout,
        Idle,
    }

    /// <summary>How an attempt ended.</summary>
    private enum Attempt : byte
    {
        /// <summary>The response's head is there.</summary>
        Answered,
        NoEndpoint,
        ConnectFailed,
        Closed,

        /// <summary>A pooled connection was closed by the server before it saw the request: nothing has happened yet.</summary>
        Stale,
        ProtocolError,
        Interrupted,
        BadRequest,
    }

    /// <summary>The client went away while the upstream works on its request.</summary>
    public void OnPeerClosed(ByteStream stream) => Interrupt(Interruption.ClientLeft);

    private void ResetForwarding()
    {
        _endpoint = null;
        _upstream = null;
        _interruption = Interruption.None;
        _keptInput = 0;
        _canReplay = true;
        _pumping = false;
        _pump = default;
        _pumpFault = Http1Fault.None;
        _responseDone = false;
        _requestTrailers.Clear();
        _responseTrailers.Clear();
    }

    private async LoopTask<bool> ForwardAsync(ForwardActionSpec action)
    {
        _clusterIndex = _route!.PickCluster(_worker.NextRandom());
        if (!TryFindCluster(action))
            return await AnswerAsync(LocalReply.ClusterNotFound(action.ClusterNotFoundStatus), CanKeepAlive());
        if (_request.ExpectContinue && !_connection.Manager.Proxy100Continue)
        {
            Info.Request.Headers.Remove(KnownHeader.Expect);
            if (await Client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8) < 0)
                return Abandon();
        }
        PrepareForward(action);
        Client.CloseWatcher = this;
        try
        {
            var retries = 0;
            var attempt = await TryOnceAsync(action);
            while (attempt != Attempt.Answered && ShouldRetry(attempt, ref retries))
            {
                ReleaseUpstream(reusable: false);
                attempt = await TryOnceAsync(action);
            }
            return attempt == Attempt.Answered ? await RelayResponseAsync() : await GiveUpAsync(attempt);
        }
        finally
        {
            Client.CloseWatcher = null;
            DisarmTimers();
        }
    }

    private bool TryFindCluster(ForwardActionSpec action)
    {
        string? name = null;
        if (_clusterIndex >= 0)
            name = action.Clusters[_clusterIndex].Name;
        else if (
            action.ClusterHeader is not null
            && Info.Request.Headers.TryGet(System.Text.Encoding.ASCII.GetBytes(action.ClusterHeader), out var value)
        )
            name = System.Text.Encoding.ASCII.GetString(value);
        if (name is null || !_worker.Runtime.Clusters.TryGetValue(name, out var cluster))
            return false;
        _cluster = cluster;
        Info.UpstreamCluster = cluster.Spec.Name;
        return true;
    }

    private void PrepareForward(ForwardActionSpec action)
    {
        _route!.PrepareRequest(Info, _clusterIndex);
        var framing = _request.Framing;
        _requestBody = new BodyRelay(framing, _request.ContentLength, framing, _connection.Limits);
        var headers = Info.Request.Headers;
        headers.Remove(KnownHeader.Upgrade);
        if (action.Timeout > TimeSpan.Zero)
            SetNumber(headers, KnownHeader.XEnvoyExpectedRqTimeoutMs, (long)action.Timeout.TotalMilliseconds);
        Touch();
        if (IdleTimeout(action) is var idle && idle > TimeSpan.Zero)
            _worker.Loop.Arm(_idleTimer, idle);
        if (_requestBody.IsComplete)
            OnRequestComplete();
    }

    /// <summary>One endpoint, one connection, the request on it, and the head of what comes back.</summary>
    private async LoopTask<Attempt> TryOnceAsync(ForwardActionSpec action)
    {
        Info.AttemptCount++;
        if (_route!.Host.Spec.IncludeRequestAttemptCount)
            SetNumber(Info.Request.Headers, KnownHeader.XEnvoyAttemptCount, Info.AttemptCount);
        _endpoint = _cluster.Balancer.Pick(_worker.Index, _worker.NextRandom());
        if (_endpoint is null)
        {
            _cluster.Stats.OnNoneHealthy(_worker.Index);
            return Attempt.NoEndpoint;
        }
        _endpoint.OnRequestStarted();
        _cluster.Stats.OnAttemptStarted(_worker.Index);
        Info.UpstreamHost = _endpoint.AddressText;
        var pool = ConnectionPool.Of(_worker, _endpoint);
        _upstream = pool.TakeIdle();
        if (_upstream is null)
        {
            _upstream = pool.Open(_cluster);
            if (_upstream is null)
                return Attempt.ConnectFailed;
            _worker.Loop.Arm(_connectTimer, _cluster.Spec.ConnectTimeout);
            var connected = await _upstream.Stream.ConnectAsync();
            _worker.Loop.Disarm(_connectTimer);
            if (connected < 0)
            {
                _cluster.Stats.OnConnectFailed(_worker.Index, _interruption == Interruption.ConnectTimeout);
                return _interruption == Interruption.None ? Attempt.ConnectFailed : Attempt.Interrupted;
            }
            _upstream.OnConnected(_cluster.Stats);
        }
        _upstream.Uses++;
        var sent = await SendRequestAsync();
        return sent == Attempt.Answered ? await ReadResponseHeadAsync() : sent;
    }

    /// <summary>
    /// Sends the head with as much of the body as is here. A body that is here whole stays in the client's input until the
    /// upstream answers, so that it can be sent again; a longer one starts its pump and can not.
    /// </summary>
    private async LoopTask<Attempt> SendRequestAsync()
    {
        var body = _requestBody;
        var length = BuildRequest(ref body, out var consumed, out var fault);
        if (fault != Http1Fault.None)
            return RefuseBody(fault);
        var result = await _upstream!.Stream.WriteAsync(_worker.Loop.Scratch.AsSpan(0, length));
        if (body.IsComplete)
        {
            _keptInput = consumed;
            Info.BytesReceived = body.Bytes;
            if (!_requestBody.IsComplete && !_routeTimer.IsArmed)
                OnRequestComplete();
        }
        else
        {
            Client.Consume(consumed);
            _requestBody = body;
            _canReplay = false;
            if (result > 0)
            {
                _pumping = true;
                _pump = PumpRequestAsync();
            }
        }
        return result > 0 ? Attempt.Answered : FailedBeforeAnswer();
    }

    private int BuildRequest(ref BodyRelay body, out int consumed, out Http1Fault fault)
    {
        var scratch = _worker.Loop.Scratch.AsSpan();
        var at = Http1Writer.WriteRequestHead(Info.Request, _request.Framing, _request.ContentLength, scratch);
        consumed = 0;
        fault = at < 0 ? Http1Fault.HeadTooLarge : Http1Fault.None;
        if (at >= 0 && !body.IsComplete)
            at += body.Fill(Client.Input, _requestTrailers, scratch[at..], out consumed, out fault);
        return at;
    }

    /// <summary>Carries the rest of the request's body, beside the response, which may come at any time.</summary>
    private async LoopTask<int> PumpRequestAsync()
    {
        while (!_requestBody.IsComplete)
        {
            var length = FillRequest(out var fault);
            if (fault != Http1Fault.None)
            {
                _pumpFault = fault;
                _upstream?.Stream.Abort();
                return IoResult.Failed;
            }
            Touch();
            if (length > 0)
            {
                if (_upstream is null || await _upstream.Stream.WriteAsync(_worker.Loop.Scratch.AsSpan(0, length)) < 0)
                    return IoResult.Failed;
                continue;
            }
            var result = await Client.ReadAsync();
            if (result > 0)
                continue;
            if (!_responseDone)
                Interrupt(Interruption.ClientLeft);
            return result;
        }
        OnRequestComplete();
        return 1;
    }

    private int FillRequest(out Http1Fault fault)
    {
        var length = _requestBody.Fill(
            Client.Input,
            _requestTrailers,
            _worker.Loop.Scratch,
            out var consumed,
            out fault
        );
        Client.Consume(consumed);
        Info.BytesReceived = _requestBody.Bytes;
        return length;
    }

    private Attempt RefuseBody(Http1Fault fault)
    {
        _pumpFault = fault;
        return Attempt.BadRequest;
    }

    private Attempt FailedBeforeAnswer()
    {
        if (_interruption != Interruption.None)
            return Attempt.Interrupted;
        if (_pumpFault != Http1Fault.None)
            return Attempt.BadRequest;
        return _upstream!.Uses > 1 && _canReplay ? Attempt.Stale : Attempt.Closed;
    }

    /// <summary>
    /// A stale pooled connection is not the request's fault and costs no retry, but only requests that may be repeated are
    /// (RFC 9110 §9.2.2). Everything else is up to the route's policy.
    /// </summary>
    private bool ShouldRetry(Attempt attempt, ref int retries)
    {
        if (!_canReplay || _pumping)
            return false;
        if (attempt == Attempt.Stale && IsIdempotent(Info.Request.Method))
        {
            Info.AttemptCount--;
            return true;
        }
        if (_route!.RetryPolicy is not { } policy)
            return false;
        const RetryConditions OnConnect =
            RetryConditions.ConnectFailure | RetryConditions.ServerError | RetryConditions.GatewayError;
        const RetryConditions OnReset = RetryConditions.Reset | RetryConditions.ServerError;
        var wanted = attempt switch
        {
            Attempt.ConnectFailed => OnConnect,
            Attempt.Closed or Attempt.Stale => OnReset,
            _ => RetryConditions.None,
        };
        if ((policy.Conditions & wanted) == RetryConditions.None)
            return false;
        if (retries >= policy.Retries)
        {
            _cluster.Stats.OnRetryLimitExceeded(_worker.Index);
            Info.Flags |= ResponseFlags.UpstreamRetryLimit;
            return false;
        }
        retries++;
        _cluster.Stats.OnRetry(_worker.Index);
        return true;
    }

    private static bool IsIdempotent(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8)
        || method.SequenceEqual("HEAD"u8)
        || method.SequenceEqual("PUT"u8)
        || method.SequenceEqual("DELETE"u8)
        || method.SequenceEqual("OPTIONS"u8)
        || method.SequenceEqual("TRACE"u8);

    /// <summary>Answers for an upstream that did not.</summary>
    private async LoopTask<bool> GiveUpAsync(Attempt attempt)
    {
        var interruption = _interruption;
        CountFailure(attempt);
        var wasPumping = _pumping;
        await StopPumpAsync();
        ReleaseUpstream(reusable: false);
        Info.Response.Clear();
        if (interruption == Interruption.ClientLeft)
            return Abandon();
        if (attempt == Attempt.BadRequest)
            return await RefuseAsync(_pumpFault);
        var reply = attempt switch
        {
            Attempt.NoEndpoint => LocalReply.NoHealthyUpstream,
            Attempt.ConnectFailed => LocalReply.ConnectFailed,
            Attempt.ProtocolError => LocalReply.UpstreamProtocolError,
            Attempt.Interrupted => ReplyTo(interruption),
            _ => LocalReply.UpstreamClosed,
        };
        return await AnswerAsync(reply, !wasPumping && CanKeepAlive());
    }

    private void CountFailure(Attempt attempt)
    {
        if (_interruption == Interruption.RouteTimeout)
            _cluster.Stats.OnTimeout(_worker.Index);
        else if (attempt is Attempt.Closed or Attempt.Stale or Attempt.ProtocolError)
            _cluster.Stats.OnReset(_worker.Index);
    }

    private LocalReply ReplyTo(Interruption interruption) =>
        interruption switch
        {
            Interruption.ConnectTimeout => LocalReply.ConnectTimeout,
            Interruption.RouteTimeout => LocalReply.UpstreamTimeout,
            _ => LocalReply.StreamIdle(_requestBody.IsComplete),
        };

    private static void SetNumber(HeaderMap headers, KnownHeader id, long value)
    {
        Span<byte> text = stackalloc byte[20];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        headers.Set(id, text[..length]);
    }
}
