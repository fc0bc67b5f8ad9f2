// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters.Grpc;

/// <summary>
/// Finds the messages in a gRPC body, which may come in pieces of any size (gRPC over HTTP/2, "Length-Prefixed-Message"):
/// <code>
/// ┌───────┬────────────┬─────────┐
/// │ flags │ length (4) │ message │
/// └───────┴────────────┴─────────┘
/// </code>
/// </summary>
internal struct GrpcFrames
{
    public const int HeaderLength = 5;

    private int _headerRead;

    /// <summary>Bytes of the message that have not come.</summary>
    private uint _left;

    /// <summary>Takes the bytes at the start of some data that belong to one frame.</summary>
    /// <param name="starts">The frame begins with them.</param>
    /// <param name="ends">The frame ends with them.</param>
    /// <returns>How many they are.</returns>
    public int Take(ReadOnlySpan<byte> data, out bool starts, out bool ends)
    {
        starts = _headerRead == 0 && !data.IsEmpty;
        ends = false;
        var at = 0;
        for (; _headerRead < HeaderLength && at < data.Length; at++, _headerRead++)
        {
            // The flags are shifted out by the four bytes behind them.
            _left = (_left << 8) | data[at];
        }
        if (_headerRead < HeaderLength)
            return at;
        var length = (int)Math.Min(_left, (uint)(data.Length - at));
        _left -= (uint)length;
        if (_left == 0)
        {
            ends = true;
            _headerRead = 0;
        }
        return at + length;
    }

    /// <summary>How many frames begin in some data; takes all of it.</summary>
    public int Count(ReadOnlySpan<byte> data)
    {
        var count = 0;
        while (!data.IsEmpty)
        {
            data = data[Take(data, out var starts, out _)..];
            count += starts ? 1 : 0;
        }
        return count;
    }
}
