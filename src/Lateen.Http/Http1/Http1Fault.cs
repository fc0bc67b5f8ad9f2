// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>Why bytes were refused: a closed set, so that each reason is one counter and one answer.</summary>
public enum Http1Fault : byte
{
    None,

    /// <summary>A line ends in LF alone, or CR stands elsewhere (RFC 9112 §2.2).</summary>
    BareLineBreak,

    /// <summary>The start line is no request line or status line (RFC 9112 §3, §4).</summary>
    InvalidStartLine,

    /// <summary>The method is no token (RFC 9110 §9.1).</summary>
    InvalidMethod,

    /// <summary>The request target has none of the four forms, or octets no URI has (RFC 9112 §3.2).</summary>
    InvalidTarget,

    /// <summary>A version that is not HTTP/1.0 or HTTP/1.1.</summary>
    UnsupportedVersion,

    /// <summary>HTTP/1.0 where it is not accepted.</summary>
    LowVersion,

    /// <summary>A field name is empty, no token, or followed by white space (RFC 9112 §5.1).</summary>
    InvalidHeaderName,

    /// <summary>A field value has control characters (RFC 9110 §5.5).</summary>
    InvalidHeaderValue,

    /// <summary>A header line starts with white space (RFC 9112 §5.2).</summary>
    ObsoleteLineFolding,

    /// <summary>HTTP/1.1 without Host, or an empty one (RFC 9112 §3.2).</summary>
    MissingHost,

    /// <summary>More than one Host line (RFC 9112 §3.2).</summary>
    RepeatedHost,

    /// <summary>Host is no authority (RFC 9112 §3.2).</summary>
    InvalidHost,

    /// <summary>Content-Length is no decimal number that fits, or stands there twice, equal or not (RFC 9112 §6.3).</summary>
    InvalidContentLength,

    /// <summary>Both Content-Length and Transfer-Encoding: request smuggling (RFC 9112 §6.1).</summary>
    ContentLengthWithTransferEncoding,

    /// <summary>A transfer coding other than exactly <c>chunked</c>, once (RFC 9112 §6.1).</summary>
    UnsupportedTransferEncoding,

    /// <summary>Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1).</summary>
    TransferEncodingInHttp10,

    /// <summary>A chunk's size is no hexadecimal number, too large, or badly ended (RFC 9112 §7.1).</summary>
    InvalidChunk,

    /// <summary>More bytes in a head, a trailer section or a chunk line than <see cref="Http1Limits"/> admit.</summary>
    HeadTooLarge,

    /// <summary>More header lines than <see cref="Http1Limits.MaxHeaderCount"/>.</summary>
    TooManyHeaders,

    /// <summary>The peer ended the connection inside a message (RFC 9112 §8).</summary>
    PrematureEnd,

    /// <summary>Connection nominates what proxies go by, or too much: an attempt to have it dropped on the way.</summary>
    NominatedHeader,

    /// <summary>A CONNECT with content (RFC 9110 §9.3.6).</summary>
    BodyInConnect,

    /// <summary>See <see cref="HeadersWithUnderscores.RejectRequest"/>.</summary>
    UnderscoreInHeaderName,
}

/// <summary>What follows from an <see cref="Http1Fault"/>.</summary>
public static class Http1FaultExtensions
{
    /// <summary>The status that answers a request refused so.</summary>
    public static int StatusCode(this Http1Fault fault) =>
        fault switch
        {
            Http1Fault.HeadTooLarge or Http1Fault.TooManyHeaders => 431,
            Http1Fault.LowVersion => 426,
            Http1Fault.UnsupportedTransferEncoding => 501,
            _ => 400,
        };

    /// <summary>Envoy's response code details where it has a name for the fault, else one in its style.</summary>
    public static string Details(this Http1Fault fault) =>
        fault switch
        {
            Http1Fault.HeadTooLarge => "http1.headers_too_large",
            Http1Fault.TooManyHeaders => "http1.too_many_headers",
            Http1Fault.ContentLengthWithTransferEncoding => "http1.content_length_and_chunked_not_allowed",
            Http1Fault.UnsupportedTransferEncoding => "http1.invalid_transfer_encoding",
            Http1Fault.TransferEncodingInHttp10 => "http1.transfer_encoding_in_http10",
            Http1Fault.InvalidTarget => "http1.invalid_url",
            Http1Fault.MissingHost => "missing_host_header",
            Http1Fault.LowVersion => "low_version",
            Http1Fault.NominatedHeader => "http1.connection_header_rejected",
            Http1Fault.BodyInConnect => "http1.body_disallowed",
            Http1Fault.UnderscoreInHeaderName => "http1.unexpected_underscore",
            Http1Fault.InvalidHeaderName or Http1Fault.InvalidHeaderValue => "http1.invalid_characters",
            _ => "http1.codec_error",
        };
}
