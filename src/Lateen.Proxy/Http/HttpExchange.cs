// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// One request and its response: routes it and answers, or forwards it and relays the answer. Owned by a worker, reused from
/// request to request; its methods read from top to bottom as the exchange goes.
/// </summary>
internal sealed partial class HttpExchange
{
    private readonly Worker _worker;
    private readonly FilterChainRun _filterRun;
    private Http1ServerConnection _connection = null!;
    private Http1RequestInfo _request;
    private RouteEntry? _route;
    private int _clusterIndex;

    public HttpExchange(Worker worker)
    {
        _worker = worker;
        _filterRun = new FilterChainRun(worker.Loop);
        _routeTimer = new Net.Loop.LoopTimer(static self => ((HttpExchange)self).OnRouteTimeout(), this);
        _connectTimer = new Net.Loop.LoopTimer(static self => ((HttpExchange)self).OnConnectTimeout(), this);
        _idleTimer = new Net.Loop.LoopTimer(static self => ((HttpExchange)self).OnIdleTimer(), this);
    }

    public StreamInfo Info { get; } = new();

    private ByteStream Client => _connection.Stream;

    /// <summary>Makes the exchange ready for a connection's next request.</summary>
    public void Begin(Http1ServerConnection connection)
    {
        _connection = connection;
        _request = default;
        _route = null;
        _clusterIndex = -1;
        ResetForwarding();
        Info.Clear();
        connection.Stats.OnRequestStarted(_worker.Index);
        Info.StartUnixTicks = _worker.UnixTicks();
        Info.StartTimestamp = _worker.Loop.NowTimestamp;
    }

    /// <summary>Tries to take a head off the client's input.</summary>
    public ParseStatus ParseRequest(ref int scanned, out Http1Fault fault)
    {
        var status = Http1RequestParser.Parse(
            Client.Input,
            _connection.Limits,
            ref scanned,
            Info.Request,
            out _request,
            out var consumed,
            out fault
        );
        if (status == ParseStatus.Complete)
            Client.Consume(consumed);
        return status;
    }

    /// <summary>Serves the parsed request; true when the connection goes on.</summary>
    public async LoopTask<bool> RunAsync()
    {
        RequestHeaders.Prepare(Info.Request, _connection.Manager, _connection.Client, _worker);
        if (_connection.Filters.Count > 0 && await _filterRun.OnRequestHead(_connection.Filters, Info) is { } reply)
            return await AnswerAsync(reply, CanKeepAlive());
        _route = _connection.Routes?.Match(Info.Request, _worker.NextRandom());
        if (_route is null)
            return await AnswerAsync(LocalReply.RouteNotFound, CanKeepAlive());
        Info.RouteName = _route.Name;
        switch (_route.Spec.Action)
        {
            case DirectResponseActionSpec direct:
                _connection.Stats.OnDirectResponse(_worker.Index);
                return await AnswerAsync(direct.Status, direct.Body, "direct_response", CanKeepAlive());
            case RedirectActionSpec redirect:
                _connection.Stats.OnRedirect(_worker.Index);
                Redirects.Write(_route, Info.Request, Info.Response);
                return await AnswerAsync(redirect.Status, default, "direct_response", CanKeepAlive());
            default:
                return await ForwardAsync((ForwardActionSpec)_route.Spec.Action);
        }
    }

    /// <summary>Answers a request that is no HTTP; the connection ends, since nobody knows where the next one starts.</summary>
    public LoopTask<bool> RefuseAsync(Http1Fault fault)
    {
        Info.Request.Clear();
        Info.Flags |= ResponseFlags.DownstreamProtocolError;
        var status = fault.StatusCode();
        return AnswerAsync(status, ReasonPhrases.Of(status), fault.Details(), keepAlive: false);
    }

    /// <summary>Sends a local reply; true when the connection goes on.</summary>
    public LoopTask<bool> AnswerAsync(LocalReply reply, bool keepAlive)
    {
        Info.Flags |= reply.Flags;
        return AnswerAsync(reply.Status, reply.Body, reply.Details, keepAlive);
    }

    private LoopTask<bool> AnswerAsync(int status, ReadOnlySpan<byte> body, string details, bool keepAlive)
    {
        var response = Info.Response;
        // A redirect has its location there already.
        response.Status = status;
        if (!body.IsEmpty)
            response.Headers.Set(KnownHeader.ContentType, "text/plain"u8);
        Info.ResponseCodeDetails = details;
        keepAlive &= !_connection.IsClosing;
        PrepareResponse();
        // RFC 9110 §8.6: no length where there cannot be content.
        var length = status is >= 200 and not 204 and not 304 ? body.Length : -1;
        var scratch = _worker.Loop.Scratch.AsSpan();
        var at = WriteResponseHead(BodyFraming.None, length, keepAlive, scratch);
        if (!_request.IsHead)
        {
            body.CopyTo(scratch[at..]);
            at += body.Length;
            Info.BytesSent = body.Length;
        }
        return FinishAnswerAsync(Client.WriteAsync(scratch[..at]), keepAlive);
    }

    private async LoopTask<bool> FinishAnswerAsync(LoopTask<int> write, bool keepAlive)
    {
        var result = await write;
        Finish();
        return result > 0 && keepAlive;
    }

    /// <summary>A connection goes on after a local answer when the request is done with: its body, if any, is here.</summary>
    private bool CanKeepAlive()
    {
        if (!_request.KeepAlive)
            return false;
        var reader = new Http1BodyReader(_request.Framing, _request.ContentLength, _connection.Limits);
        while (!reader.IsComplete)
        {
            if (reader.Read(Client.Input, null, out var taken, out _, out _) == BodyStatus.Fault || taken == 0)
                return false;
            Client.Consume(taken);
        }
        return true;
    }

    /// <summary>Headers that every response gets, and the route's mutations.</summary>
    private void PrepareResponse()
    {
        var headers = Info.Response.Headers;
        if (!headers.Contains(KnownHeader.Date))
            headers.Add(KnownHeader.Date, _worker.Date());
        var manager = _connection.Manager;
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
        _route?.PrepareResponse(Info, _clusterIndex);
        if (_connection.Filters.Count > 0)
            FilterChainRun.OnResponseHead(_connection.Filters, Info);
    }

    private static void SetServer(HeaderMap headers, string name)
    {
        Span<byte> text = stackalloc byte[128];
        System.Text.Encoding.ASCII.TryGetBytes(name, text, out var length);
        headers.Set(KnownHeader.Server, text[..length]);
    }

    private int WriteResponseHead(BodyFraming framing, long length, bool keepAlive, Span<byte> destination)
    {
        Info.ResponseCode = Info.Response.Status;
        return Http1Writer.WriteResponseHead(
            Info.Response,
            framing,
            length,
            keepAlive,
            Info.Request.Version,
            destination
        );
    }

    /// <summary>The client went away before it had its answer; the connection does not go on.</summary>
    public bool Abandon()
    {
        Info.Flags |= ResponseFlags.DownstreamTermination;
        Info.ResponseCodeDetails = "downstream_remote_disconnect";
        Finish();
        return false;
    }

    /// <summary>The exchange is over: what is known of it goes to metrics and logs.</summary>
    private void Finish()
    {
        Info.Duration = Stopwatch.GetElapsedTime(Info.StartTimestamp, _worker.Loop.NowTimestamp);
        _connection.Record(Info, Info.UpstreamCluster is null ? null : _cluster);
    }
}
