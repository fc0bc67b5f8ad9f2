// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Http;

namespace Lateen.Proxy.Http2;

/// <summary>A request on an HTTP/2 connection to an upstream. Rented for one attempt.</summary>
internal sealed class Http2ClientStream(EventLoop loop) : ClientStream
{
    private readonly Http2Body _body = new(loop);
    private readonly LoopSignal<ResponseHeadStatus> _head = new();
    private Http2ClientConnection _connection = null!;
    private Http2Stream _stream = null!;
    private bool _hasHead;
    private bool _wasRefused;

    public override TlsConnection? Tls => _connection.Tls;

    public override string LocalAddress => _connection.LocalAddress;

    public override bool IsHttp2 => true;

    public override bool IsReused => _connection.Requests > 1;

    /// <summary>Whether it is this stream or the connection that has paid for it.</summary>
    public override bool IsServerAtFault =>
        _stream.Fault != Http2Fault.None || _connection.Codec.Fault != Http2Fault.None;

    public override bool WasRefused => _wasRefused;

    public override BodyLength ResponseLength =>
        _body.IsComplete ? new BodyLength(BodyKind.None, _stream.ContentLength)
        : _stream.ContentLength >= 0 ? BodyLength.Known(_stream.ContentLength)
        : BodyLength.Unknown;

    public override bool IsBodyComplete => _body.IsComplete;

    public override bool HasUnread => _body.HasUnread;

    public override int Held => _body.Held;

    public override int Buffered => _body.Buffered;

    public override int Room => _body.Room;

    /// <summary>The codec's stream; the connection releases it.</summary>
    public Http2Stream Stream => _stream;

    public void Begin(Http2ClientConnection connection, Http2Stream stream)
    {
        _connection = connection;
        _stream = stream;
        _hasHead = _wasRefused = false;
        Trailers.Clear();
        stream.Owner = this;
        stream.Trailers = Trailers;
        _body.Begin(connection.Codec, connection.Transport, stream);
    }

    /// <summary>The attempt is over: nothing is kept.</summary>
    public void EndUse() => _body.EndUse();

    public override bool WriteHead(RequestHead head, BodyLength length, ResponseHead response)
    {
        _stream.Response = response;
        var isEnd = length.Kind == BodyKind.None;
        _body.OnHeadSent(isEnd);
        _connection.Codec.SendRequest(_stream, head, length.Bytes, isEnd);
        return true;
    }

    public override LoopTask<ResponseHeadStatus> ReadHeadAsync()
    {
        if (_hasHead)
            return new LoopTask<ResponseHeadStatus>(ResponseHeadStatus.Final);
        return _body.IsReset ? new LoopTask<ResponseHeadStatus>(HowItEnded()) : _head.Wait();
    }

    public override void BeginTunnel() => _body.OnHeadSent(isEnd: false);

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) => _body.Read(max, out payload);

    public override void Release() => _body.Release();

    public override void Rewind() => _body.Rewind();

    public override LoopTask<int> WaitForBodyAsync() => _body.WaitForArrivalAsync();

    public override void CancelWait() => _body.CancelWait();

    public override void Append(ReadOnlySpan<byte> payload) => _body.Append(payload);

    public override void End(HeaderMap trailers) => _body.End(trailers);

    public override LoopTask<int> FlushAsync() => _body.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => _body.WaitForRoomAsync();

    public override void Abort()
    {
        _connection.Codec.Reset(_stream, Http2ErrorCode.Cancel);
        _connection.Transport.ScheduleFlush();
        OnReset();
    }

    public override void Return(bool isClean) => _connection.Return(this);

    public void OnInterim()
    {
        // One that nobody waits for yet is not worth keeping: RFC 9110 §15.2 lets a proxy drop it.
        if (_head.IsAwaited)
            _head.Complete(ResponseHeadStatus.Interim);
    }

    public void OnResponse(bool endOfStream)
    {
        _hasHead = true;
        if (endOfStream)
            _body.OnEnd();
        if (_head.IsAwaited)
            _head.Complete(ResponseHeadStatus.Final);
    }

    public void OnData(ReadOnlySpan<byte> data, bool endOfStream) => _body.OnData(data, endOfStream);

    public void OnEnd() => _body.OnEnd();

    public void OnWritable() => _body.OnWritable();

    public void OnReset()
    {
        _wasRefused = _stream.IsUnprocessed;
        _body.OnReset();
        if (_head.IsAwaited)
            _head.Complete(HowItEnded());
    }

    private ResponseHeadStatus HowItEnded() =>
        IsServerAtFault ? ResponseHeadStatus.Malformed
        : _connection.IsOver && !_wasRefused ? ResponseHeadStatus.Closed
        : ResponseHeadStatus.Reset;
}
