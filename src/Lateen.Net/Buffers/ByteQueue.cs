// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;

namespace Lateen.Net.Buffers;

/// <summary>
/// Bytes that wait in native buffers of a loop: put in at the end, read from the front, and kept until they are released,
/// so that a reader may start over. Holds no buffer while it is empty.
/// </summary>
public sealed class ByteQueue(EventLoop loop)
{
    private Segment[] _segments = new Segment[4];
    private int _count;

    /// <summary>The segment that is read next, and where in it.</summary>
    private int _readSegment;
    private int _readOffset;

    /// <summary>Bytes that were read and not released.</summary>
    public int Held { get; private set; }

    /// <summary>Bytes that were not read yet.</summary>
    public int Unread { get; private set; }

    /// <summary>Copies bytes to the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Unread += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_count == 0 || _segments[_count - 1].Room == 0)
                AddSegment();
            ref var last = ref _segments[_count - 1];
            var length = Math.Min(bytes.Length, last.Room);
            bytes[..length].CopyTo(last.Buffer.Span[last.End..]);
            last.End += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>Takes the next run, at most <paramref name="max"/> bytes; empty when everything was read.</summary>
    public ReadOnlySpan<byte> Read(int max)
    {
        while (_readSegment < _count)
        {
            ref var segment = ref _segments[_readSegment];
            var length = Math.Min(segment.End - _readOffset, max);
            if (length == 0 && segment.Room == 0)
            {
                _readSegment++;
                _readOffset = 0;
                continue;
            }
            var run = segment.Buffer.Span.Slice(_readOffset, length);
            _readOffset += length;
            Held += length;
            Unread -= length;
            return run;
        }
        return default;
    }

    /// <summary>Reads again from where the last release was.</summary>
    public void Rewind()
    {
        Unread += Held;
        Held = 0;
        _readSegment = 0;
        _readOffset = _count == 0 ? 0 : _segments[0].Start;
    }

    /// <summary>Gives up what was read.</summary>
    /// <returns>Bytes released.</returns>
    public int Release()
    {
        var released = Held;
        Held = 0;
        if (Unread == 0)
        {
            Drop(_count);
            return released;
        }
        Drop(_readSegment);
        _segments[0].Start = _readOffset;
        return released;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Held = Unread = 0;
        Drop(_count);
    }

    private void AddSegment()
    {
        if (_count == _segments.Length)
            Array.Resize(ref _segments, _count * 2);
        _segments[_count++] = new Segment { Buffer = loop.Buffers.Rent(BufferPool.SmallSize) };
    }

    private void Drop(int count)
    {
        for (var i = 0; i < count; i++)
            loop.Buffers.Return(_segments[i].Buffer);
        _count -= count;
        _segments.AsSpan(count, _count).CopyTo(_segments);
        _segments.AsSpan(_count, count).Clear();
        if (_count == 0)
            _readOffset = 0;
        _readSegment = 0;
    }

    private struct Segment
    {
        public NativeBuffer Buffer;
        public int Start;
        public int End;

        public readonly int Room => Buffer.Length - End;
    }
}
