// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http.Mirroring;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// The way to the upstream (Envoy's router filter): cluster, endpoint, connection, request; again where the first try failed
/// and the policy allows it; then <see cref="ResponseRelay"/> takes the answer back.
/// </summary>
internal sealed class RequestForwarder : IClientWatcher
{
    /// <summary>RFC 1035 admits 255 octets of name.</summary>
    private const int MaxTarget = 272;

    private readonly Worker _worker;
    private readonly HttpExchange _exchange;
    private readonly ServerStream _client;
    private readonly UpstreamAttempt _attempt;
    private readonly ForwardTimers _timers;
    private readonly RequestPump _pump;
    private readonly ResponseRelay _relay;
    private readonly RequestTerms _terms = new();
    private readonly RetryState _retry;
    private RequestMirrors? _mirrors;
    private RouteEntry _route = null!;
    private ForwardActionSpec _action = null!;
    private CircuitBreaker _breaker = null!;
    private bool _holdsRetry;
    private int _clusterIndex;
    private long _completedAt;

    public RequestForwarder(Worker worker, HttpExchange exchange, ServerStream client)
    {
        _worker = worker;
        _exchange = exchange;
        _client = client;
        _timers = new ForwardTimers(worker.Loop, exchange.Timers, Interrupt);
        _pump = new RequestPump(
            client,
            exchange.RequestBody,
            exchange.Info,
            _timers,
            OnRequestComplete,
            () => Interrupt(Interruption.ClientLeft)
        );
        _retry = new RetryState(_terms);
        _attempt = new UpstreamAttempt(worker, this, exchange.Info, _terms, client, _pump, _timers);
        _relay = new ResponseRelay(this, _attempt, exchange, exchange.ResponseBody, client, _pump, _timers);
    }

    /// <summary>Where the request went last.</summary>
    public ClusterRuntime Cluster { get; private set; } = null!;

    /// <summary>Why we interrupted the exchange, if we did.</summary>
    public Interruption Interruption { get; private set; }

    /// <summary>Bytes of the response that wait for the client.</summary>
    public int Buffered => _attempt.Upstream?.Buffered ?? 0;

    private RouterSpec Router => _client.Connection.Manager.Router;

    private StreamInfo Info => _exchange.Info;

    /// <summary>Forwards the request and relays the answer, or answers itself when there is none.</summary>
    public async LoopTask<int> RunAsync(RouteEntry route)
    {
        _route = route;
        _action = (ForwardActionSpec)route.Spec.Action;
        Interruption = Interruption.None;
        _clusterIndex = route.PickCluster(_worker.NextRandom());
        if (!TryFindCluster())
            return await _exchange.AnswerAsync(LocalReply.ClusterNotFound(_action.ClusterNotFoundStatus));
        if (Cluster.ShouldDrop(_worker.NextRandom()))
        {
            Cluster.Stats.OnDropOverload(_worker.Index);
            return await _exchange.AnswerAsync(LocalReply.DropOverload);
        }
        if (_client.ExpectsContinue && !_client.Connection.Manager.Proxy100Continue && await ContinueAsync() < 0)
            return _exchange.Abandon();
        if (RequestTerms.FindInvalid(Info.Request.Headers, Router) is { } invalid)
            return await _exchange.AnswerAsync(LocalReply.InvalidHeader(invalid, Info.Request.Headers));
        Prepare();
        if (_route.Mirrors.Count > 0 && !_client.WantsTunnel)
            StartMirrors();
        _client.Watcher = this;
        try
        {
            var outcome = _attempt.Judge(await _attempt.RunAsync());
            while (ShouldRetry(outcome))
            {
                await PrepareRetryAsync(outcome);
                outcome = _attempt.Judge(await _attempt.RunAsync());
            }
            return outcome == AttemptOutcome.Answered ? await RelayAsync() : await GiveUpAsync(outcome);
        }
        finally
        {
            _client.Watcher = null;
            _timers.Disarm();
            _pump.Mirrors?.OnOver();
        }
    }

    /// <summary>The client went away while the upstream works on its request.</summary>
    public void OnClientLeft() => Interrupt(Interruption.ClientLeft);

    private bool TryFindCluster()
    {
        string? name = null;
        if (_clusterIndex >= 0)
            name = _action.Clusters[_clusterIndex].Name;
        else if (
            _action.ClusterHeader is not null
            && Info.Request.Headers.TryGet(Encoding.ASCII.GetBytes(_action.ClusterHeader), out var value)
        )
            name = Encoding.ASCII.GetString(value);
        if (name is null || !_worker.Runtime.Clusters.TryGetValue(name, out var cluster))
            return false;
        Cluster = cluster;
        Info.Cluster = cluster;
        Info.UpstreamCluster = cluster.Spec.Name;
        return true;
    }

    /// <summary>Lets a client that waits for it send its body; the upstream is not asked.</summary>
    private LoopTask<int> ContinueAsync()
    {
        Info.Request.Headers.Remove(KnownHeader.Expect);
        Info.Response.Status = 100;
        var sending = _client.WriteInterimAsync(Info.Response);
        Info.Response.Clear();
        return sending;
    }

    private void Prepare()
    {
        _breaker = _action.Priority == RoutingPriority.High ? Cluster.HighBreaker : Cluster.Breaker;
        _attempt.Begin(_route, _clusterIndex, _breaker, _retry);
        _terms.TakeTimeouts(Info.Request.Headers, Router, _action, _route.RetryPolicy);
        _route.PrepareRequest(Info, _clusterIndex, tellsOriginal: !Router.SuppressEnvoyHeaders);
        _terms.TakeRetries(_route.Retries, Info.Request);
        _retry.Begin();
        _pump.Begin();
        _completedAt = _worker.Loop.NowTimestamp;
        var headers = Info.Request.Headers;
        if (Info.StrippedPort > 0 && Info.Request.Method.SequenceEqual("CONNECT"u8))
            RestorePort();
        if (!_client.WantsTunnel)
            headers.Remove(KnownHeader.Upgrade);
        _terms.Announce(TimeSpan.Zero);
        if (_action.IdleTimeout is { } idle)
            _exchange.Timers.StartIdle(idle);
        StartDuration();
        if (_client.IsBodyComplete)
            OnRequestComplete();
    }

    /// <summary>The route's limit, or the call's, replaces the connection manager's; a route's 0 is no limit.</summary>
    private void StartDuration()
    {
        var limit = GrpcTimeout.LimitOf(_action, Info.Request);
        if (limit > TimeSpan.Zero)
            _exchange.Timers.StartDuration(limit);
        else if (_action.MaxStreamDuration is not null)
            _exchange.Timers.EndDuration();
    }

    private void StartMirrors()
    {
        var limit = _terms.Timeout > TimeSpan.Zero ? _terms.Timeout : _client.Connection.Manager.StreamIdleTimeout;
        _pump.Mirrors = _mirrors ??= new RequestMirrors(_worker);
        _mirrors.Start(_route.Mirrors, Info.Request, _pump.Length, limit);
    }

    /// <summary>
    /// A stale pooled connection is not the request's fault and costs no retry, but only requests that may be repeated are
    /// (RFC 9110 §9.2.2). Everything else is up to the route's policy.
    /// </summary>
    private bool ShouldRetry(AttemptOutcome outcome)
    {
        if (outcome == AttemptOutcome.Answered && _terms.Rules is null)
            return false;
        if (outcome == AttemptOutcome.TimedOut)
            Cluster.Stats.OnPerTryTimeout(_worker.Index, isIdle: Interruption == Interruption.TryIdle);
        if (!_pump.CanReplay || outcome is AttemptOutcome.Interrupted or AttemptOutcome.BadRequest)
            return false;
        if (outcome == AttemptOutcome.Stale && IsIdempotent(Info.Request.Method))
            return true;
        // The server said that it did nothing with it (RFC 9113 §8.7).
        if (outcome == AttemptOutcome.Refused && Info.AttemptCount == 1)
            return true;
        if (!_retry.Wants(outcome, Info.Response))
        {
            if (outcome == AttemptOutcome.Answered && _retry.Retries > 0)
                Cluster.Stats.OnRetrySucceeded(_worker.Index);
            return false;
        }
        if (_retry.HasLeft)
        {
            if (!_breaker.TryAcquireRetry(_worker.Index))
            {
                Info.Flags |= ResponseFlags.UpstreamOverflow;
                return false;
            }
            _holdsRetry = true;
            _retry.Take(outcome, Info.Response, _worker);
            Cluster.Stats.OnRetry(_worker.Index, _retry.IsPauseAskedFor);
            return true;
        }
        Cluster.Stats.OnRetryLimitExceeded(_worker.Index);
        Info.Flags |= ResponseFlags.UpstreamRetryLimit;
        return false;
    }

    /// <summary>Gets the failed attempt out of the way, and waits a little unless only the connection was stale.</summary>
    private async LoopTask<int> PrepareRetryAsync(AttemptOutcome outcome)
    {
        _timers.EndTry();
        await _attempt.DropAsync();
        Info.Response.Clear();
        if (Interruption is Interruption.TryTimeout or Interruption.TryIdle)
            Interruption = Interruption.None;
        if (outcome == AttemptOutcome.Stale)
            Info.AttemptCount--;
        else if (_retry.Pause > TimeSpan.Zero)
            await _timers.PauseAsync(_retry.Pause);
        _client.Rewind();
        _terms.Announce(Stopwatch.GetElapsedTime(_completedAt, _worker.Loop.NowTimestamp));
        // It counted while it waited; from here on it is a request like others.
        if (_holdsRetry)
            _breaker.ReleaseRetry();
        _holdsRetry = false;
        return 0;
    }

    private async LoopTask<int> RelayAsync()
    {
        var isClean = await _relay.RunAsync(_attempt.Upstream!, _clusterIndex);
        _attempt.Release(isClean);
        _exchange.Finish(Cluster);
        return isClean ? 1 : 0;
    }

    /// <summary>Answers for an upstream that did not.</summary>
    private async LoopTask<int> GiveUpAsync(AttemptOutcome outcome)
    {
        var interruption = Interruption;
        if (interruption == Interruption.RouteTimeout)
            Cluster.Stats.OnTimeout(_worker.Index);
        else if (outcome is AttemptOutcome.Closed or AttemptOutcome.Stale or AttemptOutcome.Malformed)
            Cluster.Stats.OnReset(_worker.Index);
        var wasPumping = _pump.IsRunning;
        await _attempt.DropAsync();
        Info.Response.Clear();
        if (interruption == Interruption.ClientLeft)
            return _exchange.Abandon();
        if (interruption == Interruption.Overload)
            return _exchange.Discard();
        if (_exchange.RequestBody.Reply is { } filters)
            return await _exchange.AnswerAsync(filters, isLast: wasPumping);
        if (outcome == AttemptOutcome.BadRequest)
            return await _exchange.RefuseAsync(
                _pump.IsBodyAtFault ? _client.Fault : new RequestFault(431, "http.request_headers_too_large")
            );
        var reply = outcome.ToReply(interruption, _client.IsBodyComplete);
        if (outcome == AttemptOutcome.ConnectFailed && Info.UpstreamTransportFailureReason is { } reason)
            reply = reply.Because(reason);
        return await _exchange.AnswerAsync(reply, isLast: wasPumping);
    }

    /// <summary>The target of a CONNECT needs its port, which was cut off to route by (Envoy <c>strip_any_host_port</c>).</summary>
    private void RestorePort()
    {
        var host = Info.Request.Authority;
        Span<byte> target = stackalloc byte[MaxTarget];
        if (host.Length > MaxTarget - 6)
            return;
        host.CopyTo(target);
        target[host.Length] = (byte)':';
        Utf8Formatter.TryFormat(Info.StrippedPort, target[(host.Length + 1)..], out var digits);
        Info.Request.SetAuthority(target[..(host.Length + 1 + digits)]);
    }

    /// <summary>The route's timeout runs from the request's last byte (Envoy <c>RouteAction.timeout</c>).</summary>
    private void OnRequestComplete()
    {
        _exchange.Timers.EndRequest();
        _completedAt = _worker.Loop.NowTimestamp;
        _timers.StartRoute(_terms.Timeout);
    }

    /// <summary>Wakes whoever waits for the upstream; the exchange unwinds from there.</summary>
    public void Interrupt(Interruption why)
    {
        if (Interruption == Interruption.None || why == Interruption.ClientLeft)
            Interruption = why;
        _attempt.Abort();
        _timers.CutPause();
        // A client that does not take its response would keep the exchange for ever.
        if (Info.ResponseCode != 0)
            _client.Abort();
    }

    private static bool IsIdempotent(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8)
        || method.SequenceEqual("HEAD"u8)
        || method.SequenceEqual("PUT"u8)
        || method.SequenceEqual("DELETE"u8)
        || method.SequenceEqual("OPTIONS"u8)
        || method.SequenceEqual("TRACE"u8);
}
