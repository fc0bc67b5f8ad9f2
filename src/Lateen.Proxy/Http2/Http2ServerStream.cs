// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http2;

/// <summary>A client's request on an HTTP/2 connection. Rented by the connection for as long as the exchange lasts.</summary>
internal sealed class Http2ServerStream : ServerStream
{
    private readonly Http2Body _body;
    private Http2ServerConnection _connection = null!;
    private Http2Stream _stream = null!;

    public Http2ServerStream(Worker worker)
    {
        _body = new Http2Body(worker.Loop);
        Exchange = new HttpExchange(worker, this);
    }

    public override HttpExchange Exchange { get; }

    public override ServerConnection Connection => _connection;

    public override BodyLength RequestLength =>
        _stream.IsRemoteClosed && _body is { IsComplete: true, Held: 0 }
            ? new BodyLength(BodyKind.None, _stream.ContentLength)
        : _stream.ContentLength >= 0 ? BodyLength.Known(_stream.ContentLength)
        : BodyLength.Unknown;

    public override bool IsHead => Exchange.Info.Request.Method.SequenceEqual("HEAD"u8);

    public override bool ExpectsContinue => _stream.ExpectsContinue;

    public override bool WantsTunnel => _stream.IsUpgrade || Exchange.Info.Request.Method.SequenceEqual("CONNECT"u8);

    public override RequestFault Fault => new(400, "http2.protocol_error");

    public override IClientWatcher? Watcher { get; set; }

    public override bool IsBodyComplete => _body.IsComplete;

    public override bool HasUnread => _body.HasUnread;

    public override int Held => _body.Held;

    public override int Buffered => _body.Buffered;

    public override int Room => _body.Room;

    /// <summary>Its exchange has begun.</summary>
    public bool IsServing { get; set; }

    /// <summary>The codec's stream; the connection releases it when the exchange is over.</summary>
    public Http2Stream Stream => _stream;

    public void Begin(Http2ServerConnection connection, Http2Stream stream)
    {
        _connection = connection;
        _stream = stream;
        Trailers.Clear();
        _body.Begin(connection.Codec, connection.Transport, stream);
        Exchange.Begin();
    }

    /// <summary>The exchange is over: nothing is kept.</summary>
    public void EndUse()
    {
        _body.EndUse();
        Watcher = null;
    }

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) => _body.Read(max, out payload);

    public override void Release() => _body.Release();

    public override void Rewind() => _body.Rewind();

    public override LoopTask<int> WaitForBodyAsync() => _body.WaitForArrivalAsync();

    public override void CancelWait() => _body.CancelWait();

    public override void DiscardBody()
    {
        while (_body.Read(int.MaxValue, out _) == BodyStatus.Data) { }
        _body.Release();
    }

    public override bool WriteHead(ResponseHead head, BodyLength length, bool isLast)
    {
        var isEnd = length.Kind == BodyKind.None;
        _body.OnHeadSent(isEnd);
        _connection.Codec.SendResponse(_stream, head, length.Bytes, isEnd);
        return true;
    }

    public override LoopTask<int> WriteInterimAsync(ResponseHead head)
    {
        _connection.Codec.SendInterim(_stream, head);
        return FlushAsync();
    }

    /// <summary>There is nothing to switch: DATA frames carry whatever both sides agree on (RFC 8441, RFC 9113 §8.5).</summary>
    public override void BeginTunnel() => _body.OnHeadSent(isEnd: false);

    public override void Append(ReadOnlySpan<byte> payload) => _body.Append(payload);

    public override void End(HeaderMap trailers) => _body.End(trailers);

    public override LoopTask<int> FlushAsync() => _body.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => _body.WaitForRoomAsync();

    public override void Abort()
    {
        // RFC 9113 §8.5: what became of the TCP connection behind a CONNECT.
        var isConnect = Exchange.Info.Request.Method.SequenceEqual("CONNECT"u8);
        _connection.Codec.Reset(_stream, isConnect ? Http2ErrorCode.ConnectError : Http2ErrorCode.InternalError);
        _connection.Transport.ScheduleFlush();
        _body.OnReset();
    }

    public void OnData(ReadOnlySpan<byte> data, bool endOfStream) => _body.OnData(data, endOfStream);

    public void OnEnd() => _body.OnEnd();

    public void OnWritable() => _body.OnWritable();

    /// <summary>The client, or the end of the connection, took the request back.</summary>
    public void OnReset()
    {
        _body.OnReset();
        Watcher?.OnClientLeft();
    }
}
