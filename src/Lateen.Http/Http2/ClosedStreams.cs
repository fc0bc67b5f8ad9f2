// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>How a stream came to its end, which decides what a late frame on it means (RFC 9113 §5.1).</summary>
internal enum StreamEnd : byte
{
    /// <summary>Nothing is known: it was closed long ago, or passed over (RFC 9113 §5.1.1).</summary>
    Unknown,

    /// <summary>Both sides ended it: a late frame is the peer's error.</summary>
    Complete,

    /// <summary>The peer reset it: likewise.</summary>
    ResetByPeer,

    /// <summary>We reset it: frames that were under way are to be ignored.</summary>
    ResetByUs,
}

/// <summary>Remembers how the last streams ended.</summary>
internal sealed class ClosedStreams
{
    private const int Remembered = 64;

    private readonly uint[] _ids = new uint[Remembered];
    private readonly StreamEnd[] _ends = new StreamEnd[Remembered];
    private int _next;

    public void Add(uint id, StreamEnd end)
    {
        _ids[_next] = id;
        _ends[_next] = end;
        _next = (_next + 1) % Remembered;
    }

    public StreamEnd EndOf(uint id)
    {
        var at = _ids.AsSpan().IndexOf(id);
        return at < 0 ? StreamEnd.Unknown : _ends[at];
    }
}
