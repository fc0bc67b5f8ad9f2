// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
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
    private bool _isUpgrade;
    private static readonly HeaderMap s_noTrailers = new();

    public HttpExchange(Worker worker, ServerStream client)
    {
        _worker = worker;
        _client = client;
        _filterRun = new FilterChainRun(worker);
        _forwarder = new RequestForwarder(worker, this, client);
    }

    public StreamInfo Info { get; } = new();

    /// <summary>Time since the request's first byte.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Info.StartTimestamp, _worker.Loop.NowTimestamp);

    private ServerConnection Connection => _client.Connection;

    /// <summary>Makes the exchange ready for the stream's request.</summary>
    public void Begin()
    {
        _route = null;
        _isUpgrade = false;
        Info.Clear();
        Connection.Stats.OnRequestStarted(_worker.Index);
        Info.StartUnixTicks = _worker.UnixTicks();
        Info.StartTimestamp = _worker.Loop.NowTimestamp;
    }

    /// <summary>Serves the request whose head is in <see cref="Info"/>.</summary>
    public async LoopTask<int> RunAsync()
    {
        var connection = Connection;
        if (RequestTarget.Normalize(Info, connection) is var verdict and not TargetVerdict.Continue)
            return await RefuseTargetAsync(verdict);
        RequestHeaders.Prepare(Info.Request, connection);
        Info.Route = connection.Routes?.Match(Info.Request, _worker.NextRandom());
        if (_client.WantsTunnel && !TryAcceptUpgrade())
            return await AnswerAsync(LocalReply.UpgradeRefused);
        if (connection.Filters.Count > 0 && await _filterRun.OnRequestHead(connection.Filters, Info) is { } reply)
            return await AnswerAsync(reply);
        // Only now: a filter's own reply does not get the route's headers, as in Envoy.
        _route = Info.Route;
        if (_route is null)
            return await AnswerAsync(LocalReply.RouteNotFound);
        Info.RouteName = _route.Name;
        switch (_route.Spec.Action)
        {
            case DirectResponseActionSpec direct:
                connection.Stats.OnDirectResponse(_worker.Index);
                return await AnswerAsync(direct.Status, direct.Body, "direct_response", isLast: false);
            case RedirectActionSpec redirect:
                connection.Stats.OnRedirect(_worker.Index);
                Redirects.Write(_route, Info.Request, Info.Response);
                return await AnswerAsync(redirect.Status, [], "direct_response", isLast: false);
            default:
                return await _forwarder.RunAsync(_route);
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

    /// <summary>The client went away before it had its answer.</summary>
    public int Abandon()
    {
        Info.Flags |= ResponseFlags.DownstreamTermination;
        Info.ResponseCodeDetails = "downstream_remote_disconnect";
        Finish(null);
        return 0;
    }

    /// <summary>Gives the final head what every response gets, and stages it.</summary>
    /// <param name="cluster">Index of the weighted cluster that answered; -1 for none.</param>
    /// <returns>False when the head is too large to be sent.</returns>
    public bool WriteResponseHead(BodyLength length, int cluster, bool isLast)
    {
        PrepareResponse(cluster);
        Info.ResponseCode = Info.Response.Status;
        return _client.WriteHead(Info.Response, length, isLast || Connection.IsClosing);
    }

    /// <summary>The exchange is over: what is known of it goes to metrics and logs.</summary>
    public void Finish(ClusterRuntime? cluster)
    {
        Info.Duration = Elapsed;
        if (_isUpgrade)
            Connection.Stats.OnUpgradeEnded(_worker.Index);
        _isUpgrade = false;
        Connection.Record(Info, cluster);
    }

    private LoopTask<int> AnswerAsync(int status, byte[] body, string details, bool isLast, int? grpcStatus = null)
    {
        Info.Response.Status = status;
        Info.ResponseCodeDetails = details;
        // What follows may be the other protocol's already, and could read as a request.
        isLast |= _client.WantsTunnel;
        if (!isLast)
            _client.DiscardBody();
        if (GrpcReply.IsGrpc(Info.Request))
        {
            GrpcReply.Write(Info.Response, grpcStatus ?? GrpcReply.StatusOf(status), body);
            body = [];
        }
        else if (body.Length > 0)
        {
            Info.Response.Headers.Set(KnownHeader.ContentType, "text/plain"u8);
        }
        var length = LengthOf(Info.Response.Status, body.Length);
        WriteResponseHead(length, -1, isLast || !_client.IsBodyComplete);
        return SendAnswerAsync(length.Kind == BodyKind.None ? [] : body);
    }

    private async LoopTask<int> SendAnswerAsync(byte[] body)
    {
        var sent = 0;
        var result = 1;
        while (result > 0)
        {
            var piece = body.AsSpan(sent, Math.Clamp(_client.Room, 0, body.Length - sent));
            _client.Append(piece);
            sent += piece.Length;
            var isComplete = sent == body.Length;
            if (isComplete)
                _client.End(s_noTrailers);
            result = await _client.FlushAsync();
            if (isComplete)
                break;
            if (result > 0)
                result = await _client.WaitForRoomAsync();
        }
        Info.BytesSent = sent;
        Finish(Info.UpstreamCluster is null ? null : _forwarder.Cluster);
        return result;
    }

    /// <summary>RFC 9110 §8.6: no length where there cannot be content.</summary>
    private BodyLength LengthOf(int status, int length) =>
        status is < 200 or 204 or 304 ? BodyLength.None
        : _client.IsHead || length == 0 ? new BodyLength(BodyKind.None, length)
        : BodyLength.Known(length);

    private ReadOnlySpan<byte> UpgradeType() =>
        Info.Request.Headers.TryGet(KnownHeader.Upgrade, out var type) ? type : "CONNECT"u8;

    private void PrepareResponse(int cluster)
    {
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
            SetServer(headers, manager.ServerName);
        if (manager.AlwaysSetRequestIdInResponse && Info.Request.Headers.TryGet(KnownHeader.XRequestId, out var id))
            headers.Set(KnownHeader.XRequestId, id);
        _route?.PrepareResponse(Info, cluster);
        if (Connection.Filters.Count > 0)
            FilterChainRun.OnResponseHead(Connection.Filters, Info);
    }

    private static void SetServer(HeaderMap headers, string name)
    {
        Span<byte> text = stackalloc byte[128];
        Encoding.ASCII.TryGetBytes(name, text, out var length);
        headers.Set(KnownHeader.Server, text[..length]);
    }
}
