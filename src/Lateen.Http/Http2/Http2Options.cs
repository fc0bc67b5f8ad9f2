// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2;

/// <summary>
/// What a connection admits and announces. Names and defaults are those of Envoy's <c>Http2ProtocolOptions</c> unless
/// said otherwise.
/// </summary>
public sealed record Http2Options
{
    /// <summary>Least size of both windows (RFC 9113 §6.9.2); smaller ones are taken for this.</summary>
    public const int MinWindowSize = 65_535;

    public static Http2Options Default { get; } = new();

    /// <summary>Bytes of HPACK table, in both directions: 4096 (<c>hpack_table_size</c>).</summary>
    public int HpackTableSize { get; init; } = HpackDecoder.DefaultTableSize;

    /// <summary>
    /// Streams at a time: 1024 (<c>max_concurrent_streams</c>). A server announces it; a client opens no more, whatever the
    /// server admits.
    /// </summary>
    public int MaxConcurrentStreams { get; init; } = 1024;

    /// <summary>Bytes of body a peer may send ahead on one stream: 16 MiB (<c>initial_stream_window_size</c>).</summary>
    public int InitialStreamWindowSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of body a peer may send ahead on all streams: 24 MiB (<c>initial_connection_window_size</c>).</summary>
    public int InitialConnectionWindowSize { get; init; } = 24 * 1024 * 1024;

    /// <summary>Whether clients may use extended CONNECT, RFC 8441: false (<c>allow_connect</c>).</summary>
    public bool AllowConnect { get; init; }

    /// <summary>Frames of any kind that wait for a peer that does not read: 10000 (<c>max_outbound_frames</c>).</summary>
    public int MaxOutboundFrames { get; init; } = 10_000;

    /// <summary>Answers (SETTINGS, PING, RST_STREAM) that wait for a peer that does not read: 1000 (<c>max_outbound_control_frames</c>).</summary>
    public int MaxOutboundControlFrames { get; init; } = 1000;

    /// <summary>1 (<c>max_consecutive_inbound_frames_with_empty_payload</c>): HEADERS, CONTINUATION or DATA with nothing in them.</summary>
    public int MaxConsecutiveInboundFramesWithEmptyPayload { get; init; } = 1;

    /// <summary>100 (<c>max_inbound_priority_frames_per_stream</c>): the connection ends at this times streams opened plus one.</summary>
    public int MaxInboundPriorityFramesPerStream { get; init; } = 100;

    /// <summary>
    /// 10 (<c>max_inbound_window_update_frames_per_data_frame_sent</c>): the connection ends at more than
    /// 5 + 2 * (streams opened + this * DATA frames sent).
    /// </summary>
    public int MaxInboundWindowUpdateFramesPerDataFrameSent { get; init; } = 10;

    /// <summary>
    /// False (<c>override_stream_error_on_invalid_http_message</c>): a message that breaks the rules of HTTP ends the
    /// connection; when true, its stream alone.
    /// </summary>
    public bool OverrideStreamErrorOnInvalidHttpMessage { get; init; }

    /// <summary><c>connection_keepalive</c>; null for none. The owner's, whose timers it needs.</summary>
    public Http2KeepAliveOptions? KeepAlive { get; init; }

    /// <summary>Bytes of names and values in a head or trailers: 60 KiB (<c>max_request_headers_kb</c>).</summary>
    public int MaxHeaderListBytes { get; init; } = 60 * 1024;

    /// <summary>Fields in a head or trailers: 100 (<c>max_headers_count</c>).</summary>
    public int MaxHeaderCount { get; init; } = 100;

    /// <summary>What becomes of names with an underscore in requests: allowed (<c>headers_with_underscores_action</c>).</summary>
    public HeadersWithUnderscores HeadersWithUnderscores { get; init; }

    /// <summary>CONTINUATION frames of one block: 8, as nghttp2; more where <see cref="MaxHeaderListBytes"/> needs them.</summary>
    public int MaxContinuationFrames { get; init; } = 8;

    /// <summary>
    /// 500 (runtime <c>overload.premature_reset_total_stream_count</c>): the connection ends when at least half of so many
    /// streams, or of all if there were more, were reset by the client early and unanswered. 0 switches it off.
    /// </summary>
    public int PrematureResetTotalStreamCount { get; init; } = 500;

    /// <summary>1 s (runtime <c>overload.premature_reset_min_stream_lifetime_seconds</c>): what is early.</summary>
    public TimeSpan PrematureResetMinStreamLifetime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Bytes of output that DATA is written up to while the peer is not reading; heads and control frames go beyond:
    /// 64 KiB, ours. It is what one write to a socket takes.
    /// </summary>
    public int OutputBufferBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of output at which the connection ends, however few frames they are: 4 MiB, ours.</summary>
    public int MaxOutboundBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether literals are written in Huffman code: false, ours; see <see cref="HpackEncoder"/>.</summary>
    public bool HpackHuffman { get; init; }

    internal int StreamWindow => Math.Max(InitialStreamWindowSize, MinWindowSize);

    internal int ConnectionWindow => Math.Max(InitialConnectionWindowSize, MinWindowSize);

    /// <summary>Compressed bytes of a block: as many as it may have uncompressed, for compression can also make larger.</summary>
    internal int MaxBlockBytes => Math.Max(MaxHeaderListBytes, FrameHeader.MaxPayload) + FrameHeader.MaxPayload;

    internal int ContinuationLimit => Math.Max(MaxContinuationFrames, MaxBlockBytes / FrameHeader.MaxPayload * 2);
}
