// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Lateen.Http.Http2;

/// <summary>Frames about the connection, and the ends of streams, that are sent.</summary>
public sealed partial class Http2Connection
{
    private const int PingLength = 8;

    /// <summary>The last stream that was given to the handler: what GOAWAY names.</summary>
    private uint _lastServedId;
    private bool _isGoingAway;

    /// <summary>The peer has sent GOAWAY: a client opens no more streams here.</summary>
    public bool PeerIsGoingAway { get; private set; }

    /// <summary>We have sent the final GOAWAY: streams that the peer opens from now on are ignored.</summary>
    public bool IsGoingAway => _isGoingAway;

    /// <summary>Sends what each side starts with (RFC 9113 §3.4): the client's preface, SETTINGS and the connection's window.</summary>
    public void Start(long now)
    {
        _now = now;
        if (Role == Http2Role.Client)
        {
            s_preface.CopyTo(_output.Reserve(s_preface.Length));
            _output.CommitRaw(s_preface.Length);
        }
        WriteSettings();
        var more = _options.ConnectionWindow - DefaultWindow;
        if (more > 0)
            WriteWindowUpdate(0, more);
    }

    /// <summary>Asks the peer whether it is there; <see cref="IHttp2Handler.OnPingAnswered"/> has the answer.</summary>
    public void SendPing(ulong payload)
    {
        if (!IsOver)
            WritePing(payload, FrameFlags.None);
    }

    /// <summary>The keepalive's answer did not come in time (<c>connection_keepalive.timeout</c>): the owner closes.</summary>
    public void OnKeepaliveTimeout() => _counters.Add(Http2Counter.KeepaliveTimeout);

    /// <summary>
    /// First step of a graceful end (RFC 9113 §6.8): the client is to open no more streams, but those under way to us are
    /// still served. Some time later, at least a round trip, comes <see cref="SendGoAway"/>.
    /// </summary>
    public void SendShutdownNotice()
    {
        if (!IsOver && !_isGoingAway)
            WriteGoAway(FrameHeader.StreamIdMask, Http2ErrorCode.NoError, "");
    }

    /// <summary>Names the last stream that is served. With no streams left, the owner writes the output and closes.</summary>
    public void SendGoAway(Http2ErrorCode code = Http2ErrorCode.NoError)
    {
        if (IsOver || _isGoingAway)
            return;
        _isGoingAway = true;
        WriteGoAway(_lastServedId, code, "");
    }

    /// <summary>Ends a stream before its time. Does nothing to one that is closed.</summary>
    public void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        if (stream.State == Http2StreamState.Closed)
            return;
        if (stream.State == Http2StreamState.Idle)
        {
            stream.State = Http2StreamState.Closed;
            return;
        }
        WriteRstStream(stream.Id, code);
        Close(stream, StreamEnd.ResetByUs);
    }

    private void WriteSettings()
    {
        var output = _output.Reserve(FrameHeader.Size + (SettingLength * 6));
        var at = FrameHeader.Size;
        if (_options.HpackTableSize != Hpack.HpackDecoder.DefaultTableSize)
            PutSetting(output, ref at, Setting.HeaderTableSize, _options.HpackTableSize);
        if (Role == Http2Role.Client)
            PutSetting(output, ref at, Setting.EnablePush, 0);
        else
            PutSetting(output, ref at, Setting.MaxConcurrentStreams, _options.MaxConcurrentStreams);
        PutSetting(output, ref at, Setting.InitialWindowSize, _options.StreamWindow);
        PutSetting(output, ref at, Setting.MaxHeaderListSize, _options.MaxHeaderListBytes);
        if (Role == Http2Role.Server && _options.AllowConnect)
            PutSetting(output, ref at, Setting.EnableConnectProtocol, 1);
        FrameHeader.Write(output, at - FrameHeader.Size, FrameType.Settings, FrameFlags.None, 0);
        _output.Commit(at, frames: 1, isControl: true);
    }

    private static void PutSetting(Span<byte> output, ref int at, Setting setting, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output[at..], (ushort)setting);
        BinaryPrimitives.WriteInt32BigEndian(output[(at + 2)..], value);
        at += SettingLength;
    }

    private void WriteSettingsAck()
    {
        FrameHeader.Write(_output.Reserve(FrameHeader.Size), 0, FrameType.Settings, FrameFlags.Ack, 0);
        CommitControl(FrameHeader.Size);
    }

    private void WritePing(ulong payload, FrameFlags flags)
    {
        var output = _output.Reserve(FrameHeader.Size + PingLength);
        FrameHeader.Write(output, PingLength, FrameType.Ping, flags, 0);
        BinaryPrimitives.WriteUInt64BigEndian(output[FrameHeader.Size..], payload);
        CommitControl(FrameHeader.Size + PingLength);
    }

    private void WriteRstStream(uint id, Http2ErrorCode code)
    {
        if (IsOver)
            return;
        var output = _output.Reserve(FrameHeader.Size + 4);
        FrameHeader.Write(output, 4, FrameType.RstStream, FrameFlags.None, id);
        BinaryPrimitives.WriteUInt32BigEndian(output[FrameHeader.Size..], (uint)code);
        _counters.Add(Http2Counter.TxReset);
        CommitControl(FrameHeader.Size + 4);
    }

    private void WriteWindowUpdate(uint id, int increment)
    {
        var output = _output.Reserve(FrameHeader.Size + 4);
        FrameHeader.Write(output, 4, FrameType.WindowUpdate, FrameFlags.None, id);
        BinaryPrimitives.WriteInt32BigEndian(output[FrameHeader.Size..], increment);
        Commit(FrameHeader.Size + 4, frames: 1);
    }

    private void WriteGoAway(uint last, Http2ErrorCode code, string details)
    {
        var output = _output.Reserve(FrameHeader.Size + 8 + details.Length);
        FrameHeader.Write(output, 8 + details.Length, FrameType.GoAway, FrameFlags.None, 0);
        BinaryPrimitives.WriteUInt32BigEndian(output[FrameHeader.Size..], last);
        BinaryPrimitives.WriteUInt32BigEndian(output[(FrameHeader.Size + 4)..], (uint)code);
        Encoding.ASCII.GetBytes(details, output[(FrameHeader.Size + 8)..]);
        _counters.Add(Http2Counter.GoAwaySent);
        _output.Commit(FrameHeader.Size + 8 + details.Length, frames: 1, isControl: false);
    }

    private void CommitControl(int length)
    {
        _output.Commit(length, frames: 1, isControl: true);
        if (_output.ControlFrames > _options.MaxOutboundControlFrames)
            _pendingFault = Http2Fault.OutboundControlFlood;
    }

    private void Commit(int length, int frames)
    {
        _output.Commit(length, frames, isControl: false);
        if (_output.Frames > _options.MaxOutboundFrames || _output.Length > _options.MaxOutboundBytes)
            _pendingFault = Http2Fault.OutboundFlood;
    }
}
