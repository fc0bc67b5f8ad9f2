// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// One request and its response: routes it and answers, or has it forwarded. Belongs to a <see cref="ServerStream"/> and is
/// reused with it, from request to request.
/// </summary>
internal sealed class HttpExchange
{
    private readonly Worker _worker;
    private readonly ServerStream _client;
    private readonly FilterChainRun _filterRun;
    private readonly RequestForwarder _forwarder;
    private RouteEntry? _route;

    /// <summary>The client speaks gRPC, whatever filters made of its request; then so do our own answers.</summary>
    private bool _isGrpc;
    private bool _isUpgrade;
    private Phase _phase;
    private static readonly HeaderMap s_noTrailers = new();

    public HttpExchange(Worker worker, ServerStream client)
    {
        _worker = worker;
        _client = client;
        _filterRun = new FilterChainRun(worker, Info);
        Timers = new StreamTimers(worker, Interrupt);
        _forwarder = new RequestForwarder(worker, this, client);
    }

    /// <summary>What a timeout cuts short.</summary>
    private enum Phase : byte
    {
        /// <summary>The client sends the head.</summary>
        Head,

        /// <summary>A filter has paused the request.</summary>
        Filters,
        Forward,

        /// <summary>The client takes an answer of our own.</summary>
        Answer,
    }

    public StreamInfo Info { get; } = new();

    /// <summary>The request's body on its way to the upstream.</summary>
    public BodyPath RequestBody => _filterRun.RequestBody;

    /// <summary>The response's body on its way to the client.</summary>
    public BodyPath ResponseBody => _filterRun.ResponseBody;

    /// <summary>Time since the request's first byte.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Info.StartTimestamp, _worker.Loop.NowTimestamp);

    /// <summary>The connection manager's clocks.</summary>
    public StreamTimers Timers { get; }

    /// <summary>Why we interrupted the exchange; those for the upstream's sake are the forwarder's.</summary>
    public Interruption Interruption { get; private set; }

    /// <summary>The client went away in the middle of it.</summary>
    public bool IsAbandoned => (Info.Flags & ResponseFlags.DownstreamTermination) != ResponseFlags.None;

    /// <summary>Bytes of both bodies that are held here.</summary>
    public long Buffered =>
        _client.Buffered
        + (_phase == Phase.Forward ? _forwarder.Buffered : 0)
        + RequestBody.Waiting
        + ResponseBody.Waiting;

    private ServerConnection Connection => _client.Connection;

    /// <summary>Makes the exchange ready for the stream's request.</summary>
    public void Begin()
    {
        _route = null;
        _isGrpc = false;
        _isUpgrade = false;
        _phase = Phase.Head;
        Interruption = Interruption.None;
        Info.Clear();
        Connection.Stats.OnRequestStarted(_worker.Index);
        Info.StartUnixTicks = _worker.UnixTicks();
        Info.StartTimestamp = _worker.Loop.NowTimestamp;
        var manager = Connection.Manager;
        Timers.StartIdle(manager.StreamIdleTimeout);
        Timers.StartHead(manager.RequestHeadersTimeout);
        Timers.StartRequest(manager.RequestTimeout);
        Timers.StartDuration(manager.MaxStreamDuration);
    }

    /// <summary>Serves the request whose head is in <see cref="Info"/>.</summary>
    public LoopTask<int> RunAsync()
    {
        var connection = Connection;
        _isGrpc = GrpcReply.IsGrpc(Info.Request);
        Timers.EndHead();
        if (_client.IsBodyComplete)
            Timers.EndRequest();
        if (connection.Sheds(OverloadAction.StopAcceptingRequests))
            return AnswerOverloadedAsync();
        _phase = Phase.Filters;
        if (RequestTarget.Normalize(Info, connection) is var verdict and not TargetVerdict.Continue)
            return RefuseTargetAsync(verdict);
        RequestHeaders.Prepare(Info, connection);
        Info.Route = connection.Routes?.Match(Info.Request, _worker.NextRandom());
        if (_client.WantsTunnel && !TryAcceptUpgrade())
            return AnswerAsync(LocalReply.UpgradeRefused);
        if (connection.Filters.Count == 0)
            return GoOnAsync(null);
        var filtering = _filterRun.OnRequestHead(connection.Filters, Info);
        return filtering.IsCompleted ? GoOnAsync(filtering.GetAwaiter().GetResult()) : GoOnLaterAsync(filtering);
    }

    private async LoopTask<int> GoOnLaterAsync(LoopTask<LocalReply?> filtering) => await GoOnAsync(await filtering);

    /// <summary>Goes on where filters are done with the request's head.</summary>
    /// <param name="reply">What one of them answers; null for nothing.</param>
    private LoopTask<int> GoOnAsync(LocalReply? reply)
    {
        if (reply is not null)
            return AnswerAsync(reply);
        if (Interruption != Interruption.None)
            return AnswerInterruptedAsync();
        // Only now: a filter's own reply does not get the route's headers, as in Envoy.
        _route = Info.Route;
        if (_route is null)
            return AnswerAsync(LocalReply.RouteNotFound);
        Info.RouteName = _route.Name;
        switch (_route.Spec.Action)
        {
            case DirectResponseActionSpec direct:
                Connection.Stats.OnDirectResponse(_worker.Index);
                return AnswerAsync(direct.Status, direct.Body, "direct_response", isLast: false);
            case RedirectActionSpec redirect:
                Connection.Stats.OnRedirect(_worker.Index);
                Redirects.Write(_route, Info.Request, Info.Response);
                return AnswerAsync(redirect.Status, [], "direct_response", isLast: false);
            default:
                _phase = Phase.Forward;
                return _forwarder.RunAsync(_route);
        }
    }

    /// <summary>
    /// Whether connection manager or route admit the switch. Without a route it goes on, and is answered by 404, as in Envoy.
    /// </summary>
    private bool TryAcceptUpgrade()
    {
        var stats = Connection.Stats;
        var route = (Info.Route?.Spec.Action as ForwardActionSpec)?.Upgrades;
        if (Connection.Manager.AllowsUpgrade(UpgradeType(), route))
        {
            _isUpgrade = true;
            stats.OnUpgradeStarted(_worker.Index);
            return true;
        }
        if (Info.Route is null)
            return true;
        stats.OnUpgradeRefused(_worker.Index);
        return false;
    }

    private LoopTask<int> RefuseTargetAsync(TargetVerdict verdict)
    {
        Connection.Stats.OnTarget(_worker.Index, verdict);
        if (verdict == TargetVerdict.Redirect)
            Info.Response.Headers.Add(KnownHeader.Location, Info.Request.Path);
        return AnswerAsync(RequestTarget.ReplyTo(verdict));
    }

    /// <summary>Answers a request that is no HTTP; the connection ends, since nobody knows where the next one starts.</summary>
    public LoopTask<int> RefuseAsync(RequestFault fault)
    {
        Info.Request.Clear();
        Info.Flags |= ResponseFlags.DownstreamProtocolError;
        return AnswerAsync(fault.Status, ReasonPhrases.Of(fault.Status).ToArray(), fault.Details, isLast: true);
    }

    /// <summary>Sends a local reply.</summary>
    /// <param name="isLast">The connection ends behind it.</param>
    public LoopTask<int> AnswerAsync(LocalReply reply, bool isLast = false)
    {
        Info.Flags |= reply.Flags;
        if (reply.IsOverload && !Connection.Manager.Router.SuppressEnvoyHeaders)
            Info.Response.Headers.Set(KnownHeader.XEnvoyOverloaded, "true"u8);
        return AnswerAsync(reply.Status, reply.Body, reply.Details, isLast, reply.GrpcStatus);
    }

    /// <summary>Answers a request that one of our clocks cut short, before it went anywhere.</summary>
    public LoopTask<int> AnswerInterruptedAsync() =>
        Interruption == Interruption.Overload ? new LoopTask<int>(Discard())
        : _phase == Phase.Head ? AnswerAsync(Interruption.ToReply(isRequestComplete: false), isLast: true)
        : AnswerAsync(Interruption.ToReply(_client.IsBodyComplete));

    /// <summary>Resets the exchange if it holds so many bytes; true when it does.</summary>
    public bool TryShed(long bytes)
    {
        if (Interruption == Interruption.Overload || Buffered < bytes)
            return false;
        Interrupt(Interruption.Overload);
        return true;
    }

    /// <summary>The client went away before it had its answer.</summary>
    public int Abandon()
    {
        Info.Flags |= ResponseFlags.DownstreamTermination;
        Info.ResponseCodeDetails = "downstream_remote_disconnect";
        Finish(null);
        return 0;
    }

    /// <summary>Ends the exchange without an answer, after <see cref="TryShed"/>.</summary>
    public int Discard()
    {
        _client.Abort();
        Info.Flags |= LocalReply.Reset.Flags;
        Info.ResponseCodeDetails = LocalReply.Reset.Details;
        Finish(Info.UpstreamCluster is null ? null : _forwarder.Cluster);
        return 0;
    }

    /// <summary>Stages the final head, behind <see cref="PrepareResponse"/>.</summary>
    /// <returns>False when the head is too large to be sent.</returns>
    public bool WriteResponseHead(BodyLength length, bool isLast)
    {
        Info.ResponseCode = Info.Response.Status;
        return _client.WriteHead(Info.Response, length, isLast | Connection.EndsWithResponse());
    }

    /// <summary>The exchange is over: what is known of it goes to metrics and logs.</summary>
    public void Finish(ClusterRuntime? cluster)
    {
        Timers.Disarm();
        _filterRun.Close();
        Info.Duration = Elapsed;
        if (_isUpgrade)
            Connection.Stats.OnUpgradeEnded(_worker.Index);
        _isUpgrade = false;
        Connection.Record(Info, cluster);
    }

    /// <summary>A clock has run out.</summary>
    private void Interrupt(Interruption why)
    {
        Connection.Stats.OnInterrupted(_worker.Index, why);
        if (Interruption == Interruption.None)
            Interruption = why;
        switch (_phase)
        {
            case Phase.Head:
                _client.CancelWait();
                break;
            case Phase.Filters:
                _filterRun.CutDelay();
                break;
            case Phase.Forward:
                _forwarder.Interrupt(why);
                break;
            default:
                _client.Abort();
                break;
        }
    }

    /// <summary>No filter and no route: where memory is short nothing more is spent on the request.</summary>
    private LoopTask<int> AnswerOverloadedAsync()
    {
        Connection.Stats.OnOverloadClose(_worker.Index);
        if (Connection.Manager.AppendLocalOverload)
            Info.Response.Headers.Set("x-envoy-local-overloaded"u8, "true"u8);
        return AnswerAsync(LocalReply.Overloaded);
    }

    private LoopTask<int> AnswerAsync(int status, byte[] body, string details, bool isLast, int? grpcStatus = null)
    {
        _phase = Phase.Answer;
        // A client that was too slow before has no more than the time of a connection's end to take its answer.
        if (Interruption != Interruption.None)
            Timers.StartIdle(Connection.Farewell);
        Info.Response.Status = status;
        Info.ResponseCodeDetails = details;
        // What follows may be the other protocol's already, and could read as a request.
        isLast |= _client.WantsTunnel;
        if (!isLast)
            _client.DiscardBody();
        if (_isGrpc)
        {
            GrpcReply.Write(Info.Response, grpcStatus ?? GrpcStatus.OfHttp(status), body);
            body = [];
        }
        else if (body.Length > 0)
        {
            Info.Response.Headers.Set(KnownHeader.ContentType, "text/plain"u8);
        }
        var length = LengthOf(Info.Response.Status, body.Length);
        PrepareResponse(length, -1);
        if (!ResponseBody.IsEmpty && length.Kind == BodyKind.Known)
        {
            ResponseBody.Collect(body);
            length = LengthOf(Info.Response.Status, ResponseBody.Waiting);
        }
        WriteResponseHead(length, isLast || !_client.IsBodyComplete);
        return SendAnswerAsync(length.Kind == BodyKind.None ? [] : body);
    }

    private async LoopTask<int> SendAnswerAsync(byte[] body)
    {
        var sent = 0L;
        var result = 1;
        while (result > 0)
        {
            var isComplete = ResponseBody.IsEmpty ? StageAnswer(body, ref sent) : ResponseBody.Drain(_client, ref sent);
            if (isComplete)
                _client.End(s_noTrailers);
            result = await _client.FlushAsync();
            Timers.Touch();
            if (isComplete)
                break;
            if (result > 0)
                result = await _client.WaitForRoomAsync();
        }
        Info.BytesSent = sent;
        Finish(Info.UpstreamCluster is null ? null : _forwarder.Cluster);
        return result;
    }

    /// <summary>True when all of the body is staged.</summary>
    private bool StageAnswer(byte[] body, ref long sent)
    {
        var piece = body.AsSpan((int)sent);
        piece = piece[..Math.Clamp(_client.Room, 0, piece.Length)];
        _client.Append(piece);
        sent += piece.Length;
        return sent == body.Length;
    }

    /// <summary>RFC 9110 §8.6: no length where there cannot be content.</summary>
    private BodyLength LengthOf(int status, int length) =>
        status is < 200 or 204 or 304 ? BodyLength.None
        : _client.IsHead || length == 0 ? new BodyLength(BodyKind.None, length)
        : BodyLength.Known(length);

    private ReadOnlySpan<byte> UpgradeType() =>
        Info.Request.Headers.TryGet(KnownHeader.Upgrade, out var type) ? type : "CONNECT"u8;

    /// <summary>Gives the final head what every response gets, and shows it to the filters.</summary>
    /// <param name="length">Of the body that follows, as it comes.</param>
    /// <param name="cluster">Index of the weighted cluster that answered; -1 for none.</param>
    public void PrepareResponse(BodyLength length, int cluster)
    {
        Info.EndsWithHead = length.Kind == BodyKind.None;
        var headers = Info.Response.Headers;
        if (!headers.Contains(KnownHeader.Date))
            headers.Add(KnownHeader.Date, _worker.Date());
        var manager = Connection.Manager;
        if (
            manager.ServerHeader == ServerHeaderTransformation.Overwrite
            || (
                manager.ServerHeader == ServerHeaderTransformation.AppendIfAbsent
                && !headers.Contains(KnownHeader.Server)
            )
        )
            headers.Set(KnownHeader.Server, Connection.Chain.ServerName);
        if (manager.AlwaysSetRequestIdInResponse && Info.Request.Headers.TryGet(KnownHeader.XRequestId, out var id))
            headers.Set(KnownHeader.XRequestId, id);
        if (GrpcStatus.TryGetAny(headers, out var status))
            Info.GrpcStatus = status;
        _route?.PrepareResponse(Info, cluster);
        if (Connection.Filters.Count > 0)
            _filterRun.OnResponseHead(Connection.Filters, Info);
    }
}
