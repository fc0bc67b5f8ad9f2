// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2;

/// <summary>
/// What the connections of one thread share: buffers, streams and scratch room, kept for the next one that needs them,
/// so that an idle connection holds next to nothing.
/// </summary>
/// <param name="hasSurplus">Told when more is kept than is needed in any case; null keeps all of it.</param>
public sealed class Http2Workspace(Action? hasSurplus = null)
{
    internal const int SmallBuffer = 16 * 1024;

    /// <summary>Four full frames and their headers, and some control frames: what one write takes.</summary>
    internal const int LargeBuffer = 68 * 1024;

    /// <summary>Kept in any case of each size and of streams: 1 MiB, 2.1 MiB and some 100 KiB.</summary>
    private const int KeptSmall = 64;
    private const int KeptLarge = 32;
    private const int KeptStreams = 512;

    private readonly SpareStore<byte[]> _small = new(static () => new byte[SmallBuffer], KeptSmall, hasSurplus);
    private readonly SpareStore<byte[]> _large = new(static () => new byte[LargeBuffer], KeptLarge, hasSurplus);
    private readonly SpareStore<Http2Stream> _streams = new(static () => new Http2Stream(), KeptStreams, hasSurplus);

    /// <summary>A burst has left more than is kept in any case.</summary>
    public bool HasSurplus => _small.HasSurplus || _large.HasSurplus || _streams.HasSurplus;

    internal HpackScratch Scratch { get; } = new();

    /// <summary>Lets go some of what nobody has needed since the last time.</summary>
    public void TrimUnused()
    {
        _small.TrimUnused();
        _large.TrimUnused();
        _streams.TrimUnused();
    }

    /// <summary>Gives up all that is kept for the next use.</summary>
    public void TrimAll()
    {
        _small.TrimAll();
        _large.TrimAll();
        _streams.TrimAll();
    }

    /// <summary>At least so many bytes; given back by <see cref="Return"/>.</summary>
    internal byte[] Rent(int length) =>
        length switch
        {
            <= SmallBuffer => _small.Rent(),
            <= LargeBuffer => _large.Rent(),
            _ => ArrayPool<byte>.Shared.Rent(length),
        };

    internal void Return(byte[] buffer)
    {
        if (buffer.Length == SmallBuffer)
            _small.Return(buffer);
        else if (buffer.Length == LargeBuffer)
            _large.Return(buffer);
        else if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    internal Http2Stream TakeStream() => _streams.Rent();

    internal void ReturnStream(Http2Stream stream) => _streams.Return(stream);
}
