// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Http.Http1;

/// <summary>What a request's head says about its body and its connection.</summary>
public readonly record struct Http1RequestInfo
{
    public BodyFraming Framing { get; init; }

    /// <summary>Bytes of the body; -1 where the head does not say.</summary>
    public long ContentLength { get; init; }

    /// <summary>The client wants to go on with the connection (RFC 9112 §9.3).</summary>
    public bool KeepAlive { get; init; }

    public bool ExpectContinue { get; init; }

    /// <summary>
    /// The client asks to switch protocols; the Upgrade line is in the head. Not with a body: nobody has to follow an upgrade
    /// (RFC 9110 §7.8), and what of the bytes behind the head would be which protocol's is asking for trouble.
    /// </summary>
    public bool IsUpgrade { get; init; }

    /// <summary>The client asks to go on with HTTP/2 (RFC 7540 §3.2); there is no Upgrade line then.</summary>
    public bool IsHttp2Upgrade { get; init; }

    /// <summary>Value of HTTP2-Settings, when that is so.</summary>
    public TextRange Http2Settings { get; init; }

    public bool IsHead { get; init; }

    public bool IsConnect { get; init; }

    /// <summary>Header lines left out for the underscore in their name.</summary>
    public int DroppedLines { get; init; }
}

/// <summary>Parses request heads (RFC 9112 §3, §5). Keeps nothing between calls.</summary>
public static class Http1RequestParser
{
    /// <summary>Parses a whole head into <paramref name="head"/>, or nothing while it is incomplete.</summary>
    /// <param name="scanned">0 for a new head; the parser uses it to go on where it stopped.</param>
    /// <param name="consumed">Bytes of the head; the body and the next requests follow.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input,
        Http1Limits limits,
        ref int scanned,
        RequestHead head,
        out Http1RequestInfo info,
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
        fault = ParseLines(rest, limits, head, out info);
        return fault == Http1Fault.None ? ParseStatus.Complete : ParseStatus.Fault;
    }

    private static Http1Fault ParseLines(
        ReadOnlySpan<byte> rest,
        Http1Limits limits,
        RequestHead head,
        out Http1RequestInfo info
    )
    {
        info = default;
        var line = HeadScanner.TakeLine(ref rest);
        if (ParseVersion(ref line, limits, head) is var versionFault and not Http1Fault.None)
            return versionFault;
        var space = line.IndexOf((byte)' ');
        if (space <= 0)
            return Http1Fault.InvalidStartLine;
        var method = line[..space];
        if (!HttpSyntax.IsToken(method))
            return Http1Fault.InvalidMethod;
        head.SetMethod(method);
        var section = new HeaderSection(head.Headers);
        var sectionFault = section.Read(rest, limits);
        if (sectionFault != Http1Fault.None)
            return sectionFault;
        if (section.HasHost)
            head.SetAuthority(head.Headers.Text(section.Host));
        if (TakeTarget(line[(space + 1)..], method, head) is var targetFault and not Http1Fault.None)
            return targetFault;
        // RFC 9112 §3.2: a 1.1 request without Host is refused whatever its target says.
        if (!section.HasHost && head.Version == HttpVersion.Http11)
            return Http1Fault.MissingHost;
        return Conclude(section, head, method, out info);
    }

    /// <summary>Cuts the version off the end of the request line.</summary>
    private static Http1Fault ParseVersion(ref ReadOnlySpan<byte> line, Http1Limits limits, RequestHead head)
    {
        var space = line.LastIndexOf((byte)' ');
        if (space < 0)
            return Http1Fault.InvalidStartLine;
        var version = line[(space + 1)..];
        line = line[..space];
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            head.Version = HttpVersion.Http11;
            return Http1Fault.None;
        }
        if (version.SequenceEqual("HTTP/1.0"u8))
        {
            head.Version = HttpVersion.Http10;
            return limits.AcceptHttp10 ? Http1Fault.None : Http1Fault.LowVersion;
        }
        var isHttp =
            version.Length == 8
            && version.StartsWith("HTTP/"u8)
            && version[6] == '.'
            && char.IsAsciiDigit((char)version[5])
            && char.IsAsciiDigit((char)version[7]);
        return isHttp ? Http1Fault.UnsupportedVersion : Http1Fault.InvalidStartLine;
    }

    /// <summary>RFC 9112 §3.2: origin-form, absolute-form, authority-form for CONNECT, asterisk-form for OPTIONS.</summary>
    private static Http1Fault TakeTarget(ReadOnlySpan<byte> target, ReadOnlySpan<byte> method, RequestHead head)
    {
        if (!HttpSyntax.IsTarget(target))
            return Http1Fault.InvalidTarget;
        if (method.SequenceEqual("CONNECT"u8))
        {
            if (!HttpSyntax.IsHostAndPort(target))
                return Http1Fault.InvalidTarget;
            head.SetAuthority(target);
            return Http1Fault.None;
        }
        if (target[0] == '/' || (target.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8)))
        {
            head.SetPath(target);
            return Http1Fault.None;
        }
        return TakeAbsoluteForm(target, method, head);
    }

    private static Http1Fault TakeAbsoluteForm(ReadOnlySpan<byte> target, ReadOnlySpan<byte> method, RequestHead head)
    {
        var colon = target.IndexOf("://"u8);
        if (colon < 0)
            return Http1Fault.InvalidTarget;
        var scheme = target[..colon];
        if (Ascii.EqualsIgnoreCase(scheme, "https"u8))
            head.SetScheme("https"u8);
        else if (Ascii.EqualsIgnoreCase(scheme, "http"u8))
            head.SetScheme("http"u8);
        else
            return Http1Fault.InvalidTarget;
        var rest = target[(colon + 3)..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        var authority = end < 0 ? rest : rest[..end];
        if (!HttpSyntax.IsAuthority(authority))
            return Http1Fault.InvalidTarget;
        // RFC 9112 §3.2.2: the target's authority stands in for Host.
        head.SetAuthority(authority);
        if (end < 0)
            head.SetPath(method.SequenceEqual("OPTIONS"u8) ? "*"u8 : "/"u8);
        else if (rest[end] == '/')
            head.SetPath(rest[end..]);
        else
            SetPathBehindSlash(rest[end..], head);
        return Http1Fault.None;
    }

    /// <summary><c>http://host?query</c> has an empty path, which on the wire is a slash (RFC 9110 §4.2.3).</summary>
    private static void SetPathBehindSlash(ReadOnlySpan<byte> query, RequestHead head)
    {
        Span<byte> path = query.Length < 1024 ? stackalloc byte[1024] : new byte[query.Length + 1];
        path[0] = (byte)'/';
        query.CopyTo(path[1..]);
        head.SetPath(path[..(query.Length + 1)]);
    }

    private static Http1Fault Conclude(
        in HeaderSection section,
        RequestHead head,
        ReadOnlySpan<byte> method,
        out Http1RequestInfo info
    )
    {
        info = default;
        var isHttp10 = head.Version == HttpVersion.Http10;
        var isConnect = method.SequenceEqual("CONNECT"u8);
        if (section.IsChunked && isHttp10)
            return Http1Fault.TransferEncodingInHttp10;
        // RFC 9110 §9.3.6: content there means nothing, but not to everybody.
        if (isConnect && section.IsChunked)
            return Http1Fault.UnsupportedTransferEncoding;
        if (isConnect && section.ContentLength > 0)
            return Http1Fault.BodyInConnect;
        var framing =
            section.IsChunked ? BodyFraming.Chunked
            : section.ContentLength > 0 ? BodyFraming.ContentLength
            : BodyFraming.None;
        var mayUpgrade = section.IsUpgrade && !isHttp10 && !isConnect && framing == BodyFraming.None;
        var isHttp2 = section.IsUpgrade && IsHttp2(head.Headers);
        if (!mayUpgrade || isHttp2)
            head.Headers.Remove(KnownHeader.Upgrade);
        info = new Http1RequestInfo
        {
            Framing = framing,
            ContentLength = isConnect ? -1 : section.ContentLength,
            KeepAlive = isHttp10 ? section.ConnectionKeepAlive && !section.ConnectionClose : !section.ConnectionClose,
            ExpectContinue = section.ExpectContinue && !isHttp10,
            IsUpgrade = mayUpgrade && !isHttp2,
            IsHttp2Upgrade = mayUpgrade && isHttp2 && section.HasHttp2Settings,
            Http2Settings = section.Http2Settings,
            IsHead = method.SequenceEqual("HEAD"u8),
            IsConnect = isConnect,
            DroppedLines = section.DroppedLines,
        };
        return Http1Fault.None;
    }

    private static bool IsHttp2(HeaderMap headers) =>
        headers.TryGet(KnownHeader.Upgrade, out var type) && Ascii.EqualsIgnoreCase(type, "h2c"u8);
}
