// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Health;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Tcp;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http;

/// <summary>
/// One try to get an answer: an endpoint, a connection to it, the request on it, and the head of what comes back. Made once
/// per forwarder and used for every try of every request.
/// </summary>
internal sealed class UpstreamAttempt(
    Worker worker,
    RequestForwarder forwarder,
    StreamInfo info,
    RequestTerms terms,
    ServerStream client,
    RequestPump pump,
    ForwardTimers timers
)
{
    private readonly UpstreamConnector _connector = new(worker);
    private RouteEntry _route = null!;
    private RetryState _retry = null!;
    private CircuitBreaker _breaker = null!;
    private EndpointState? _endpoint;
    private ulong? _hash;
    private readonly TransportHost _host = new();
    private bool _holdsRequest;
    private bool _isJudgedAtEnd;
    private int _clusterIndex;

    /// <summary>Where the request is; null before and after the try.</summary>
    public ClientStream? Upstream { get; private set; }

    private ClusterRuntime Cluster => forwarder.Cluster;

    /// <summary>Makes ready for the tries of a request.</summary>
    /// <param name="cluster">Index of the weighted cluster; -1 for none.</param>
    public void Begin(RouteEntry route, int cluster, CircuitBreaker breaker, RetryState retry)
    {
        _route = route;
        _clusterIndex = cluster;
        _breaker = breaker;
        _retry = retry;
        // The trusted client, as Envoy's downstream address is; the peer where nobody is named.
        var address = info.ForwardedClient.IsNone ? client.Connection.Client : info.ForwardedClient;
        _hash = route.HashFor(info, address, worker.NextRandom());
    }

    /// <summary>Tries; what it holds then is held until <see cref="Release"/> or <see cref="DropAsync"/>.</summary>
    /// <remarks>This and what follows suspend in one place only, so that a request that waits for its answer costs few frames.</remarks>
    public LoopTask<AttemptOutcome> RunAsync()
    {
        info.AttemptCount++;
        if (_route.Host.Spec.IncludeRequestAttemptCount)
            info.Request.Headers.SetNumber(KnownHeader.XEnvoyAttemptCount, info.AttemptCount);
        if (!_breaker.TryAcquireRequest(worker.Index))
            return new LoopTask<AttemptOutcome>(AttemptOutcome.Overflow);
        _holdsRequest = true;
        var meant = OriginalHost.Of(Cluster, info.Request.Headers, client.Connection.Stream.Inspected, worker.Index);
        _endpoint = _retry.Pick(Cluster, worker, _hash, _route.SubsetFor(_clusterIndex), meant);
        if (_endpoint is null)
        {
            Cluster.Stats.OnNoneHealthy(worker.Index);
            return new LoopTask<AttemptOutcome>(AttemptOutcome.NoEndpoint);
        }
        _endpoint.OnRequestStarted();
        Cluster.Stats.OnAttemptStarted(worker.Index);
        _route.PrepareForEndpoint(info, _endpoint);
        info.UpstreamHost = _endpoint.AddressText;
        timers.StartTry(terms.PerTryTimeout, terms.PerTryIdleTimeout);
        var host = _host.Of(info.Request, Cluster.Spec);
        var pool =
            _endpoint.Socket.Spec.ProxyProtocolVersion > 0
                ? client.Connection.PoolFor(_endpoint, host)
                : EndpointPool.Of(worker, _endpoint, host);
        var protocol = Protocol();
        Prediction.BeforeStream(worker, Cluster, protocol, host);
        Upstream = pool.TryTake(Cluster, protocol);
        return Upstream is null ? ConnectAndSendAsync(pool, protocol) : SendAsync(Upstream);
    }

    private async LoopTask<AttemptOutcome> ConnectAndSendAsync(EndpointPool pool, UpstreamProtocol protocol)
    {
        Upstream = await _connector.ConnectAsync(pool, Cluster, protocol);
        return Upstream is null ? NotConnected() : await SendAsync(Upstream);
    }

    private LoopTask<AttemptOutcome> SendAsync(ClientStream upstream)
    {
        info.UpstreamLocalAddress = upstream.LocalAddress;
        info.UpstreamTls = upstream.Tls;
        if (upstream is TcpClientStream tcp && ConnectSettings is { ProxyProtocolVersion: > 0 and var version })
            tcp.Introduction = (version, client.Connection.Stream);
        if (client.WantsTunnel)
            WebSocketBridge.CompleteRequest(info.Request, upstream.IsHttp2, worker.NextRandom(), worker.NextRandom());
        var length = client.WantsTunnel ? BodyLength.Tunnel : pump.Length;
        if (!upstream.WriteHead(info.Request, length, info.Response))
            return new LoopTask<AttemptOutcome>(AttemptOutcome.BadRequest);
        var sending = pump.StartAsync(upstream);
        if (!sending.IsCompleted)
            return SendAndReadAsync(sending, upstream);
        return sending.GetAwaiter().GetResult() > 0 ? ReadHeadAsync(upstream) : new LoopTask<AttemptOutcome>(NotSent());
    }

    private async LoopTask<AttemptOutcome> SendAndReadAsync(LoopTask<int> sending, ClientStream upstream) =>
        await sending > 0 ? await ReadHeadAsync(upstream) : NotSent();

    /// <summary>Tells those who watch over health how the endpoint did, as far as the head of its answer says.</summary>
    public AttemptOutcome Judge(AttemptOutcome outcome)
    {
        if (_endpoint is null)
            return outcome;
        if (
            outcome == AttemptOutcome.Answered
            && Cluster.Spec.HealthCheck is not null
            && info.Response.Headers.IndexOf("x-envoy-immediate-health-check-fail"u8) >= 0
        )
            Cluster.State.FailNow(_endpoint);
        if (Cluster.Outliers is not { } outliers)
            return outcome;
        switch (outcome)
        {
            case AttemptOutcome.Answered when _isJudgedAtEnd = IsGrpcWithoutStatus():
                break;
            case AttemptOutcome.Answered:
                outliers.OnResponse(_endpoint, Status(info.Response.Headers));
                break;
            case AttemptOutcome.ConnectTimedOut or AttemptOutcome.TimedOut:
            case AttemptOutcome.Interrupted when forwarder.Interruption == Interruption.RouteTimeout:
                outliers.OnLocalFailure(_endpoint, LocalFailure.TimedOut);
                break;
            case AttemptOutcome.ConnectFailed or AttemptOutcome.Closed or AttemptOutcome.Reset:
            case AttemptOutcome.Refused or AttemptOutcome.Malformed:
                outliers.OnLocalFailure(_endpoint, LocalFailure.ConnectFailed);
                break;
        }
        return outcome;
    }

    /// <summary>
    /// The answer is over. A gRPC call is judged now, by the status in its trailers, where Envoy goes by the head alone, which
    /// says 200 of every call.
    /// </summary>
    /// <param name="trailers">Null when the endpoint broke off.</param>
    public void JudgeEnd(HeaderMap? trailers)
    {
        if (_endpoint is null || Cluster.Outliers is not { } outliers)
            return;
        if (trailers is null)
            outliers.OnLocalFailure(_endpoint, LocalFailure.ConnectFailed);
        else if (_isJudgedAtEnd)
            outliers.OnResponse(_endpoint, Status(trailers));
    }

    /// <summary>Wakes whoever waits for the connection or the upstream.</summary>
    public void Abort()
    {
        _connector.Abort();
        Upstream?.Abort();
    }

    /// <summary>Gives up what the try holds, in the middle of whatever it does.</summary>
    public async LoopTask<int> DropAsync()
    {
        Upstream?.Abort();
        await pump.StopAsync();
        Release(isClean: false);
        return 0;
    }

    /// <summary>Gives back what the try holds.</summary>
    /// <param name="isClean">Request and response are complete, so the connection may serve others.</param>
    public void Release(bool isClean)
    {
        if (_holdsRequest)
            _breaker.ReleaseRequest();
        _holdsRequest = false;
        if (_endpoint is not null)
        {
            _endpoint.OnRequestEnded();
            Cluster.Stats.OnAttemptEnded(worker.Index);
            _endpoint = null;
        }
        var upstream = Upstream;
        Upstream = null;
        upstream?.Return(isClean);
    }

    /// <summary>HTTP's status of the answer; of a gRPC call that has one in the given fields, what that stands for.</summary>
    private int Status(HeaderMap fields) =>
        GrpcReply.IsGrpc(info.Request) && GrpcStatus.TryGet(fields, out var status)
            ? GrpcStatus.ToHttp(status)
            : info.Response.Status;

    /// <summary>The answer to a gRPC call has begun, and its status is to come.</summary>
    private bool IsGrpcWithoutStatus() =>
        GrpcReply.IsGrpc(info.Request)
        && info.Response.Status == 200
        && !info.Response.Headers.Contains(KnownHeader.GrpcStatus);

    private AttemptOutcome NotSent() =>
        pump.IsBodyAtFault ? AttemptOutcome.BadRequest : NotAnswered(AttemptOutcome.Closed);

    private AttemptOutcome NotConnected()
    {
        if (_connector.IsOverflow)
            return Interrupted(AttemptOutcome.Overflow);
        info.UpstreamTransportFailureReason = _connector.FailureReason;
        return Interrupted(_connector.TimedOut ? AttemptOutcome.ConnectTimedOut : AttemptOutcome.ConnectFailed);
    }

    private ConnectSpec? ConnectSettings => ((ForwardActionSpec)_route.Spec.Action).Connect;

    private UpstreamProtocol Protocol() =>
        EndsHere() ? UpstreamProtocol.Tcp : Cluster.Spec.ProtocolFor(info.Request.Version);

    /// <summary>The request is a CONNECT, or stands for one, whose bytes go on without it.</summary>
    private bool EndsHere() =>
        ConnectSettings is { } settings
        && (
            info.Request.Method.SequenceEqual("CONNECT"u8)
            || (settings.AllowPost && info.Request.Method.SequenceEqual("POST"u8))
        );

    /// <summary>Reads up to the final head, passing interim ones on.</summary>
    private async LoopTask<AttemptOutcome> ReadHeadAsync(ClientStream upstream)
    {
        while (true)
        {
            var status = await upstream.ReadHeadAsync();
            timers.Touch();
            switch (status)
            {
                case ResponseHeadStatus.Final:
                    timers.OnTryAnswered();
                    return info.Response.Status == 101 && !IsExpectedSwitch()
                        ? Malformed(upstream)
                        : AttemptOutcome.Answered;
                case ResponseHeadStatus.Interim:
                    if (await client.WriteInterimAsync(info.Response) < 0)
                        forwarder.OnClientLeft();
                    break;
                case ResponseHeadStatus.Malformed:
                    return Interrupted(Malformed(upstream));
                case ResponseHeadStatus.Reset:
                    return NotAnswered(upstream.WasRefused ? AttemptOutcome.Refused : AttemptOutcome.Reset);
                default:
                    return NotAnswered(AttemptOutcome.Closed);
            }
        }
    }

    private AttemptOutcome Malformed(ClientStream upstream)
    {
        // A connection of HTTP/2 counts its own.
        if (!upstream.IsHttp2)
            Cluster.Stats.OnProtocolError(worker.Index);
        return AttemptOutcome.Malformed;
    }

    /// <summary>A switch makes sense only to what was asked for (RFC 9110 §7.8).</summary>
    private bool IsExpectedSwitch() =>
        info.Request.Headers.TryGet(KnownHeader.Upgrade, out var wanted)
        && (!info.Response.Headers.TryGet(KnownHeader.Upgrade, out var got) || Ascii.EqualsIgnoreCase(wanted, got));

    private AttemptOutcome NotAnswered(AttemptOutcome outcome)
    {
        if (pump.IsBodyAtFault)
            return AttemptOutcome.BadRequest;
        if (outcome == AttemptOutcome.Closed && Upstream!.IsReused && pump.CanReplay)
            outcome = AttemptOutcome.Stale;
        return Interrupted(outcome);
    }

    /// <summary>What a try's end means when we ended it ourselves.</summary>
    private AttemptOutcome Interrupted(AttemptOutcome otherwise) =>
        forwarder.Interruption switch
        {
            Interruption.None => otherwise,
            Interruption.TryTimeout or Interruption.TryIdle => AttemptOutcome.TimedOut,
            _ => AttemptOutcome.Interrupted,
        };
}
