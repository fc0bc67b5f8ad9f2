// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Lateen.Http.Http2;

/// <summary>Frames about the connection, and the ends of streams, that arrive.</summary>
public sealed partial class Http2Connection
{
    private const int SettingLength = 6;

    private enum Setting : ushort
    {
        HeaderTableSize = 0x1,
        EnablePush = 0x2,
        MaxConcurrentStreams = 0x3,
        InitialWindowSize = 0x4,
        MaxFrameSize = 0x5,
        MaxHeaderListSize = 0x6,
        EnableConnectProtocol = 0x8,
    }

    private long _peerInitialWindow = DefaultWindow;
    private long _peerMaxConcurrentStreams = long.MaxValue;

    /// <summary>The server takes extended CONNECT (RFC 8441 §3); known when its SETTINGS are here.</summary>
    public bool PeerAllowsConnect { get; private set; }

    /// <summary>The peer's SETTINGS are here.</summary>
    public bool HasPeerSettings => _hasPeerSettings;

    private Http2Fault OnSettings(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
            return Http2Fault.InvalidStreamId;
        if (header.Has(FrameFlags.Ack))
        {
            if (!payload.IsEmpty)
                return Http2Fault.InvalidFrameSize;
            _decoder.OnSettingsAcknowledged();
            return Http2Fault.None;
        }
        if (payload.Length % SettingLength != 0)
            return Http2Fault.InvalidFrameSize;
        if (ApplySettings(payload) is var fault and not Http2Fault.None)
            return fault;
        _hasPeerSettings = true;
        // First the acknowledgement: a peer may count on its old values until it is there (RFC 9113 §6.5.3).
        WriteSettingsAck();
        WakeAllForWindow();
        _handler.OnSettings();
        return Http2Fault.None;
    }

    private Http2Fault ApplySettings(ReadOnlySpan<byte> payload)
    {
        for (; !payload.IsEmpty; payload = payload[SettingLength..])
        {
            var setting = (Setting)BinaryPrimitives.ReadUInt16BigEndian(payload);
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            if (ApplySetting(setting, value) is var fault and not Http2Fault.None)
                return fault;
        }
        return Http2Fault.None;
    }

    private Http2Fault ApplySetting(Setting setting, uint value)
    {
        switch (setting)
        {
            case Setting.HeaderTableSize:
                _encoder.SetPeerTableSize(value);
                return Http2Fault.None;
            case Setting.EnablePush when value > 1 || (value == 1 && Role == Http2Role.Client):
                return Http2Fault.InvalidSetting; // RFC 9113 §6.5.2: a server never sends 1
            case Setting.MaxConcurrentStreams:
                _peerMaxConcurrentStreams = value;
                return Http2Fault.None;
            case Setting.InitialWindowSize:
                return value > MaxWindow ? Http2Fault.InvalidInitialWindow : ChangeInitialWindow(value);
            case Setting.MaxFrameSize when value is < FrameHeader.MaxPayload or > 0xff_ffff:
                return Http2Fault.InvalidSetting;
            case Setting.EnableConnectProtocol when value > 1 || (value == 0 && PeerAllowsConnect):
                return Http2Fault.InvalidSetting; // RFC 8441 §3
            case Setting.EnableConnectProtocol:
                PeerAllowsConnect = value == 1;
                return Http2Fault.None;
            default:
                // Larger frames are not used: 16 KiB keeps streams interleaved. Unknown settings are ignored (§6.5.2).
                return Http2Fault.None;
        }
    }

    /// <summary>RFC 9113 §6.9.2: changes the window of every stream, which may become negative.</summary>
    private Http2Fault ChangeInitialWindow(long size)
    {
        var change = size - _peerInitialWindow;
        _peerInitialWindow = size;
        for (var slot = 0; slot < _streams.Capacity; slot++)
        {
            if (_streams.At(slot) is not { } stream)
                continue;
            stream.SendWindow += change;
            if (stream.SendWindow > MaxWindow)
                return Http2Fault.InvalidInitialWindow;
        }
        return Http2Fault.None;
    }

    /// <summary>Handlers may end streams, which moves others to slots that were passed: so it starts again after each.</summary>
    private void WakeAllForWindow()
    {
        for (var slot = 0; slot < _streams.Capacity; slot++)
        {
            if (_streams.At(slot) is not { WantsWindow: true, SendWindow: > 0 } stream)
                continue;
            WakeForWindow(stream);
            slot = -1;
        }
    }

    private Http2Fault OnPing(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
            return Http2Fault.InvalidStreamId;
        if (payload.Length != PingLength)
            return Http2Fault.InvalidFrameSize;
        if (header.Has(FrameFlags.Ack))
            _handler.OnPingAnswered(BinaryPrimitives.ReadUInt64BigEndian(payload));
        else
            WritePing(BinaryPrimitives.ReadUInt64BigEndian(payload), FrameFlags.Ack);
        return Http2Fault.None;
    }

    private Http2Fault OnRstStream(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0)
            return Http2Fault.InvalidStreamId;
        if (payload.Length != 4)
            return Http2Fault.InvalidFrameSize;
        if (_streams.Find(header.StreamId) is not { } stream)
            return IsIdle(header.StreamId) ? Http2Fault.IdleStream : Http2Fault.None;
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
        _counters.Add(Http2Counter.RxReset);
        stream.IsUnprocessed = Role == Http2Role.Client && code == Http2ErrorCode.RefusedStream;
        Close(stream, StreamEnd.ResetByPeer);
        _handler.OnReset(stream, code);
        return Http2Fault.None;
    }

    private Http2Fault OnPriority(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0)
            return Http2Fault.InvalidStreamId;
        if (payload.Length != PriorityLength)
            return Http2Fault.InvalidFrameSize;
        if ((BinaryPrimitives.ReadUInt32BigEndian(payload) & FrameHeader.StreamIdMask) == header.StreamId)
            return Http2Fault.SelfDependency;
        return _floods.OnPriority();
    }

    private Http2Fault OnGoAway(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
            return Http2Fault.InvalidStreamId;
        if (payload.Length < 8)
            return Http2Fault.InvalidFrameSize;
        var last = BinaryPrimitives.ReadUInt32BigEndian(payload) & FrameHeader.StreamIdMask;
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        PeerIsGoingAway = true;
        // RFC 9113 §6.8: what lies behind was not and will not be processed.
        while (Role == Http2Role.Client && _streams.FindAbove(last) is { } stream)
        {
            stream.IsUnprocessed = true;
            Close(stream, StreamEnd.ResetByPeer);
            _handler.OnReset(stream, Http2ErrorCode.RefusedStream);
        }
        _handler.OnGoAway(last, code);
        return Http2Fault.None;
    }
}
