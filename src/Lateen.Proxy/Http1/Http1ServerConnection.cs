// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http1;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http2;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http1;

/// <summary>
/// A client's HTTP/1.1 connection: waits for a request, runs its exchange, and again, until one side has enough. While it
/// waits it holds no buffer and no exchange.
/// </summary>
internal sealed class Http1ServerConnection : ServerConnection
{
    private readonly LoopTimer _timer;
    private readonly FilterChainRuntime _chain;
    private Http1ServerStream? _current;
    private long _idleSince;
    private bool _isIdle;
    private bool _timedOut;
    private bool _isFlushing;
    private bool _isHttp2;
    private Http2ServerConnection? _next;

    public Http1ServerConnection(Worker worker, ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
        : base(worker, listener, chain, stream)
    {
        _chain = chain;
        Limits = listener.LimitsOf(Manager);
        _timer = new LoopTimer(static self => ((Http1ServerConnection)self).OnTimer(), this);
    }

    private static ReadOnlySpan<byte> SwitchToHttp2 =>
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n"u8;

    public Http1Limits Limits { get; }

    /// <summary>Serves the connection to its end.</summary>
    public async LoopTask<int> ServeAsync()
    {
        OnOpened();
        try
        {
            while (await WaitForRequestAsync())
            {
                if (Requests == 0 && Manager.Codec == CodecKind.Auto && await StartsHttp2Async())
                    break;
                var stream = _current = Worker.Http1Streams.Rent();
                await ServeOneAsync(stream);
                if (_isHttp2)
                {
                    _current = null;
                    Worker.Http1Streams.Return(stream);
                    break;
                }
                // A body that ended behind the answer's beginning may still be held, and must not be read as the next request.
                stream.Release();
                var goesOn = stream.MayGoOn;
                EndsWithinRequest = stream.Exchange.IsAbandoned;
                _current = null;
                Worker.Http1Streams.Return(stream);
                if (!goesOn)
                {
                    await CloseGentlyAsync();
                    break;
                }
            }
            if (Stream.HasUnsent && !_isHttp2)
                await SendRestAsync();
        }
        finally
        {
            Worker.Loop.Disarm(_timer);
            if (!_isHttp2)
            {
                OnClosed();
                Stream.Close();
            }
        }
        if (!_isHttp2)
            return 0;
        _next ??= new Http2ServerConnection(Worker, Listener, _chain, Stream);
        return await _next.ServeAsync(from: this);
    }

    /// <summary>An exchange that waits for its upstream does not look at the client, and has to be told.</summary>
    public override void Abort()
    {
        base.Abort();
        _current?.Watcher?.OnClientLeft();
    }

    public override void Rescale()
    {
        if (_isIdle)
            ArmIdle();
        _current?.Exchange.Timers.Rescale();
    }

    public override int ShedStreams(long bytes, int most) =>
        most > 0 && _current is { } stream && stream.Exchange.TryShed(bytes) ? 1 : 0;

    /// <summary>A client may be about to send its next request, and nobody can tell it otherwise: it gets some time for one more.</summary>
    protected override void OnDrain(bool tellsNow)
    {
        _idleSince = Worker.Loop.NowMilliseconds;
        if (_isIdle)
            ArmIdle();
    }

    /// <summary>Waits for the first byte of a request; false when the client left or was idle too long.</summary>
    private async LoopTask<bool> WaitForRequestAsync()
    {
        if (!Stream.Input.IsEmpty)
            return true;
        _timedOut = false;
        _isIdle = true;
        _idleSince = Worker.Loop.NowMilliseconds;
        ArmIdle();
        var result = await Stream.ReadAsync();
        _isIdle = false;
        Worker.Loop.Disarm(_timer);
        if (_timedOut && !IsDraining)
            Stats.OnConnectionIdle(Worker.Index);
        return result > 0;
    }

    /// <summary>
    /// Whether the first bytes are HTTP/2's preface (RFC 9113 §3.4), which is no request of HTTP/1 that anybody sends. Nearly
    /// always the first byte tells.
    /// </summary>
    private async LoopTask<bool> StartsHttp2Async()
    {
        while (true)
        {
            var known = Math.Min(Stream.Input.Length, Http2Connection.ClientPreface.Length);
            if (!Stream.Input[..known].SequenceEqual(Http2Connection.ClientPreface[..known]))
                return false;
            if (known == Http2Connection.ClientPreface.Length)
                return _isHttp2 = true;
            _timedOut = false;
            Arm(Manager.IdleTimeout);
            var result = await Stream.ReadAsync();
            Worker.Loop.Disarm(_timer);
            if (_timedOut)
                Stats.OnConnectionIdle(Worker.Index);
            if (result <= 0)
                return false;
        }
    }

    private LoopTask<int> ServeOneAsync(Http1ServerStream stream)
    {
        OnRequestBegun();
        stream.Begin(this);
        // Nearly always the whole head is here.
        var scanned = 0;
        var status = stream.ParseHead(ref scanned, out var fault);
        return status == ParseStatus.NeedMore ? ReadHeadAsync(stream, scanned) : OnHeadAsync(stream, status, fault);
    }

    private async LoopTask<int> ReadHeadAsync(Http1ServerStream stream, int scanned)
    {
        var exchange = stream.Exchange;
        while (true)
        {
            var result = await Stream.ReadAsync(Math.Max(Limits.MaxHeadBytes + 1, ByteStream.DefaultMaxBuffered));
            if (result == IoResult.BufferFull)
                return await exchange.RefuseAsync(
                    new RequestFault(Http1Fault.HeadTooLarge.StatusCode(), Http1Fault.HeadTooLarge.Details())
                );
            if (result == IoResult.Aborted && !Stream.IsDead)
                return await exchange.AnswerInterruptedAsync();
            if (result <= 0)
                return exchange.Abandon();
            var status = stream.ParseHead(ref scanned, out var fault);
            if (status != ParseStatus.NeedMore)
                return await OnHeadAsync(stream, status, fault);
        }
    }

    /// <summary>Serves a request whose head is here, or answers what is none.</summary>
    private LoopTask<int> OnHeadAsync(Http1ServerStream stream, ParseStatus status, Http1Fault fault)
    {
        if (status == ParseStatus.Fault)
        {
            if (fault == Http1Fault.UnderscoreInHeaderName)
                Stats.OnUnderscoreRejected(Worker.Index);
            return stream.Exchange.RefuseAsync(new RequestFault(fault.StatusCode(), fault.Details()));
        }
        return stream.WantsHttp2 && TryMoveToHttp2(stream)
            ? Stream.WriteAsync(SwitchToHttp2)
            : stream.Exchange.RunAsync();
    }

    /// <summary>
    /// Goes on with HTTP/2 as the client asked for, with its request as the first stream (RFC 7540 §3.2): on plaintext alone, and
    /// where the codec is not given.
    /// </summary>
    private bool TryMoveToHttp2(Http1ServerStream stream)
    {
        if (Manager.Codec != CodecKind.Auto || Stream.Tls is not null)
            return false;
        var next = new Http2ServerConnection(Worker, Listener, _chain, Stream);
        if (!next.TryAdopt(stream.Exchange.Info.Request, stream.Http2Settings))
            return false;
        Stats.OnRequestMoved(Worker.Index);
        stream.Exchange.Timers.Disarm();
        _next = next;
        return _isHttp2 = true;
    }

    /// <summary>
    /// Closes our side and waits a moment for the client's: a socket closed with unread input resets the connection, and
    /// the client may lose the answer (RFC 9112 §9.6).
    /// </summary>
    private async LoopTask<int> CloseGentlyAsync()
    {
        if (Stream.IsDead || Stream.PeerHasClosed || Manager.DelayedCloseTimeout == TimeSpan.Zero)
            return 0;
        Stream.ShutdownWrite();
        if (Stream.HasUnsent && await SendRestAsync() < 0)
            return 0;
        _timedOut = false;
        Arm(Manager.DelayedCloseTimeout);
        do
        {
            Stream.Consume(Stream.Input.Length);
        } while (await Stream.ReadAsync() > 0);
        if (_timedOut)
            Stats.OnDelayedCloseTimeout(Worker.Index);
        return 0;
    }

    /// <summary>Waits for a client that reads slowly: closing would drop the end of its answer. As long as within an answer.</summary>
    private async LoopTask<int> SendRestAsync()
    {
        _timedOut = false;
        _isFlushing = true;
        Arm(Manager.StreamIdleTimeout);
        var result = await Stream.FlushAsync();
        Worker.Loop.Disarm(_timer);
        _isFlushing = false;
        if (_timedOut)
            Stats.OnDelayedCloseTimeout(Worker.Index);
        return result;
    }

    private void OnTimer()
    {
        _timedOut = true;
        if (_isFlushing)
            Stream.Abort();
        else
            Stream.CancelRead();
    }

    private void ArmIdle()
    {
        var timeout = IdleTimeout;
        if (timeout > TimeSpan.Zero)
            Arm(TimeSpan.FromTicks(Math.Max(1, (timeout - Idle).Ticks)));
        else
            Worker.Loop.Disarm(_timer);
    }

    private TimeSpan Idle => TimeSpan.FromMilliseconds(Worker.Loop.NowMilliseconds - _idleSince);

    private void Arm(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
            Worker.Loop.Arm(_timer, delay);
    }
}
