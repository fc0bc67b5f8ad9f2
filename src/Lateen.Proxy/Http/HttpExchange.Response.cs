// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>The way back: the upstream's response to the client, and the end of the exchange.</summary>
internal sealed partial class HttpExchange
{
    private Http1ResponseInfo _response;
    private BodyRelay _responseBody;
    private BodyFraming _responseFraming;
    private Http1Fault _pumpFault;
    private bool _responseDone;

    /// <summary>Reads up to the final head, passing interim ones on.</summary>
    private async LoopTask<Attempt> ReadResponseHeadAsync()
    {
        var scanned = 0;
        while (true)
        {
            switch (ParseResponse(ref scanned))
            {
                case ParseStatus.Complete when _response.IsInterim:
                    scanned = 0;
                    if (Info.Request.Version != HttpVersion.Http10 && await SendInterimAsync() < 0)
                        Interrupt(Interruption.ClientLeft);
                    continue;
                case ParseStatus.Complete:
                    return Attempt.Answered;
                case ParseStatus.Fault:
                    return Attempt.ProtocolError;
            }
            var result = await _upstream!.Stream.ReadAsync(_connection.Limits.MaxHeadBytes);
            Touch();
            if (result == IoResult.BufferFull || (result == 0 && !_upstream.Stream.Input.IsEmpty))
                return Attempt.ProtocolError;
            if (result <= 0)
                return FailedBeforeAnswer();
        }
    }

    private ParseStatus ParseResponse(ref int scanned)
    {
        var stream = _upstream!.Stream;
        var status = Http1ResponseParser.Parse(
            stream.Input,
            _connection.Limits,
            _request.IsHead,
            ref scanned,
            Info.Response,
            out _response,
            out var consumed,
            out _
        );
        if (status == ParseStatus.Complete)
            stream.Consume(consumed);
        // We never ask an upstream to switch protocols, so a 101 makes no sense.
        return status == ParseStatus.Complete && _response.IsUpgrade ? ParseStatus.Fault : status;
    }

    private LoopTask<int> SendInterimAsync()
    {
        var scratch = _worker.Loop.Scratch.AsSpan();
        var length = Http1Writer.WriteResponseHead(
            Info.Response,
            BodyFraming.None,
            -1,
            keepAlive: true,
            HttpVersion.Http11,
            scratch
        );
        return Client.WriteAsync(scratch[..length]);
    }

    private async LoopTask<bool> RelayResponseAsync()
    {
        Client.Consume(_keptInput);
        _keptInput = 0;
        var keepAlive = BeginResponse();
        var length = BuildResponse(keepAlive, out var fault);
        var result = await Client.WriteAsync(_worker.Loop.Scratch.AsSpan(0, length));
        while (result > 0 && fault == Http1Fault.None && !_responseBody.IsComplete)
        {
            length = FillResponse(out fault);
            if (length > 0)
            {
                result = await Client.WriteAsync(_worker.Loop.Scratch.AsSpan(0, length));
                Touch();
                continue;
            }
            if (fault != Http1Fault.None || _responseBody.IsComplete)
                break;
            var read = await _upstream!.Stream.ReadAsync();
            Touch();
            if (read == IoResult.EndOfStream)
                fault = _responseBody.OnEndOfStream();
            else if (read < 0)
                fault = Http1Fault.PrematureEnd;
        }
        return await EndResponseAsync(result > 0, fault, keepAlive);
    }

    /// <summary>Decides how the response goes on, and gives it its headers.</summary>
    private bool BeginResponse()
    {
        // HTTP/1.0 knows no chunks: there the end of the connection ends the body (RFC 9112 §6.3).
        var isHttp10 = Info.Request.Version == HttpVersion.Http10;
        _responseFraming = _response.Framing switch
        {
            BodyFraming.Chunked or BodyFraming.UntilClose => isHttp10 ? BodyFraming.UntilClose : BodyFraming.Chunked,
            var other => other,
        };
        _responseBody = new BodyRelay(_response.Framing, _response.ContentLength, _responseFraming, _connection.Limits);
        var elapsed = (long)ElapsedSinceStart().TotalMilliseconds;
        SetNumber(Info.Response.Headers, KnownHeader.XEnvoyUpstreamServiceTime, elapsed);
        Info.ResponseCodeDetails = "via_upstream";
        PrepareResponse();
        return _request.KeepAlive && !_connection.IsClosing && _responseFraming != BodyFraming.UntilClose;
    }

    private TimeSpan ElapsedSinceStart() => Stopwatch.GetElapsedTime(Info.StartTimestamp, _worker.Loop.NowTimestamp);

    private int BuildResponse(bool keepAlive, out Http1Fault fault)
    {
        fault = Http1Fault.None;
        var scratch = _worker.Loop.Scratch.AsSpan();
        var at = WriteResponseHead(_responseFraming, _response.ContentLength, keepAlive, scratch);
        if (at < 0)
        {
            fault = Http1Fault.HeadTooLarge;
            return 0;
        }
        return _responseBody.IsComplete ? at : at + FillFrom(scratch[at..], out fault);
    }

    private int FillResponse(out Http1Fault fault) => FillFrom(_worker.Loop.Scratch, out fault);

    private int FillFrom(Span<byte> destination, out Http1Fault fault)
    {
        var stream = _upstream!.Stream;
        var length = _responseBody.Fill(stream.Input, _responseTrailers, destination, out var consumed, out fault);
        stream.Consume(consumed);
        Info.BytesSent = _responseBody.Bytes;
        return length;
    }

    private async LoopTask<bool> EndResponseAsync(bool clientTookIt, Http1Fault fault, bool keepAlive)
    {
        _responseDone = true;
        var requestComplete = !_pumping || _requestBody.IsComplete;
        var clean = clientTookIt && fault == Http1Fault.None && _interruption == Interruption.None;
        if (!clientTookIt || _interruption == Interruption.ClientLeft)
            Info.Flags |= ResponseFlags.DownstreamTermination;
        else if (_interruption == Interruption.RouteTimeout)
            Info.Flags |= ResponseFlags.UpstreamTimeout;
        else if (_interruption == Interruption.Idle)
            Info.Flags |= ResponseFlags.StreamIdleTimeout;
        else if (fault == Http1Fault.PrematureEnd)
            Info.Flags |= ResponseFlags.UpstreamTermination;
        else if (fault != Http1Fault.None)
            Info.Flags |= ResponseFlags.UpstreamProtocolError;
        _cluster.Stats.OnResponse(_worker.Index, Info.ResponseCode, ElapsedSinceStart());
        await StopPumpAsync();
        ReleaseUpstream(clean && requestComplete && _response.KeepAlive);
        Finish();
        // A body that broke off is told to the client by closing without its end.
        if (fault != Http1Fault.None && clientTookIt)
            Client.Abort();
        return clean && requestComplete && keepAlive;
    }

    /// <summary>Waits for the pump to end. What it waits for itself is cut short: nobody needs the rest of the request.</summary>
    private async LoopTask<int> StopPumpAsync()
    {
        if (!_pumping)
            return 0;
        _pumping = false;
        _responseDone = true;
        if (!_requestBody.IsComplete)
        {
            _upstream?.Stream.Abort();
            Client.CancelRead();
        }
        return await _pump;
    }

    private void ReleaseUpstream(bool reusable)
    {
        if (_endpoint is not null)
        {
            _endpoint.OnRequestEnded();
            _cluster.Stats.OnAttemptEnded(_worker.Index);
        }
        _endpoint = null;
        if (_upstream is not { } upstream)
            return;
        _upstream = null;
        if (reusable && !upstream.Stream.IsDead && !upstream.Stream.HasUnreadInput && MayServeMore(upstream.Uses))
            upstream.Pool.Return(upstream, _cluster.Spec.IdleTimeout);
        else
            upstream.Close();
    }

    private bool MayServeMore(int uses) =>
        _cluster.Spec.MaxRequestsPerConnection == 0 || uses < _cluster.Spec.MaxRequestsPerConnection;

    /// <summary>The route's timeout runs from the request's last byte (Envoy <c>RouteAction.timeout</c>).</summary>
    private void OnRequestComplete()
    {
        if (
            _route?.Spec.Action is ForwardActionSpec { Timeout: var timeout }
            && timeout > TimeSpan.Zero
            && !_responseDone
        )
            _worker.Loop.Arm(_routeTimer, timeout);
    }

    private void OnRouteTimeout() => Interrupt(Interruption.RouteTimeout);

    private void OnConnectTimeout() => Interrupt(Interruption.ConnectTimeout);

    /// <summary>Arming a timer at every byte would cost more than looking once in a while.</summary>
    private void OnIdleTimer()
    {
        var timeout = IdleTimeout((ForwardActionSpec)_route!.Spec.Action);
        var quiet = TimeSpan.FromMilliseconds(_worker.Loop.NowMilliseconds - _lastActivity);
        if (quiet < timeout)
            _worker.Loop.Arm(_idleTimer, timeout - quiet);
        else
            Interrupt(Interruption.Idle);
    }

    private TimeSpan IdleTimeout(ForwardActionSpec action) =>
        action.IdleTimeout ?? _connection.Manager.StreamIdleTimeout;

    private void Touch() => _lastActivity = _worker.Loop.NowMilliseconds;

    /// <summary>Wakes whoever waits for the upstream; the exchange unwinds from there.</summary>
    private void Interrupt(Interruption why)
    {
        if (_interruption == Interruption.None)
            _interruption = why;
        _upstream?.Stream.Abort();
        // A client that does not take its response would keep the exchange for ever.
        if (Info.ResponseCode != 0)
            Client.Abort();
    }

    private void DisarmTimers()
    {
        _worker.Loop.Disarm(_routeTimer);
        _worker.Loop.Disarm(_connectTimer);
        _worker.Loop.Disarm(_idleTimer);
    }
}
