// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2;

/// <summary>
/// What the connections of one thread share: buffers, streams and scratch room, kept for the next one that needs them,
/// so that an idle connection holds next to nothing.
/// </summary>
public sealed class Http2Workspace
{
    internal const int SmallBuffer = 16 * 1024;

    /// <summary>Four full frames and their headers, and some control frames: what one write takes.</summary>
    internal const int LargeBuffer = 68 * 1024;

    private readonly Stack<byte[]> _small = new();
    private readonly Stack<byte[]> _large = new();
    private readonly Stack<Http2Stream> _streams = new();

    internal HpackScratch Scratch { get; } = new();

    /// <summary>At least so many bytes; given back by <see cref="Return"/>.</summary>
    internal byte[] Rent(int length)
    {
        if (length <= SmallBuffer)
            return _small.TryPop(out var small) ? small : new byte[SmallBuffer];
        if (length <= LargeBuffer)
            return _large.TryPop(out var large) ? large : new byte[LargeBuffer];
        return ArrayPool<byte>.Shared.Rent(length);
    }

    internal void Return(byte[] buffer)
    {
        if (buffer.Length == SmallBuffer)
            _small.Push(buffer);
        else if (buffer.Length == LargeBuffer)
            _large.Push(buffer);
        else if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    internal Http2Stream TakeStream() => _streams.TryPop(out var stream) ? stream : new Http2Stream();

    internal void ReturnStream(Http2Stream stream) => _streams.Push(stream);
}
