// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Lateen.Http.Http2;

/// <summary>Body that arrives, and the windows of both directions (RFC 9113 §5.2).</summary>
public sealed partial class Http2Connection
{
    private const long MaxWindow = int.MaxValue;

    /// <summary>Where the payload under way goes; null when nobody wants it.</summary>
    private Http2Stream? _dataStream;

    /// <summary>Bytes of it that have not come yet, padding included.</summary>
    private int _dataLeft;
    private int _paddingLeft;
    private bool _dataEndsStream;

    private long _receiveWindow;

    /// <summary>Released bytes that the peer has not been told of.</summary>
    private int _credit;

    private long _sendWindow = DefaultWindow;

    /// <summary>
    /// The owner has dealt with body it was given: the peer may send as many bytes again. Told in large steps, when half of
    /// a window is used up.
    /// </summary>
    public void ReleaseReceived(Http2Stream stream, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, stream.UnreleasedBytes);
        stream.UnreleasedBytes -= bytes;
        ReleaseConnection(bytes);
        if (IsOver || stream.IsRemoteClosed)
            return;
        stream.Credit += bytes;
        if (stream.Credit < _options.StreamWindow / 2)
            return;
        stream.ReceiveWindow += stream.Credit;
        WriteWindowUpdate(stream.Id, stream.Credit);
        stream.Credit = 0;
    }

    private void ReleaseConnection(int bytes)
    {
        _credit += bytes;
        if (IsOver || _credit < _options.ConnectionWindow / 2)
            return;
        _receiveWindow += _credit;
        WriteWindowUpdate(0, _credit);
        _credit = 0;
    }

    /// <summary>Takes the header of a DATA frame, and as much of its payload as is here.</summary>
    /// <param name="input">What is behind the frame's header.</param>
    private Http2Fault ReceiveData(FrameHeader header, ReadOnlySpan<byte> input, out int taken)
    {
        taken = 0;
        var padding = 0;
        var overhead = 0;
        if (header.Has(FrameFlags.Padded))
        {
            if (header.Length == 0)
                return Http2Fault.InvalidFrameSize;
            if (input.IsEmpty)
                return Http2Fault.None;
            padding = input[0];
            overhead = 1;
        }
        var length = header.Length - padding - overhead;
        if (header.StreamId == 0)
            return Http2Fault.InvalidStreamId;
        if (length < 0)
            return Http2Fault.InvalidPadding;
        var endsStream = header.Has(FrameFlags.EndStream);
        if (_floods.OnPayload(length == 0, endsStream) is var flood and not Http2Fault.None)
            return flood;
        if (header.Length > _receiveWindow)
            return Http2Fault.WindowExceeded;
        _receiveWindow -= header.Length;
        taken = FrameHeader.Size + overhead;
        if (BeginData(header, length, endsStream) is var fault and not Http2Fault.None)
            return fault;
        _dataLeft = length + padding;
        _paddingLeft = padding;
        _dataEndsStream = endsStream;
        ReleasePadding(padding + overhead);
        if (length == 0 && endsStream && _dataStream is not null)
            Deliver(default, endsStream: true);
        ReceivePayload(input[overhead..], out var payload);
        taken += payload;
        return Http2Fault.None;
    }

    /// <summary>Whose payload is it, and may it come?</summary>
    private Http2Fault BeginData(FrameHeader header, int length, bool endsStream)
    {
        _dataStream = null;
        if (_streams.Find(header.StreamId) is not { } stream)
            return OnDataOfClosedStream(header.StreamId);
        if (stream.IsRemoteClosed)
            return ResetForFault(stream, Http2Fault.StreamClosed);
        if (!stream.HeadReceived)
            return RefuseMessage(stream, Http2Fault.InvalidMessageEnd);
        if (header.Length > stream.ReceiveWindow)
            return ResetForFault(stream, Http2Fault.WindowExceeded);
        stream.ReceiveWindow -= header.Length;
        stream.BodyReceived += length;
        if (
            stream.BodyExpected >= 0
            && (stream.BodyReceived > stream.BodyExpected || (endsStream && stream.BodyReceived < stream.BodyExpected))
        )
            return RefuseMessage(stream, Http2Fault.ContentLengthMismatch);
        _dataStream = stream;
        return Http2Fault.None;
    }

    private Http2Fault OnDataOfClosedStream(uint id)
    {
        if (IsIdle(id))
            return Http2Fault.IdleStream;
        switch (_closed.EndOf(id))
        {
            case StreamEnd.Complete:
                return Http2Fault.StreamClosed;
            case StreamEnd.ResetByPeer:
                WriteRstStream(id, Http2ErrorCode.StreamClosed);
                return Http2Fault.None;
            default:
                return Http2Fault.None;
        }
    }

    /// <summary>Padding counts against the windows (RFC 9113 §6.1) and is dealt with as soon as it is known of.</summary>
    private void ReleasePadding(int bytes)
    {
        if (bytes == 0)
            return;
        if (_dataStream is null)
        {
            ReleaseConnection(bytes);
            return;
        }
        _dataStream.UnreleasedBytes += bytes;
        ReleaseReceived(_dataStream, bytes);
    }

    private void ReceivePayload(ReadOnlySpan<byte> input, out int taken)
    {
        taken = Math.Min(input.Length, _dataLeft);
        _dataLeft -= taken;
        var padding = Math.Min(taken, Math.Max(0, _paddingLeft - _dataLeft));
        _paddingLeft -= padding;
        var data = input[..(taken - padding)];
        if (data.IsEmpty)
            return;
        if (_dataStream is null)
            ReleaseConnection(data.Length);
        else
            Deliver(data, _dataEndsStream && _dataLeft == _paddingLeft);
    }

    private void Deliver(ReadOnlySpan<byte> data, bool endsStream)
    {
        var stream = _dataStream!;
        stream.UnreleasedBytes += data.Length;
        if (endsStream)
        {
            _dataStream = null;
            stream.OnRemoteEnd();
            CloseIfEnded(stream);
        }
        _handler.OnData(stream, data, endsStream);
    }

    private Http2Fault OnWindowUpdate(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
            return Http2Fault.InvalidFrameSize;
        if (_floods.OnWindowUpdate() is var flood and not Http2Fault.None)
            return flood;
        var increment = BinaryPrimitives.ReadUInt32BigEndian(payload) & FrameHeader.StreamIdMask;
        if (header.StreamId != 0)
            return OnStreamWindow(header.StreamId, increment);
        if (increment == 0)
            return Http2Fault.ZeroWindowUpdate;
        _sendWindow += increment;
        if (_sendWindow > MaxWindow)
            return Http2Fault.WindowOverflow;
        WakeSenders();
        return Http2Fault.None;
    }

    private Http2Fault OnStreamWindow(uint id, uint increment)
    {
        if (_streams.Find(id) is not { } stream)
            return IsIdle(id) ? Http2Fault.IdleStream : Http2Fault.None;
        if (increment == 0)
            return ResetForFault(stream, Http2Fault.ZeroWindowUpdate);
        stream.SendWindow += increment;
        if (stream.SendWindow > MaxWindow)
            return ResetForFault(stream, Http2Fault.WindowOverflow);
        WakeForWindow(stream);
        return Http2Fault.None;
    }

    private void WakeForWindow(Http2Stream stream)
    {
        if (!stream.WantsWindow || stream.SendWindow <= 0)
            return;
        stream.WantsWindow = false;
        _handler.OnWritable(stream);
    }
}
