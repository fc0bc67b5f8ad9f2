// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Http;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http2;

/// <summary>
/// A client's HTTP/2 connection: every stream is an exchange of its own. Drains in two steps (RFC 9113 §6.8): a notice, then
/// the final GOAWAY, and ends with its last stream.
/// </summary>
internal sealed class Http2ServerConnection : ServerConnection, IHttp2Handler
{
    /// <summary>What the PING says whose answer shows that a client has seen our notice.</summary>
    private const ulong DrainPing = 0x647261696e2e2e2e;

    /// <summary>What a client's threads may need that chose the connection before the notice came: ours.</summary>
    private static readonly TimeSpan s_afterNotice = TimeSpan.FromSeconds(1);

    private readonly LoopTimer _timer;
    private readonly LoopTimer _block;
    private Http2KeepAlive? _keepAlive;
    private Http2ServerStream? _upgraded;
    private long _idleSince;
    private bool _isNoticed;
    private bool _isEnding;

    public Http2ServerConnection(Worker worker, ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
        : base(worker, listener, chain, stream)
    {
        Codec = new Http2Connection(
            Http2Role.Server,
            OptionsOf(worker, Manager.Http2),
            worker.Http2Workspace,
            chain.HttpStats!.Http2(worker.Index),
            this
        );
        Transport = new Http2Transport(stream, Codec);
        _timer = new LoopTimer(static self => ((Http2ServerConnection)self).OnTimer(), this);
        _block = new LoopTimer(static self => ((Http2ServerConnection)self).OnBlockTimeout(), this);
    }

    public Http2Connection Codec { get; }

    public Http2Transport Transport { get; }

    /// <summary>Serves the connection to its end.</summary>
    /// <param name="from">What served the connection before this; null for a new one.</param>
    public async LoopTask<int> ServeAsync(ServerConnection? from = null)
    {
        if (from is null)
            OnOpened();
        else
            OnMoved(from);
        try
        {
            Transport.Start();
            _keepAlive = Http2KeepAlive.Start(
                Worker,
                Manager.Http2.KeepAlive,
                Stream,
                Codec,
                Transport,
                Stats.Http2(Worker.Index)
            );
            BecomeIdle();
            if (_upgraded is not null)
                Serve(_upgraded);
            await Transport.ReadToEndAsync();
            _keepAlive?.Stop();
            await EndAsync();
        }
        finally
        {
            Worker.Loop.Disarm(_timer);
            Worker.Loop.Disarm(_block);
            _keepAlive?.Stop();
            OnClosed();
            Stream.Close();
        }
        return 0;
    }

    /// <summary>
    /// Takes over the request that asked to go on with HTTP/2, before <see cref="ServeAsync"/>; false, with nothing done, when
    /// its settings are none (RFC 7540 §3.2).
    /// </summary>
    public bool TryAdopt(RequestHead request, ReadOnlySpan<byte> settings)
    {
        var mine = Worker.Http2Streams.Rent();
        if (Codec.AcceptUpgrade(settings, mine.Exchange.Info.Request, Worker.Loop.NowTimestamp) is not { } stream)
        {
            Worker.Http2Streams.Return(mine);
            return false;
        }
        Adopt(mine, stream);
        mine.Exchange.Info.Request.CopyFrom(request);
        mine.OnEnd();
        _upgraded = mine;
        return true;
    }

    public override void Rescale()
    {
        if (Codec.ActiveStreams == 0)
            ArmIdle();
        for (var slot = 0; slot < Codec.StreamSlots; slot++)
        {
            if (Codec.StreamAt(slot) is { } stream)
                Of(stream).Exchange.Timers.Rescale();
        }
    }

    public override int ShedStreams(long bytes, int most)
    {
        var shed = 0;
        for (var slot = 0; slot < Codec.StreamSlots && shed < most; slot++)
        {
            if (Codec.StreamAt(slot) is not { } stream || !Of(stream).Exchange.TryShed(bytes))
                continue;
            shed++;
            // Streams may have moved to slots that were passed.
            if (stream.State == Http2StreamState.Closed)
                slot = -1;
        }
        return shed;
    }

    /// <summary>The notice goes with the next request, if one is under way or comes in time.</summary>
    protected override void OnDrain(bool tellsNow)
    {
        if (tellsNow || Codec.ActiveStreams > 0)
            SendNotice();
        else if (!_isEnding)
            Worker.Loop.Arm(_timer, IdleTimeout);
    }

    /// <summary>First step. The second comes when the client has seen it, or has had the time for it.</summary>
    private void SendNotice()
    {
        if (_isEnding || _isNoticed)
            return;
        _isNoticed = true;
        Codec.SendShutdownNotice();
        Codec.SendPing(DrainPing);
        Transport.ScheduleFlush();
        Worker.Loop.Arm(_timer, IdleTimeout);
    }

    RequestHead? IHttp2Handler.OnOpening(Http2Stream stream)
    {
        var mine = Worker.Http2Streams.Rent();
        Adopt(mine, stream);
        return mine.Exchange.Info.Request;
    }

    /// <summary>Envoy's clocks of a stream run from its HEADERS on, while there is no exchange here before its last CONTINUATION.</summary>
    void IHttp2Handler.OnBlockBegun()
    {
        var timeout =
            Manager.RequestHeadersTimeout > TimeSpan.Zero ? Manager.RequestHeadersTimeout
            : Manager.RequestTimeout > TimeSpan.Zero ? Manager.RequestTimeout
            : Manager.StreamIdleTimeout;
        if (timeout > TimeSpan.Zero)
            Worker.Loop.Arm(_block, timeout);
    }

    void IHttp2Handler.OnBlockEnded() => Worker.Loop.Disarm(_block);

    void IHttp2Handler.OnRequest(Http2Stream stream, bool endOfStream)
    {
        var mine = Of(stream);
        if (endOfStream)
            mine.OnEnd();
        Serve(mine);
    }

    void IHttp2Handler.OnInterim(Http2Stream stream) { }

    void IHttp2Handler.OnResponse(Http2Stream stream, bool endOfStream) { }

    void IHttp2Handler.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream) =>
        Of(stream).OnData(data, endOfStream);

    void IHttp2Handler.OnTrailers(Http2Stream stream) => Of(stream).OnEnd();

    void IHttp2Handler.OnReset(Http2Stream stream, Http2ErrorCode code)
    {
        var mine = Of(stream);
        if (mine.IsServing)
        {
            mine.OnReset();
            return;
        }
        // The head itself was at fault: nothing has begun.
        mine.Exchange.Info.Flags |= ResponseFlags.DownstreamProtocolError;
        mine.Exchange.Info.ResponseCodeDetails = stream.Fault.Details();
        mine.Exchange.Finish(null);
        Return(mine);
    }

    void IHttp2Handler.OnWritable(Http2Stream stream) => Of(stream).OnWritable();

    void IHttp2Handler.OnSettings() { }

    void IHttp2Handler.OnPingAnswered(ulong payload)
    {
        _keepAlive?.OnAnswered(payload);
        // The client has seen the notice: Envoy's drain_timeout need not be waited for.
        if (payload == DrainPing && IsDraining && !_isEnding && IdleTimeout > s_afterNotice)
            Worker.Loop.Arm(_timer, s_afterNotice);
    }

    void IHttp2Handler.OnGoAway(uint lastStreamId, Http2ErrorCode code) { }

    /// <summary>The manager's options, with what the runtime says of rapid reset.</summary>
    private static Http2Options OptionsOf(Worker worker, Http2Options options)
    {
        var count = worker.PrematureResetTotalStreamCount.Value;
        var seconds = worker.PrematureResetMinStreamLifetimeSeconds.Value;
        if (count == long.MaxValue && seconds == long.MaxValue)
            return options;
        return options with
        {
            PrematureResetTotalStreamCount =
                count == long.MaxValue ? options.PrematureResetTotalStreamCount : (int)Math.Min(count, int.MaxValue),
            PrematureResetMinStreamLifetime =
                seconds == long.MaxValue
                    ? options.PrematureResetMinStreamLifetime
                    : TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)),
        };
    }

    private static Http2ServerStream Of(Http2Stream stream) => (Http2ServerStream)stream.Owner!;

    private void Adopt(Http2ServerStream mine, Http2Stream stream)
    {
        if (!IsDraining)
            Worker.Loop.Disarm(_timer);
        mine.Begin(this, stream);
        stream.Owner = mine;
        stream.Trailers = mine.Trailers;
    }

    private void Serve(Http2ServerStream mine)
    {
        OnRequestBegun();
        if (IsDraining)
            SendNotice();
        mine.Exchange.Info.Request.Version = HttpVersion.Http2;
        ServeOneAsync(mine).Detach();
    }

    private async LoopTask<int> ServeOneAsync(Http2ServerStream mine)
    {
        mine.IsServing = true;
        await mine.Exchange.RunAsync();
        Return(mine);
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams > 0 || _isEnding)
            return 0;
        if (Codec.IsGoingAway)
            Transport.EndReading();
        else if (!IsDraining)
            BecomeIdle();
        return 0;
    }

    private void Return(Http2ServerStream mine)
    {
        mine.IsServing = false;
        mine.EndUse();
        Codec.Release(mine.Stream);
        Worker.Http2Streams.Return(mine);
    }

    private void BecomeIdle()
    {
        _idleSince = Worker.Loop.NowMilliseconds;
        ArmIdle();
    }

    private void ArmIdle()
    {
        if (IsDraining || _isEnding)
            return;
        var timeout = IdleTimeout;
        var idle = TimeSpan.FromMilliseconds(Worker.Loop.NowMilliseconds - _idleSince);
        if (timeout > TimeSpan.Zero)
            Worker.Loop.Arm(_timer, timeout - idle);
        else
            Worker.Loop.Disarm(_timer);
    }

    /// <summary>Idle for too long; or draining for long enough; or ending, and the client does not take its last frames.</summary>
    private void OnTimer()
    {
        if (_isEnding)
        {
            Stats.OnDelayedCloseTimeout(Worker.Index);
            Stream.Abort();
        }
        else if (_isNoticed)
        {
            FinishDrain();
        }
        else if (IsDraining)
        {
            SendNotice();
        }
        else
        {
            Stats.OnConnectionIdle(Worker.Index);
            Drain();
        }
    }

    private void OnBlockTimeout()
    {
        Stats.OnInterrupted(Worker.Index, Interruption.HeadTimeout);
        Codec.Abandon(Http2Fault.BlockTimeout);
        Transport.EndReading();
    }

    private void FinishDrain()
    {
        Codec.SendGoAway();
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams == 0)
            Transport.EndReading();
    }

    /// <summary>Nothing is read any more: lets the last frames go, ends what is under way, and the socket gently.</summary>
    private async LoopTask<int> EndAsync()
    {
        _isEnding = true;
        EndsWithinRequest = Codec.ActiveStreams > 0;
        if (Codec.Fault.IsProtocolError())
            Stats.OnProtocolError(Worker.Index);
        RememberAddresses();
        Worker.Loop.Arm(_timer, Farewell);
        if (Stream.IsDead || Stream.PeerHasClosed)
        {
            Stream.Abort();
            await Transport.AbandonAsync();
        }
        else
        {
            await Transport.FinishAsync();
            Stream.ShutdownWrite();
        }
        Codec.Terminate(Http2ErrorCode.NoError);
        while (!Stream.IsDead && !Stream.PeerHasClosed)
        {
            Stream.Consume(Stream.Input.Length);
            if (await Stream.ReadAsync() <= 0)
                break;
        }
        return 0;
    }
}
