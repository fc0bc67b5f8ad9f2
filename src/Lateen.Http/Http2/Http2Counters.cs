// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>What is counted of HTTP/2 connections. Envoy has the same under <c>http2.</c>, unless said otherwise.</summary>
public enum Http2Counter
{
    /// <summary>Header fields left out for the underscore in their name.</summary>
    DroppedHeadersWithUnderscores,

    /// <summary>GOAWAY frames sent.</summary>
    GoAwaySent,

    /// <summary>Streams reset for heads that were too large.</summary>
    HeaderOverflow,

    /// <summary>Header blocks for streams that were gone.</summary>
    HeadersCallbackNoStream,
    InboundEmptyFramesFlood,
    InboundPriorityFramesFlood,
    InboundWindowUpdateFramesFlood,

    /// <summary>Ours: connections ended for endless header blocks.</summary>
    InboundContinuationFramesFlood,
    KeepaliveTimeout,
    OutboundControlFlood,
    OutboundFlood,

    /// <summary>Requests refused for an underscore in a header's name.</summary>
    RequestsRejectedWithUnderscoresInHeaders,

    /// <summary>Messages that broke the rules of HTTP.</summary>
    RxMessagingError,

    /// <summary>RST_STREAM received.</summary>
    RxReset,

    /// <summary>Streams refused to a peer that opened too many.</summary>
    StreamRefusedErrors,

    /// <summary>Trailers received.</summary>
    Trailers,

    /// <summary>Counted by the owner, whose timer it is.</summary>
    TxFlushTimeout,

    /// <summary>RST_STREAM sent.</summary>
    TxReset,

    /// <summary>Envoy has it as <c>downstream_rq_too_many_premature_resets</c> of the connection manager.</summary>
    TooManyPrematureResets,

    /// <summary>Gauge: bytes that wait to be written.</summary>
    PendingSendBytes,

    /// <summary>Gauge.</summary>
    StreamsActive,
}

/// <summary>The counters of one listener or cluster on one worker: plain numbers, summed when they are scraped.</summary>
public sealed class Http2Counters
{
    private readonly long[] _values = new long[(int)Http2Counter.StreamsActive + 1];

    public static int Count => (int)Http2Counter.StreamsActive + 1;

    public long this[Http2Counter counter] => Volatile.Read(ref _values[(int)counter]);

    public void Add(Http2Counter counter, long amount = 1) => _values[(int)counter] += amount;

    public static bool IsGauge(Http2Counter counter) =>
        counter is Http2Counter.PendingSendBytes or Http2Counter.StreamsActive;

    /// <summary>Envoy's name, without the tree it stands in.</summary>
    public static string Name(Http2Counter counter) =>
        counter switch
        {
            Http2Counter.DroppedHeadersWithUnderscores => "dropped_headers_with_underscores",
            Http2Counter.RequestsRejectedWithUnderscoresInHeaders => "requests_rejected_with_underscores_in_headers",
            Http2Counter.GoAwaySent => "goaway_sent",
            Http2Counter.HeaderOverflow => "header_overflow",
            Http2Counter.HeadersCallbackNoStream => "headers_cb_no_stream",
            Http2Counter.InboundEmptyFramesFlood => "inbound_empty_frames_flood",
            Http2Counter.InboundPriorityFramesFlood => "inbound_priority_frames_flood",
            Http2Counter.InboundWindowUpdateFramesFlood => "inbound_window_update_frames_flood",
            Http2Counter.InboundContinuationFramesFlood => "inbound_continuation_frames_flood",
            Http2Counter.KeepaliveTimeout => "keepalive_timeout",
            Http2Counter.OutboundControlFlood => "outbound_control_flood",
            Http2Counter.OutboundFlood => "outbound_flood",
            Http2Counter.RxMessagingError => "rx_messaging_error",
            Http2Counter.RxReset => "rx_reset",
            Http2Counter.StreamRefusedErrors => "stream_refused_errors",
            Http2Counter.Trailers => "trailers",
            Http2Counter.TxFlushTimeout => "tx_flush_timeout",
            Http2Counter.TxReset => "tx_reset",
            Http2Counter.TooManyPrematureResets => "downstream_rq_too_many_premature_resets",
            Http2Counter.PendingSendBytes => "pending_send_bytes",
            Http2Counter.StreamsActive => "streams_active",
            _ => throw new ArgumentOutOfRangeException(nameof(counter), counter, "not a counter"),
        };
}
