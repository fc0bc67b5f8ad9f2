// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http1;

/// <summary>One request of an HTTP/1.1 connection. Rented by the connection for as long as the exchange lasts.</summary>
internal sealed class Http1ServerStream : ServerStream, IPeerCloseWatcher
{
    private readonly Http1Incoming _incoming = new();
    private readonly Http1Outgoing _outgoing = new();
    private Http1ServerConnection _connection = null!;
    private Http1RequestInfo _request;
    private IClientWatcher? _watcher;
    private bool _keepAlive;
    private bool _endsWithConnection;

    public Http1ServerStream(Worker worker) => Exchange = new HttpExchange(worker, this);

    public override HttpExchange Exchange { get; }

    public override ServerConnection Connection => _connection;

    public override BodyLength RequestLength =>
        _request.Framing switch
        {
            BodyFraming.ContentLength => BodyLength.Known(_request.ContentLength),
            BodyFraming.Chunked => BodyLength.Unknown,
            _ => new BodyLength(BodyKind.None, _request.ContentLength),
        };

    public override bool IsHead => _request.IsHead;

    public override bool ExpectsContinue => _request.ExpectContinue;

    public override bool WantsTunnel => _request.IsConnect || _request.IsUpgrade;

    /// <summary>The client asks to go on with HTTP/2.</summary>
    public bool WantsHttp2 => _request.IsHttp2Upgrade;

    /// <summary>The settings that HTTP/2 would begin with, encoded.</summary>
    public ReadOnlySpan<byte> Http2Settings => Exchange.Info.Request.Headers.Text(_request.Http2Settings);

    public override RequestFault Fault => new(_incoming.Fault.StatusCode(), _incoming.Fault.Details());

    public override bool IsBodyComplete => _incoming.IsComplete;

    public override bool HasUnread => _incoming.HasUnread;

    public override int Held => _incoming.Held;

    public override int Buffered => Stream.Input.Length;

    public override int Room => _outgoing.Room;

    public override IClientWatcher? Watcher
    {
        get => _watcher;
        set
        {
            _watcher = value;
            Stream.CloseWatcher = value is null ? null : this;
        }
    }

    /// <summary>The exchange ended so that the next request may follow on the connection.</summary>
    public bool MayGoOn => _keepAlive && _incoming.IsComplete && _outgoing.IsEnded && !Stream.IsDead;

    private ByteStream Stream => _connection.Stream;

    /// <summary>Makes the stream ready for a connection's next request.</summary>
    public void Begin(Http1ServerConnection connection)
    {
        _connection = connection;
        _request = default;
        _keepAlive = _endsWithConnection = false;
        Trailers.Clear();
        _incoming.Begin(connection.Stream, BodyFraming.None, 0, connection.Limits);
        _outgoing.Begin(connection.Stream);
        Exchange.Begin();
    }

    /// <summary>Tries to take a head off the client's input.</summary>
    public ParseStatus ParseHead(ref int scanned, out Http1Fault fault)
    {
        var status = Http1RequestParser.Parse(
            Stream.Input,
            _connection.Limits,
            ref scanned,
            Exchange.Info.Request,
            out _request,
            out var consumed,
            out fault
        );
        if (status != ParseStatus.Complete)
            return status;
        Stream.Consume(consumed);
        if (_request.DroppedLines > 0)
            _connection.Stats.OnUnderscoresDropped(_connection.Worker.Index, _request.DroppedLines);
        _incoming.Begin(Stream, _request.Framing, _request.ContentLength, _connection.Limits);
        return status;
    }

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) =>
        _incoming.Read(max, Trailers, out payload);

    public override void Release() => _incoming.Release();

    public override void Rewind() => _incoming.Rewind(Trailers);

    public override LoopTask<int> WaitForBodyAsync() => _incoming.WaitAsync();

    public override void CancelWait() => Stream.CancelRead();

    public override void DiscardBody()
    {
        while (_incoming.Read(int.MaxValue, Trailers, out _) == BodyStatus.Data) { }
        _incoming.Release();
    }

    public override bool WriteHead(ResponseHead head, BodyLength length, bool isLast)
    {
        // HTTP/1.0 knows no chunks: there the end of the connection ends the body (RFC 9112 §6.3).
        var framing = length.Kind switch
        {
            BodyKind.None or BodyKind.Tunnel => BodyFraming.None,
            BodyKind.Known => BodyFraming.ContentLength,
            _ => Exchange.Info.Request.Version == HttpVersion.Http10 ? BodyFraming.UntilClose : BodyFraming.Chunked,
        };
        // What has no body says so, unless it cannot have one (RFC 9110 §8.6).
        if (length is { Kind: BodyKind.None, Bytes: < 0 } && !IsHead && head.Status is >= 200 and not (204 or 304))
            length = new BodyLength(BodyKind.None, 0);
        _endsWithConnection = framing == BodyFraming.UntilClose;
        _keepAlive = _request.KeepAlive && !isLast && framing != BodyFraming.UntilClose;
        var written = Http1Writer.WriteResponseHead(
            head,
            framing,
            length.Bytes,
            _keepAlive,
            Exchange.Info.Request.Version,
            _outgoing.Scratch
        );
        if (written >= 0)
            _outgoing.OnHead(written, framing, isLast: !_keepAlive);
        return written >= 0;
    }

    public override LoopTask<int> WriteInterimAsync(ResponseHead head)
    {
        // RFC 9110 §15.2: a client of HTTP/1.0 does not know them.
        if (Exchange.Info.Request.Version == HttpVersion.Http10)
            return new LoopTask<int>(1);
        var scratch = Stream.Loop.Scratch.AsSpan();
        var length = Http1Writer.WriteResponseHead(head, BodyFraming.None, -1, true, HttpVersion.Http11, scratch);
        return length < 0 ? new LoopTask<int>(1) : Stream.WriteAsync(scratch[..length]);
    }

    public override void BeginTunnel()
    {
        _keepAlive = false;
        _incoming.Begin(Stream, BodyFraming.UntilClose, 0, _connection.Limits);
        _outgoing.BeginTunnel();
    }

    public override void Append(ReadOnlySpan<byte> payload) => _outgoing.Append(payload);

    public override void End(HeaderMap trailers) => _outgoing.End(trailers);

    public override LoopTask<int> FlushAsync() => _outgoing.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => new(1);

    public override void Abort()
    {
        // Its end would make a broken body a whole one.
        if (_endsWithConnection && !_outgoing.IsEnded)
            Stream.ResetOnClose();
        Stream.Abort();
    }

    public void OnPeerClosed(ByteStream stream) => _watcher?.OnClientLeft();
}
