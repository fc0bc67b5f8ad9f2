// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Http;

namespace Lateen.Proxy.Http2;

/// <summary>
/// Both bodies of an HTTP/2 stream, which work alike in both roles. What arrives waits here until it is read; the peer's
/// window opens again with its release.
/// </summary>
internal sealed class Http2Body(EventLoop loop)
{
    private readonly ByteQueue _received = new(loop);
    private readonly LoopSignal<int> _arrival = new();
    private readonly LoopSignal<int> _room = new();
    private Http2Connection _codec = null!;
    private Http2Transport _transport = null!;
    private Http2Stream _stream = null!;
    private bool _isEndReceived;
    private bool _isEndSent;

    /// <summary>The stream ended before its time.</summary>
    public bool IsReset { get; private set; }

    public bool IsComplete => _isEndReceived && _received.Unread == 0;

    public bool HasUnread => _received.Unread > 0;

    public int Held => _received.Held;

    public int Buffered => _received.Held + _received.Unread;

    public int Room => IsReset ? 0 : _codec.Room(_stream);

    public void Begin(Http2Connection codec, Http2Transport transport, Http2Stream stream)
    {
        _codec = codec;
        _transport = transport;
        _stream = stream;
        _isEndReceived = _isEndSent = IsReset = false;
    }

    /// <summary>The head is sent.</summary>
    /// <param name="isEnd">And with it the message.</param>
    public void OnHeadSent(bool isEnd) => _isEndSent = isEnd;

    /// <inheritdoc cref="HttpStream.Append"/>
    public void Append(ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty)
            _codec.SendData(_stream, payload, endOfStream: false);
    }

    /// <inheritdoc cref="HttpStream.End"/>
    public void End(HeaderMap trailers)
    {
        if (_isEndSent)
            return;
        _isEndSent = true;
        if (trailers.Count > 0)
            _codec.SendTrailers(_stream, trailers);
        else
            _codec.SendData(_stream, default, endOfStream: true);
    }

    /// <inheritdoc cref="HttpStream.FlushAsync"/>
    public LoopTask<int> FlushAsync()
    {
        _codec.PassOn(_stream);
        _transport.ScheduleFlush();
        return new LoopTask<int>(IsReset ? IoResult.Failed : 1);
    }

    /// <summary>Gives the buffers back; the codec gives the credit back with the stream.</summary>
    public void EndUse() => _received.Clear();

    public BodyStatus Read(int max, out ReadOnlySpan<byte> payload)
    {
        payload = _received.Read(max);
        return !payload.IsEmpty ? BodyStatus.Data
            : IsComplete ? BodyStatus.Complete
            : BodyStatus.NeedMore;
    }

    public void Release()
    {
        var released = _received.Release();
        if (released == 0 || _stream.State == Http2StreamState.Closed)
            return;
        _codec.ReleaseReceived(_stream, released);
        // The other side's turn may be what released it, and then nothing else on this connection sends the new window.
        _transport.ScheduleFlush();
    }

    public void Rewind() => _received.Rewind();

    public LoopTask<int> WaitForArrivalAsync() =>
        _received.Unread > 0 || _isEndReceived ? new LoopTask<int>(1)
        : IsReset ? new LoopTask<int>(IoResult.Failed)
        : _arrival.Wait();

    public LoopTask<int> WaitForRoomAsync()
    {
        if (IsReset)
            return new LoopTask<int>(IoResult.Failed);
        if (Room > 0)
            return new LoopTask<int>(1);
        _codec.AskForRoom(_stream);
        return _room.Wait();
    }

    public void OnData(ReadOnlySpan<byte> data, bool endOfStream)
    {
        _received.Append(data);
        _isEndReceived |= endOfStream;
        if (_arrival.IsAwaited && (_received.Unread > 0 || endOfStream))
            _arrival.Complete(1);
    }

    public void OnEnd() => OnData(default, endOfStream: true);

    /// <summary>Wakes who waits for more body; for an owner that gave up.</summary>
    public void CancelWait()
    {
        if (_arrival.IsAwaited)
            _arrival.Complete(IoResult.Aborted);
    }

    public void OnWritable()
    {
        if (_room.IsAwaited)
            _room.Complete(1);
        else
            _codec.PassOn(_stream);
    }

    public void OnReset()
    {
        IsReset = true;
        if (_room.IsAwaited)
            _room.Complete(IoResult.Failed);
        CancelWait();
    }
}
