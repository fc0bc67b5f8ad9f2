// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>Bytes to frames, and frames to what they are about.</summary>
public sealed partial class Http2Connection
{
    private static readonly byte[] s_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private int _prefaceLeft;
    private bool _hasPeerSettings;

    /// <summary>Found where no answer could be given at once: told by the next <see cref="Receive"/>.</summary>
    private Http2Fault _pendingFault;

    /// <summary>What a client sends first (RFC 9113 §3.4).</summary>
    public static ReadOnlySpan<byte> ClientPreface => s_preface;

    /// <summary>Takes what arrived.</summary>
    /// <param name="now">Time, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> has it.</param>
    /// <param name="consumed">Bytes to be taken off the input; the rest comes again with more behind it.</param>
    /// <returns>A fault that ended the connection; see <see cref="Fault"/>.</returns>
    public Http2Fault Receive(ReadOnlySpan<byte> input, long now, out int consumed)
    {
        _now = now;
        consumed = 0;
        var fault = ReceivePreface(input, ref consumed);
        while (fault == Http2Fault.None && !IsOver)
        {
            fault = ReceiveFrame(input[consumed..], out var taken);
            if (fault == Http2Fault.None)
                fault = _pendingFault;
            if (fault == Http2Fault.None && taken == 0)
                break;
            consumed += taken;
        }
        return fault == Http2Fault.None ? Fault : Fail(fault);
    }

    private Http2Fault ReceivePreface(ReadOnlySpan<byte> input, ref int consumed)
    {
        if (_prefaceLeft == 0)
            return Http2Fault.None;
        var expected = s_preface.AsSpan(s_preface.Length - _prefaceLeft);
        var count = Math.Min(expected.Length, input.Length);
        if (!input[..count].SequenceEqual(expected[..count]))
            return Http2Fault.InvalidPreface;
        _prefaceLeft -= count;
        consumed = count;
        return Http2Fault.None;
    }

    private Http2Fault ReceiveFrame(ReadOnlySpan<byte> input, out int taken)
    {
        taken = 0;
        if (_prefaceLeft > 0)
            return Http2Fault.None;
        if (_dataLeft > 0)
        {
            ReceivePayload(input, out taken);
            return Http2Fault.None;
        }
        if (input.Length < FrameHeader.Size)
            return Http2Fault.None;
        var header = FrameHeader.Read(input);
        if (header.Length > FrameHeader.MaxPayload)
            return Http2Fault.FrameTooLarge;
        if (!_hasPeerSettings && (header.Type != FrameType.Settings || header.Has(FrameFlags.Ack)))
            return Http2Fault.MissingSettings;
        if (_block.IsOpen && (header.Type != FrameType.Continuation || header.StreamId != _block.StreamId))
            return Http2Fault.InterruptedHeaderBlock;
        if (header.Type == FrameType.Data)
            return ReceiveData(header, input[FrameHeader.Size..], out taken);
        if (input.Length < FrameHeader.Size + header.Length)
            return Http2Fault.None;
        taken = FrameHeader.Size + header.Length;
        return Dispatch(header, input.Slice(FrameHeader.Size, header.Length));
    }

    private Http2Fault Dispatch(FrameHeader header, ReadOnlySpan<byte> payload) =>
        header.Type switch
        {
            FrameType.Headers => OnHeaders(header, payload),
            FrameType.Continuation => OnContinuation(header, payload),
            FrameType.WindowUpdate => OnWindowUpdate(header, payload),
            FrameType.RstStream => OnRstStream(header, payload),
            FrameType.Ping => OnPing(header, payload),
            FrameType.Settings => OnSettings(header, payload),
            FrameType.GoAway => OnGoAway(header, payload),
            FrameType.Priority => OnPriority(header, payload),
            FrameType.PushPromise => Http2Fault.PushPromise,
            _ => Http2Fault.None, // RFC 9113 §5.5
        };

    /// <summary>True for an id that no HEADERS has opened yet.</summary>
    private bool IsIdle(uint id)
    {
        var isPeers = (id & 1) == (Role == Http2Role.Server ? 1u : 0u);
        return isPeers ? id > _lastPeerId : id >= _nextId;
    }

    /// <summary>RFC 9113 §6.1: cuts the padding's length and the padding off.</summary>
    private static bool TryRemovePadding(FrameHeader header, ref ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded))
            return true;
        if (payload.IsEmpty || payload[0] >= payload.Length)
            return false;
        payload = payload[1..^payload[0]];
        return true;
    }
}
