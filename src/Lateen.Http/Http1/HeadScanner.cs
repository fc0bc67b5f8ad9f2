// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lateen.Http.Http1;

/// <summary>Finds the end of a head, 32 bytes in a step, without looking twice at bytes of an earlier attempt.</summary>
internal static class HeadScanner
{
    /// <summary>Bits of a mask.</summary>
    private const int Step = 32;

    /// <param name="scanned">Bytes examined so far; kept by the caller between attempts, 0 at first.</param>
    /// <param name="length">Bytes of the head, its final empty line included.</param>
    public static ParseStatus FindEnd(
        ReadOnlySpan<byte> input,
        int limit,
        ref int scanned,
        out int length,
        out Http1Fault fault
    )
    {
        length = 0;
        fault = Http1Fault.None;
        var text = input[..Math.Min(input.Length, limit)];
        for (; scanned < text.Length; scanned = Math.Min(scanned + Step, text.Length))
        {
            for (var left = LineFeeds(text, scanned); left != 0; left &= left - 1)
            {
                var lineFeed = scanned + BitOperations.TrailingZeroCount(left);
                // RFC 9112 §2.2 lets a recipient take LF alone for a line's end; peers that differ in this get smuggled through.
                if (lineFeed == 0 || text[lineFeed - 1] != '\r')
                {
                    fault = Http1Fault.BareLineBreak;
                    return ParseStatus.Fault;
                }
                // RFC 9112 §2.2: an empty line before the start line is ignored, by us once: no line ends before it.
                if (lineFeed < 2 || text[lineFeed - 2] != '\n')
                    continue;
                scanned = length = lineFeed + 1;
                return ParseStatus.Complete;
            }
        }
        if (input.Length < limit)
            return ParseStatus.NeedMore;
        fault = Http1Fault.HeadTooLarge;
        return ParseStatus.Fault;
    }

    /// <summary>Cuts the next line off; the head is known to be complete and its lines to end in CRLF.</summary>
    public static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        var line = head[..(end - 1)];
        head = head[(end + 1)..];
        return line;
    }

    /// <summary>A bit for each line feed in the step that begins there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LineFeeds(ReadOnlySpan<byte> text, int start)
    {
        if (text.Length - start >= Step)
            return LineFeeds(Vector256.Create(text.Slice(start, Step)));
        // The last step is taken back from the end, past what was seen already, if the text is as long as that.
        if (text.Length >= Step)
            return LineFeeds(Vector256.Create(text[^Step..])) >> (Step - (text.Length - start));
        var found = 0u;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\n')
                found |= 1u << (i - start);
        }
        return found;
    }

    private static uint LineFeeds(Vector256<byte> text) =>
        Vector256.Equals(text, Vector256.Create((byte)'\n')).ExtractMostSignificantBits();
}
