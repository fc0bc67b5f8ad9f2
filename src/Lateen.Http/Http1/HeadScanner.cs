// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>Finds the end of a head, line by line, without looking twice at bytes of an earlier attempt.</summary>
internal static class HeadScanner
{
    /// <param name="scanned">Start of the first line not examined yet; kept by the caller between attempts, 0 at first.</param>
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
        while (true)
        {
            var toLineFeed = input[scanned..].IndexOf((byte)'\n');
            if (toLineFeed < 0)
            {
                fault = input.Length >= limit ? Http1Fault.HeadTooLarge : Http1Fault.None;
                return fault == Http1Fault.None ? ParseStatus.NeedMore : ParseStatus.Fault;
            }
            // RFC 9112 §2.2 lets a recipient take LF alone for a line's end; peers that differ in this get smuggled through.
            if (toLineFeed == 0 || input[scanned + toLineFeed - 1] != '\r')
            {
                fault = Http1Fault.BareLineBreak;
                return ParseStatus.Fault;
            }
            scanned += toLineFeed + 1;
            if (scanned > limit)
            {
                fault = Http1Fault.HeadTooLarge;
                return ParseStatus.Fault;
            }
            // RFC 9112 §2.2: an empty line before the start line is ignored, by us once.
            if (toLineFeed == 1 && scanned > 2)
            {
                length = scanned;
                return ParseStatus.Complete;
            }
        }
    }

    /// <summary>Cuts the next line off; the head is known to be complete and its lines to end in CRLF.</summary>
    public static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        var line = head[..(end - 1)];
        head = head[(end + 1)..];
        return line;
    }
}
