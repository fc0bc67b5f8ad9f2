// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Streams;

/// <summary>
/// What reads, writes and connects return: a count of bytes, 0 for the end of the stream, or one of these. Failures of
/// a peer are values: they are everyday events that a proxy answers.
/// </summary>
public static class IoResult
{
    /// <summary>The peer ended its side (reads only).</summary>
    public const int EndOfStream = 0;

    /// <summary>The connection broke: reset, unreachable, timed out in the kernel.</summary>
    public const int Failed = -1;

    /// <summary>The read buffer holds as much as the reader admits, and nothing was consumed.</summary>
    public const int BufferFull = -2;

    /// <summary><see cref="ByteStream.Abort"/> was called.</summary>
    public const int Aborted = -3;
}
