// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2.Heads;

namespace Lateen.Http.Http2;

/// <summary>Messages that are sent.</summary>
public sealed partial class Http2Connection
{
    /// <summary>What a stream may send when its turn comes and others wait.</summary>
    private const int Turn = FrameHeader.MaxPayload;

    private uint _nextId;
    private bool _isWaking;

    /// <summary>Streams that were told to send and have not yet.</summary>
    private int _turns;

    /// <summary>Client: whether one more stream may be opened now.</summary>
    public bool CanOpen => StreamsLeft > 0;

    /// <summary>Client: how many more streams may be opened now.</summary>
    public int StreamsLeft =>
        IsOver || PeerIsGoingAway || _nextId > FrameHeader.StreamIdMask
            ? 0
            : (int)
                Math.Max(
                    0,
                    Math.Min(_options.MaxConcurrentStreams, _peerMaxConcurrentStreams) - _streams.Count - _unsent
                );

    /// <summary>
    /// Client: a stream for <see cref="SendRequest"/>. The caller sets <see cref="Http2Stream.Response"/> and what else it wants.
    /// </summary>
    public Http2Stream Open()
    {
        _owned++;
        _unsent++;
        return OpenStream(0, Http2StreamState.Idle);
    }

    /// <summary>Client: sends the head of a request. An Upgrade line makes it an extended CONNECT.</summary>
    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public void SendRequest(Http2Stream stream, RequestHead head, long contentLength, bool endOfStream)
    {
        ArgumentNullException.ThrowIfNull(stream.Response);
        if (stream.State != Http2StreamState.Idle || IsOver)
            return;
        stream.Id = _nextId;
        stream.SendWindow = _peerInitialWindow;
        _nextId += 2;
        _unsent--;
        stream.State = Http2StreamState.Open;
        stream.IsHead = head.Method.SequenceEqual("HEAD"u8);
        stream.IsUpgrade = head.Headers.Contains(KnownHeader.Upgrade);
        Register(stream);
        var output = ReserveHead(head.Headers);
        var at = FrameHeader.Size;
        HeadEncoder.WriteRequest(_encoder, head, contentLength, output, ref at);
        FinishHead(stream, output, at, endOfStream);
    }

    /// <summary>Server: sends an interim head (1xx other than 101).</summary>
    public void SendInterim(Http2Stream stream, ResponseHead head) =>
        SendResponseHead(stream, head, head.Status, contentLength: -1, endOfStream: false);

    /// <summary>Server: sends the final head.</summary>
    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public void SendResponse(Http2Stream stream, ResponseHead head, long contentLength, bool endOfStream)
    {
        stream.HeadSent = true;
        // RFC 8441 §5: what HTTP/1 says with 101 is 200 here.
        var status = stream.IsUpgrade && head.Status == 101 ? 200 : head.Status;
        SendResponseHead(stream, head, status, contentLength, endOfStream);
    }

    /// <summary>Sends the fields that end the stream.</summary>
    public void SendTrailers(Http2Stream stream, HeaderMap trailers)
    {
        if (stream.IsLocalClosed || IsOver)
            return;
        var output = ReserveHead(trailers);
        var at = FrameHeader.Size;
        HeadEncoder.WriteTrailers(_encoder, trailers, output, ref at);
        FinishHead(stream, output, at, endOfStream: true);
    }

    /// <summary>
    /// Sends body as far as both windows and the output admit. When that is not all, <see cref="IHttp2Handler.OnWritable"/>
    /// says when to come again.
    /// </summary>
    /// <param name="endOfStream">The data ends the stream, if all of it is taken.</param>
    /// <returns>Bytes taken; -1 when the stream is closed.</returns>
    public int SendData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (stream.IsLocalClosed || IsOver)
            return -1;
        var sent = 0;
        if (data.IsEmpty)
        {
            if (endOfStream)
                EndData(stream);
        }
        else if (stream.SendWindow <= 0)
            stream.WantsWindow = true;
        else
            sent = SendSome(stream, data, endOfStream);
        PassTurn(stream);
        return sent;
    }

    /// <summary>
    /// Bytes of body that <see cref="SendData"/> would take now. It need not be the last word: another stream's turn may end.
    /// </summary>
    public int Room(Http2Stream stream)
    {
        if (stream.IsLocalClosed || IsOver || (!_queue.IsEmpty && !stream.HasTurn))
            return 0;
        var room = Math.Min(stream.SendWindow, SendRoom());
        return (int)Math.Clamp(room, 0, _queue.IsEmpty ? int.MaxValue : Turn);
    }

    /// <summary>
    /// For a stream that has no <see cref="Room"/>: <see cref="IHttp2Handler.OnWritable"/> tells when there is, and the stream
    /// then has to send or to say with <see cref="PassOn"/> that it has nothing.
    /// </summary>
    public void AskForRoom(Http2Stream stream)
    {
        if (stream.IsLocalClosed || IsOver || stream.HasTurn)
            return;
        if (stream.SendWindow <= 0)
            stream.WantsWindow = true;
        else
            _queue.Enqueue(stream);
    }

    /// <summary>The stream does not use its turn.</summary>
    public void PassOn(Http2Stream stream) => PassTurn(stream);

    private int SendSome(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
    {
        var isContended = !_queue.IsEmpty;
        var sent = 0;
        if (!isContended || stream.HasTurn)
        {
            var allowed = Math.Min(stream.SendWindow, SendRoom());
            if (isContended)
                allowed = Math.Min(allowed, Turn);
            while (sent < data.Length && allowed > sent)
            {
                var length = (int)Math.Min(Math.Min(data.Length - sent, allowed - sent), FrameHeader.MaxPayload);
                WriteData(stream, data.Slice(sent, length), endOfStream && sent + length == data.Length);
                sent += length;
            }
        }
        if (sent == data.Length)
            return sent;
        if (stream.SendWindow <= 0)
            stream.WantsWindow = true;
        else
            _queue.Enqueue(stream);
        return sent;
    }

    /// <summary>Bytes of DATA that the connection's window and the output have room for.</summary>
    private long SendRoom() => Math.Min(_sendWindow, _options.OutputBufferBytes - _output.Length);

    private void PassTurn(Http2Stream stream)
    {
        if (!stream.HasTurn)
            return;
        stream.HasTurn = false;
        _turns--;
        WakeSenders();
    }

    /// <summary>Gives turns to as many streams as there is room for beside those that have theirs and have not used it yet.</summary>
    private void WakeSenders()
    {
        if (_isWaking || IsOver)
            return;
        _isWaking = true;
        while (!_queue.IsEmpty && SendRoom() > _turns * Turn)
        {
            var stream = _queue.Dequeue()!;
            stream.HasTurn = true;
            _turns++;
            _handler.OnWritable(stream);
        }
        _isWaking = false;
    }

    private void SendResponseHead(
        Http2Stream stream,
        ResponseHead head,
        int status,
        long contentLength,
        bool endOfStream
    )
    {
        if (stream.IsLocalClosed || IsOver)
            return;
        var output = ReserveHead(head.Headers);
        var at = FrameHeader.Size;
        HeadEncoder.WriteResponse(_encoder, head, status, contentLength, output, ref at);
        FinishHead(stream, output, at, endOfStream);
    }

    /// <summary>Room for a head, and for the headers of the frames it may have to be cut into.</summary>
    private Span<byte> ReserveHead(HeaderMap headers)
    {
        var room = HeadEncoder.RoomFor(headers);
        return _output.Reserve(room + (FrameHeader.Size * (1 + (room / FrameHeader.MaxPayload))));
    }

    /// <param name="end">End of the block, which starts behind the room for a frame's header.</param>
    private void FinishHead(Http2Stream stream, Span<byte> output, int end, bool endOfStream)
    {
        var length = end - FrameHeader.Size;
        var flags = endOfStream ? FrameFlags.EndStream : FrameFlags.None;
        var frames = 1;
        if (length <= FrameHeader.MaxPayload)
            FrameHeader.Write(output, length, FrameType.Headers, flags | FrameFlags.EndHeaders, stream.Id);
        else
            CutIntoFrames(output, length, flags, stream.Id, out frames);
        Commit(length + (frames * FrameHeader.Size), frames);
        if (!endOfStream)
            return;
        stream.OnLocalEnd();
        CloseIfEnded(stream);
    }

    /// <summary>RFC 9113 §6.10: HEADERS, then CONTINUATION; the pieces are moved apart, the last one first.</summary>
    private static void CutIntoFrames(Span<byte> output, int length, FrameFlags flags, uint id, out int frames)
    {
        frames = (length + FrameHeader.MaxPayload - 1) / FrameHeader.MaxPayload;
        for (var frame = frames - 1; frame > 0; frame--)
        {
            var offset = frame * FrameHeader.MaxPayload;
            var size = Math.Min(length - offset, FrameHeader.MaxPayload);
            var target = output[(frame * (FrameHeader.Size + FrameHeader.MaxPayload))..];
            output.Slice(FrameHeader.Size + offset, size).CopyTo(target[FrameHeader.Size..]);
            var ends = frame == frames - 1 ? FrameFlags.EndHeaders : FrameFlags.None;
            FrameHeader.Write(target, size, FrameType.Continuation, ends, id);
        }
        FrameHeader.Write(output, FrameHeader.MaxPayload, FrameType.Headers, flags, id);
    }

    /// <summary>The end alone: in the DATA frame in front of it, if that has not left, else in one of its own.</summary>
    private void EndData(Http2Stream stream)
    {
        if (!_output.TryEndLastData(stream.Id))
        {
            WriteData(stream, default, endsStream: true);
            return;
        }
        stream.OnLocalEnd();
        CloseIfEnded(stream);
    }

    private void WriteData(Http2Stream stream, ReadOnlySpan<byte> data, bool endsStream)
    {
        var output = _output.Reserve(FrameHeader.Size + data.Length);
        var flags = endsStream ? FrameFlags.EndStream : FrameFlags.None;
        FrameHeader.Write(output, data.Length, FrameType.Data, flags, stream.Id);
        data.CopyTo(output[FrameHeader.Size..]);
        stream.SendWindow -= data.Length;
        _sendWindow -= data.Length;
        _floods.OnDataSent();
        Commit(FrameHeader.Size + data.Length, frames: 1);
        if (!endsStream)
            return;
        stream.OnLocalEnd();
        CloseIfEnded(stream);
    }
}
