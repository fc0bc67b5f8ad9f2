// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>Why a peer's bytes were refused: a closed set, so that each reason is one counter and one answer.</summary>
public enum Http2Fault : byte
{
    None,

    /// <summary>The connection does not start as RFC 9113 §3.4 wants it.</summary>
    InvalidPreface,

    /// <summary>The first frame is no SETTINGS (RFC 9113 §3.4).</summary>
    MissingSettings,

    /// <summary>A frame larger than SETTINGS_MAX_FRAME_SIZE (RFC 9113 §4.2).</summary>
    FrameTooLarge,

    /// <summary>A frame whose length does not fit its type (RFC 9113 §4.2).</summary>
    InvalidFrameSize,

    /// <summary>A stream where the frame concerns the connection, or the other way round, or one the peer may not open (RFC 9113 §5.1.1).</summary>
    InvalidStreamId,

    /// <summary>More padding than payload (RFC 9113 §6.1).</summary>
    InvalidPadding,

    /// <summary>A frame other than HEADERS or PRIORITY on a stream that was never opened (RFC 9113 §5.1).</summary>
    IdleStream,

    /// <summary>A frame on a stream that the peer had ended (RFC 9113 §5.1).</summary>
    StreamClosed,

    /// <summary>CONTINUATION without HEADERS, or HEADERS without its CONTINUATION (RFC 9113 §6.10).</summary>
    InterruptedHeaderBlock,

    /// <summary>A stream that depends on itself (RFC 7540 §5.3.1, which peers still send).</summary>
    SelfDependency,

    /// <summary>PUSH_PROMISE, which we never admit (RFC 9113 §8.4).</summary>
    PushPromise,

    /// <summary>A setting outside its range (RFC 9113 §6.5.2).</summary>
    InvalidSetting,

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1, or one that makes a window so (RFC 9113 §6.5.2, §6.9.2).</summary>
    InvalidInitialWindow,

    /// <summary>WINDOW_UPDATE by nothing (RFC 9113 §6.9).</summary>
    ZeroWindowUpdate,

    /// <summary>WINDOW_UPDATE that makes a window larger than 2^31-1 (RFC 9113 §6.9.1).</summary>
    WindowOverflow,

    /// <summary>More DATA than the window has room for (RFC 9113 §6.9.1).</summary>
    WindowExceeded,

    /// <summary>A header block that HPACK cannot decode (RFC 9113 §4.3).</summary>
    Compression,

    /// <summary>A field name that is empty, not in lower case or no token (RFC 9113 §8.2.1).</summary>
    InvalidHeaderName,

    /// <summary>A field value with control characters or white space at its ends (RFC 9113 §8.2.1).</summary>
    InvalidHeaderValue,

    /// <summary>A pseudo-header that is unknown, of the other kind of message, or in trailers (RFC 9113 §8.3).</summary>
    InvalidPseudoHeader,

    /// <summary>The same pseudo-header twice (RFC 9113 §8.3).</summary>
    RepeatedPseudoHeader,

    /// <summary>A pseudo-header behind an ordinary field (RFC 9113 §8.3).</summary>
    MisplacedPseudoHeader,

    /// <summary>A pseudo-header that the message has to have is not there, or one that CONNECT must not have is (RFC 9113 §8.3.1, §8.5).</summary>
    MissingPseudoHeader,

    /// <summary>A field that concerns an HTTP/1 connection (RFC 9113 §8.2.2).</summary>
    ConnectionSpecificHeader,

    /// <summary>The method is no token (RFC 9110 §9.1).</summary>
    InvalidMethod,

    /// <summary>Empty, not in origin-form, or with octets no URI has (RFC 9113 §8.3.1).</summary>
    InvalidPath,

    /// <summary>Neither <c>http</c> nor <c>https</c>.</summary>
    InvalidScheme,

    /// <summary>No host and port, or with user information (RFC 9113 §8.3.1).</summary>
    InvalidAuthority,

    /// <summary>Host and :authority name different hosts (RFC 9113 §8.3.1).</summary>
    HostMismatch,

    /// <summary>:status is no number of three digits, or is 101 (RFC 9113 §8.3.2, §8.6).</summary>
    InvalidStatus,

    /// <summary>Content-Length is no decimal number that fits, or stands there twice (RFC 9110 §8.6).</summary>
    InvalidContentLength,

    /// <summary>The body is longer or shorter than Content-Length says, or there is one where none may be (RFC 9113 §8.1.1).</summary>
    ContentLengthMismatch,

    /// <summary>Trailers, or a head, that cannot end the stream and do, or the other way round (RFC 9113 §8.1).</summary>
    InvalidMessageEnd,

    /// <summary>More bytes of fields than <see cref="Http2Options.MaxHeaderListBytes"/>.</summary>
    HeaderListTooLarge,

    /// <summary>More fields than <see cref="Http2Options.MaxHeaderCount"/>.</summary>
    TooManyHeaders,

    /// <summary>See <see cref="HeadersWithUnderscores.RejectRequest"/>; costs the stream alone.</summary>
    UnderscoreInHeaderName,

    /// <summary>More streams at a time than <see cref="Http2Options.MaxConcurrentStreams"/>, or nobody to serve them.</summary>
    StreamRefused,

    /// <summary>See <see cref="Http2Options.MaxConsecutiveInboundFramesWithEmptyPayload"/>.</summary>
    EmptyFramesFlood,

    /// <summary>See <see cref="Http2Options.MaxInboundPriorityFramesPerStream"/>.</summary>
    PriorityFramesFlood,

    /// <summary>See <see cref="Http2Options.MaxInboundWindowUpdateFramesPerDataFrameSent"/>.</summary>
    WindowUpdateFramesFlood,

    /// <summary>See <see cref="Http2Options.MaxContinuationFrames"/>; CVE-2024-27316.</summary>
    ContinuationFlood,

    /// <summary>See <see cref="Http2Options.MaxOutboundFrames"/>.</summary>
    OutboundFlood,

    /// <summary>See <see cref="Http2Options.MaxOutboundControlFrames"/>.</summary>
    OutboundControlFlood,

    /// <summary>See <see cref="Http2Options.PrematureResetTotalStreamCount"/>; CVE-2023-44487.</summary>
    PrematureResets,

    /// <summary>A block of fields that did not come to its end in time, by the owner's clock.</summary>
    BlockTimeout,
}
