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
    private readonly LoopTimer _timer;
    private Http2ServerStream? _upgraded;
    private bool _isDraining;
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
            Listener.OnMoved(from, this);
        try
        {
            Transport.Start();
            ArmIdle();
            if (_upgraded is not null)
                Serve(_upgraded);
            if (IsClosing)
                BeginDrain();
            await Transport.ReadToEndAsync();
            await EndAsync();
        }
        finally
        {
            Worker.Loop.Disarm(_timer);
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

    public override void BeginDrain()
    {
        if (_isDraining)
            return;
        _isDraining = true;
        Codec.SendShutdownNotice();
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams == 0)
            FinishDrain();
        else
            Worker.Loop.Arm(_timer, Manager.DrainTimeout);
    }

    RequestHead? IHttp2Handler.OnOpening(Http2Stream stream)
    {
        var mine = Worker.Http2Streams.Rent();
        Adopt(mine, stream);
        return mine.Exchange.Info.Request;
    }

    void IHttp2Handler.OnRequest(Http2Stream stream, bool endOfStream)
    {
        var mine = Of(stream);
        if (endOfStream)
            mine.OnEnd();
        Serve(mine);
        if (IsClosing)
            BeginDrain();
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

    void IHttp2Handler.OnPingAnswered(ulong payload) { }

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
        Worker.Loop.Disarm(_timer);
        Requests++;
        mine.Begin(this, stream);
        stream.Owner = mine;
        stream.Trailers = mine.Trailers;
    }

    private void Serve(Http2ServerStream mine)
    {
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
        if (_isDraining)
            FinishDrain();
        else
            ArmIdle();
        return 0;
    }

    private void Return(Http2ServerStream mine)
    {
        mine.IsServing = false;
        mine.EndUse();
        Codec.Release(mine.Stream);
        Worker.Http2Streams.Return(mine);
    }

    private void ArmIdle()
    {
        if (Manager.IdleTimeout > TimeSpan.Zero)
            Worker.Loop.Arm(_timer, Manager.IdleTimeout);
    }

    /// <summary>Idle for too long, or draining for long enough: the second step, and the end if nothing is under way.</summary>
    private void OnTimer()
    {
        if (_isEnding)
        {
            Stream.Abort();
            return;
        }
        _isDraining = true;
        FinishDrain();
    }

    private void FinishDrain()
    {
        Codec.SendGoAway();
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams == 0)
            Stream.CancelRead();
    }

    /// <summary>Nothing is read any more: lets the last frames go, ends what is under way, and the socket gently.</summary>
    private async LoopTask<int> EndAsync()
    {
        _isEnding = true;
        RememberAddresses();
        Worker.Loop.Arm(
            _timer,
            Manager.DelayedCloseTimeout > TimeSpan.Zero ? Manager.DelayedCloseTimeout : TimeSpan.FromSeconds(1)
        );
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
