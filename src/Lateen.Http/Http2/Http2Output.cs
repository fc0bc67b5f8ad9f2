// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>Frames that wait to be written, in one array that is given back when all of them are gone.</summary>
internal sealed class Http2Output
{
    private readonly Http2Workspace _workspace;
    private readonly Http2Counters _counters;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Start of the first frame that is not written whole; with it, written bytes are told apart into frames.</summary>
    private int _frame;

    /// <summary>Start of the last frame, while nobody has looked at it; -1 otherwise.</summary>
    private int _last = -1;

    public Http2Output(Http2Workspace workspace, Http2Counters counters)
    {
        _workspace = workspace;
        _counters = counters;
    }

    /// <summary>What is to be written. Whoever looks may be writing it, so it is not changed any more.</summary>
    public ReadOnlySpan<byte> Pending
    {
        get
        {
            _last = -1;
            return _buffer.AsSpan(_start, _end - _start);
        }
    }

    public int Length => _end - _start;

    /// <summary>Frames not written whole.</summary>
    public int Frames { get; private set; }

    /// <summary>Those of them that answer a peer: SETTINGS, PING and RST_STREAM.</summary>
    public int ControlFrames { get; private set; }

    /// <summary>Room behind what is pending; <see cref="Commit"/> takes it.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _end < length)
            MakeRoom(length);
        return _buffer.AsSpan(_end);
    }

    /// <summary>Takes bytes that are no frame: the client's preface.</summary>
    public void CommitRaw(int length)
    {
        _end += length;
        _frame = _end;
        _counters.Add(Http2Counter.PendingSendBytes, length);
    }

    public void Commit(int length, int frames, bool isControl)
    {
        _last = frames == 1 ? _end : -1;
        _end += length;
        Frames += frames;
        if (isControl)
            ControlFrames += frames;
        _counters.Add(Http2Counter.PendingSendBytes, length);
    }

    /// <summary>Sets END_STREAM in the last frame, if that is DATA of this stream and nobody has seen it.</summary>
    public bool TryEndLastData(uint streamId)
    {
        if (_last < 0)
            return false;
        var frame = _buffer.AsSpan(_last);
        var header = FrameHeader.Read(frame);
        if (header.Type != FrameType.Data || header.StreamId != streamId)
            return false;
        FrameHeader.Write(frame, header.Length, FrameType.Data, header.Flags | FrameFlags.EndStream, streamId);
        return true;
    }

    /// <summary>The first bytes of <see cref="Pending"/> are written.</summary>
    public void Drain(int length)
    {
        _start += length;
        _counters.Add(Http2Counter.PendingSendBytes, -length);
        if (_start == _end)
        {
            Clear();
            return;
        }
        while (_frame < _start)
        {
            var header = FrameHeader.Read(_buffer.AsSpan(_frame));
            if (_frame + FrameHeader.Size + header.Length > _start)
                break;
            _frame += FrameHeader.Size + header.Length;
            Frames--;
            if (IsControl(header.Type))
                ControlFrames--;
        }
    }

    /// <summary>Drops what is left.</summary>
    public void Discard()
    {
        _counters.Add(Http2Counter.PendingSendBytes, -Length);
        Clear();
    }

    private void Clear()
    {
        _workspace.Return(_buffer);
        _buffer = [];
        _start = _end = _frame = 0;
        _last = -1;
        Frames = ControlFrames = 0;
    }

    private static bool IsControl(FrameType type) =>
        type is FrameType.Settings or FrameType.Ping or FrameType.RstStream;

    private void MakeRoom(int length)
    {
        var keep = Math.Min(_frame, _start);
        var live = _end - keep;
        var target = _buffer;
        if (target.Length < live + length)
            target = _workspace.Rent(Math.Max(live + length, Math.Min(live * 2, 1 << 22)));
        _buffer.AsSpan(keep, live).CopyTo(target);
        if (target != _buffer)
        {
            _workspace.Return(_buffer);
            _buffer = target;
        }
        _start -= keep;
        _end -= keep;
        _frame -= keep;
        if (_last >= 0)
            _last -= keep;
    }
}
