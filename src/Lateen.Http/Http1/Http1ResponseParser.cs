// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>What a response's head says about its body and its connection.</summary>
public readonly record struct Http1ResponseInfo
{
    public BodyFraming Framing { get; init; }

    /// <summary>Bytes of the body, or of the body that a GET would have got for HEAD and 304; -1 where the head does not say.</summary>
    public long ContentLength { get; init; }

    /// <summary>The server goes on with the connection after this message.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>A 1xx response other than 101: the final one follows (RFC 9110 §15.2).</summary>
    public bool IsInterim { get; init; }

    /// <summary>101: what follows is another protocol.</summary>
    public bool IsUpgrade { get; init; }
}

/// <summary>Parses response heads (RFC 9112 §4, §5). Keeps nothing between calls.</summary>
public static class Http1ResponseParser
{
    /// <inheritdoc cref="Http1RequestParser.Parse"/>
    /// <param name="toHead">The request was HEAD, so there is no body whatever the head says.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input,
        Http1Limits limits,
        bool toHead,
        ref int scanned,
        ResponseHead head,
        out Http1ResponseInfo info,
        out int consumed,
        out Http1Fault fault
    )
    {
        info = default;
        var status = HeadScanner.FindEnd(input, limits.MaxHeadBytes, ref scanned, out consumed, out fault);
        if (status != ParseStatus.Complete)
            return status;
        head.Clear();
        var rest = input[..consumed];
        if (rest.StartsWith("\r\n"u8))
            rest = rest[2..];
        fault = ParseLines(rest, limits, toHead, head, out info);
        return fault == Http1Fault.None ? ParseStatus.Complete : ParseStatus.Fault;
    }

    private static Http1Fault ParseLines(
        ReadOnlySpan<byte> rest,
        Http1Limits limits,
        bool toHead,
        ResponseHead head,
        out Http1ResponseInfo info
    )
    {
        info = default;
        if (ParseStatusLine(HeadScanner.TakeLine(ref rest), head) is var lineFault and not Http1Fault.None)
            return lineFault;
        var section = new HeaderSection(head.Headers);
        var fault = section.Read(rest, limits);
        if (fault != Http1Fault.None)
            return fault;
        if (section.IsChunked && head.Version == HttpVersion.Http10)
            return Http1Fault.TransferEncodingInHttp10;
        var framing = FramingOf(section, head.Status, toHead);
        info = new Http1ResponseInfo
        {
            Framing = framing,
            ContentLength = section.ContentLength,
            KeepAlive = framing != BodyFraming.UntilClose && WantsKeepAlive(section, head.Version),
            IsInterim = head.Status is >= 100 and < 200 and not 101,
            IsUpgrade = head.Status == 101,
        };
        return Http1Fault.None;
    }

    /// <summary>RFC 9112 §4: <c>HTTP/1.1 200 OK</c>; the reason, and by many servers the space before it, may be missing.</summary>
    private static Http1Fault ParseStatusLine(ReadOnlySpan<byte> line, ResponseHead head)
    {
        if (
            line.Length < 12
            || !line.StartsWith("HTTP/1."u8)
            || line[8] != ' '
            || (line.Length > 12 && line[12] != ' ')
        )
            return Http1Fault.InvalidStartLine;
        if (line[7] is not ((byte)'0' or (byte)'1'))
            return Http1Fault.UnsupportedVersion;
        int hundreds = line[9] - '0';
        int tens = line[10] - '0';
        int ones = line[11] - '0';
        if (hundreds is < 1 or > 9 || tens is < 0 or > 9 || ones is < 0 or > 9 || !HttpSyntax.IsFieldValue(line[12..]))
            return Http1Fault.InvalidStartLine;
        head.Version = line[7] == '0' ? HttpVersion.Http10 : HttpVersion.Http11;
        head.Status = (hundreds * 100) + (tens * 10) + ones;
        return Http1Fault.None;
    }

    /// <summary>RFC 9112 §6.3, in its order.</summary>
    private static BodyFraming FramingOf(in HeaderSection section, int status, bool toHead) =>
        toHead || status is < 200 or 204 or 304 ? BodyFraming.None
        : section.IsChunked ? BodyFraming.Chunked
        : section.ContentLength > 0 ? BodyFraming.ContentLength
        : section.ContentLength == 0 ? BodyFraming.None
        : BodyFraming.UntilClose;

    private static bool WantsKeepAlive(in HeaderSection section, HttpVersion version) =>
        !section.ConnectionClose && (version == HttpVersion.Http11 || section.ConnectionKeepAlive);
}
