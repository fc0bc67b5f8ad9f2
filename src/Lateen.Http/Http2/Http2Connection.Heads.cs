// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Lateen.Http.Hpack;
using Lateen.Http.Http2.Heads;

namespace Lateen.Http.Http2;

/// <summary>Heads and trailers that arrive.</summary>
public sealed partial class Http2Connection
{
    /// <summary>Stream dependency and weight, of a HEADERS frame with the PRIORITY flag.</summary>
    private const int PriorityLength = 5;

    private HeaderBlock _block;

    /// <summary>The highest stream id that the peer has opened.</summary>
    private uint _lastPeerId;

    private void ReturnBlock() => _block.End(_workspace);

    private Http2Fault OnHeaders(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0)
            return Http2Fault.InvalidStreamId;
        if (!TryRemovePadding(header, ref payload))
            return Http2Fault.InvalidPadding;
        if (header.Has(FrameFlags.Priority))
        {
            if (payload.Length < PriorityLength)
                return Http2Fault.InvalidFrameSize;
            if ((BinaryPrimitives.ReadUInt32BigEndian(payload) & FrameHeader.StreamIdMask) == header.StreamId)
                return Http2Fault.SelfDependency;
            payload = payload[PriorityLength..];
        }
        var endsStream = header.Has(FrameFlags.EndStream);
        if (_floods.OnPayload(payload.IsEmpty, endsStream) is var flood and not Http2Fault.None)
            return flood;
        if (header.Has(FrameFlags.EndHeaders))
            return OnBlock(header.StreamId, endsStream, payload);
        _block.Begin(header.StreamId, endsStream, payload, _workspace);
        _handler.OnBlockBegun();
        return Http2Fault.None;
    }

    private Http2Fault OnContinuation(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!_block.IsOpen)
            return Http2Fault.InterruptedHeaderBlock;
        if (_floods.OnPayload(payload.IsEmpty, endsStream: false) is var flood and not Http2Fault.None)
            return flood;
        if (_block.Append(payload, _workspace, _options) is var fault and not Http2Fault.None)
            return fault;
        if (!header.Has(FrameFlags.EndHeaders))
            return Http2Fault.None;
        _handler.OnBlockEnded();
        fault = OnBlock(_block.StreamId, _block.EndsStream, _block.Bytes);
        ReturnBlock();
        return fault;
    }

    private Http2Fault OnBlock(uint id, bool endsStream, ReadOnlySpan<byte> block)
    {
        if (_streams.Find(id) is { } stream)
        {
            if (stream.IsRemoteClosed)
                return RefuseLateBlock(stream, block);
            if (stream.HeadReceived)
                return OnTrailers(stream, endsStream, block);
            return OnResponse(stream, endsStream, block);
        }
        if ((id & 1) == 0)
            return Http2Fault.InvalidStreamId;
        if (IsIdle(id))
            return Role == Http2Role.Server ? OnRequest(id, endsStream, block) : Http2Fault.IdleStream;
        _counters.Add(Http2Counter.HeadersCallbackNoStream);
        return _closed.EndOf(id) switch
        {
            StreamEnd.ResetByUs => Discard(block),
            StreamEnd.Unknown when Role == Http2Role.Client => Discard(block),
            StreamEnd.Unknown => Discard(block, Http2Fault.InvalidStreamId), // RFC 9113 §5.1.1
            StreamEnd.ResetByPeer => RefuseLateBlock(id, block),
            _ => Discard(block, Http2Fault.StreamClosed),
        };
    }

    /// <summary>RFC 9113 §5.1, half-closed (remote): costs the stream.</summary>
    private Http2Fault RefuseLateBlock(Http2Stream stream, ReadOnlySpan<byte> block)
    {
        var fault = Discard(block);
        return fault == Http2Fault.None ? ResetForFault(stream, Http2Fault.StreamClosed) : fault;
    }

    /// <summary>RFC 9113 §5.1, closed by the peer's RST_STREAM: likewise.</summary>
    private Http2Fault RefuseLateBlock(uint id, ReadOnlySpan<byte> block)
    {
        WriteRstStream(id, Http2ErrorCode.StreamClosed);
        return Discard(block);
    }

    /// <summary>Decodes a block that nobody wants, so that the table stays in step.</summary>
    private Http2Fault Discard(ReadOnlySpan<byte> block, Http2Fault fault = Http2Fault.None)
    {
        var sink = default(NullSink);
        return _decoder.Decode(block, ref sink) == HpackFault.None ? fault : Http2Fault.Compression;
    }

    private Http2Fault OnRequest(uint id, bool endsStream, ReadOnlySpan<byte> block)
    {
        _lastPeerId = id;
        if (_isGoingAway)
        {
            _closed.Add(id, StreamEnd.ResetByUs);
            return Discard(block); // RFC 9113 §6.8: behind the last stream that we promised to serve
        }
        if (_streams.Count >= _options.MaxConcurrentStreams || _owned >= 2L * _options.MaxConcurrentStreams)
            return Refuse(id, block);
        var stream = OpenStream(id, Http2StreamState.Open);
        stream.Request = _handler.OnOpening(stream);
        if (stream.Request is null)
        {
            stream.Reset();
            _workspace.ReturnStream(stream);
            return Refuse(id, block);
        }
        _owned++;
        _lastServedId = id;
        Register(stream);
        var sink = new RequestSink(stream.Request, _options);
        if (_decoder.Decode(block, ref sink) != HpackFault.None)
            return Http2Fault.Compression;
        if (sink.Complete() is var fault and not Http2Fault.None)
            return RefuseMessage(stream, fault);
        if (sink.Dropped > 0)
            _counters.Add(Http2Counter.DroppedHeadersWithUnderscores, sink.Dropped);
        stream.ContentLength = stream.BodyExpected = sink.ContentLength;
        stream.ExpectsContinue = sink.ExpectsContinue;
        stream.IsUpgrade = sink.IsUpgrade;
        stream.HeadReceived = true;
        if (endsStream && stream.BodyExpected > 0)
            return RefuseMessage(stream, Http2Fault.ContentLengthMismatch);
        if (endsStream)
            stream.OnRemoteEnd();
        _handler.OnRequest(stream, endsStream);
        return Http2Fault.None;
    }

    private Http2Fault Refuse(uint id, ReadOnlySpan<byte> block)
    {
        _counters.Add(Http2Counter.StreamRefusedErrors);
        _closed.Add(id, StreamEnd.ResetByUs);
        WriteRstStream(id, Http2ErrorCode.RefusedStream);
        return Discard(block);
    }

    private Http2Fault OnResponse(Http2Stream stream, bool endsStream, ReadOnlySpan<byte> block)
    {
        var head = stream.Response!;
        var sink = new ResponseSink(head, _options);
        if (_decoder.Decode(block, ref sink) != HpackFault.None)
            return Http2Fault.Compression;
        if (sink.Complete() is var fault and not Http2Fault.None)
            return RefuseMessage(stream, fault);
        if (head.Status < 200)
        {
            if (endsStream)
                return RefuseMessage(stream, Http2Fault.InvalidMessageEnd); // RFC 9113 §8.1
            _handler.OnInterim(stream);
            return Http2Fault.None;
        }
        stream.HeadReceived = true;
        // RFC 9110 §6.4.1: a length there says what GET would have had.
        stream.ContentLength = sink.ContentLength;
        stream.BodyExpected = stream.IsHead || head.Status is 204 or 304 ? 0 : sink.ContentLength;
        if (endsStream && stream.BodyExpected > 0)
            return RefuseMessage(stream, Http2Fault.ContentLengthMismatch);
        if (stream.IsUpgrade && head.Status is >= 200 and < 300)
            head.Status = 101;
        if (endsStream)
            stream.OnRemoteEnd();
        CloseIfEnded(stream);
        _handler.OnResponse(stream, endsStream);
        return Http2Fault.None;
    }

    private Http2Fault OnTrailers(Http2Stream stream, bool endsStream, ReadOnlySpan<byte> block)
    {
        var sink = new TrailerSink(stream.Trailers, _options);
        if (_decoder.Decode(block, ref sink) != HpackFault.None)
            return Http2Fault.Compression;
        if (!endsStream)
            return RefuseMessage(stream, Http2Fault.InvalidMessageEnd);
        if (sink.Fault != Http2Fault.None)
            return RefuseMessage(stream, sink.Fault);
        if (stream.BodyExpected >= 0 && stream.BodyReceived != stream.BodyExpected)
            return RefuseMessage(stream, Http2Fault.ContentLengthMismatch);
        _counters.Add(Http2Counter.Trailers);
        stream.OnRemoteEnd();
        CloseIfEnded(stream);
        _handler.OnTrailers(stream);
        return Http2Fault.None;
    }

    /// <summary>
    /// A message that breaks the rules (RFC 9113 §8.1.1): by default the connection pays, as in Envoy; one that is too
    /// large costs its stream alone.
    /// </summary>
    private Http2Fault RefuseMessage(Http2Stream stream, Http2Fault fault)
    {
        stream.Fault = fault;
        if (fault is Http2Fault.HeaderListTooLarge or Http2Fault.TooManyHeaders or Http2Fault.UnderscoreInHeaderName)
        {
            CountFault(fault);
            return ResetForFault(stream, fault);
        }
        _counters.Add(Http2Counter.RxMessagingError);
        return _options.OverrideStreamErrorOnInvalidHttpMessage ? ResetForFault(stream, fault) : fault;
    }

    private Http2Fault ResetForFault(Http2Stream stream, Http2Fault fault)
    {
        stream.Fault = fault;
        Reset(stream, fault.ErrorCode());
        _handler.OnReset(stream, fault.ErrorCode());
        return Http2Fault.None;
    }
}
