// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>What follows from an <see cref="Http2Fault"/>.</summary>
public static class Http2FaultExtensions
{
    public static Http2ErrorCode ErrorCode(this Http2Fault fault) =>
        fault switch
        {
            Http2Fault.None => Http2ErrorCode.NoError,
            Http2Fault.FrameTooLarge or Http2Fault.InvalidFrameSize => Http2ErrorCode.FrameSizeError,
            Http2Fault.StreamClosed => Http2ErrorCode.StreamClosed,
            Http2Fault.InvalidInitialWindow or Http2Fault.WindowOverflow or Http2Fault.WindowExceeded =>
                Http2ErrorCode.FlowControlError,
            Http2Fault.Compression => Http2ErrorCode.CompressionError,
            Http2Fault.StreamRefused => Http2ErrorCode.RefusedStream,
            Http2Fault.UnderscoreInHeaderName => Http2ErrorCode.InternalError, // as Envoy
            Http2Fault.HeaderListTooLarge or Http2Fault.TooManyHeaders => Http2ErrorCode.EnhanceYourCalm,
            >= Http2Fault.EmptyFramesFlood => Http2ErrorCode.EnhanceYourCalm,
            _ => Http2ErrorCode.ProtocolError,
        };

    /// <summary>The peer breaks no rule, it does too much of what it may.</summary>
    public static bool IsFlood(this Http2Fault fault) =>
        fault is >= Http2Fault.EmptyFramesFlood and <= Http2Fault.PrematureResets;

    /// <summary>The peer breaks a rule (Envoy <c>downstream_cx_protocol_error</c>): floods and lateness have counters of their own.</summary>
    public static bool IsProtocolError(this Http2Fault fault) =>
        fault is not (Http2Fault.None or Http2Fault.BlockTimeout) && !fault.IsFlood();

    /// <summary>Envoy's response code details where it has a name for the fault, else one in its style.</summary>
    public static string Details(this Http2Fault fault) =>
        fault switch
        {
            Http2Fault.InvalidPreface => "http2.invalid_preface",
            Http2Fault.MissingSettings => "http2.missing_settings",
            Http2Fault.FrameTooLarge or Http2Fault.InvalidFrameSize => "http2.frame_size_error",
            Http2Fault.StreamClosed => "http2.stream_closed",
            Http2Fault.InterruptedHeaderBlock => "http2.interrupted_header_block",
            Http2Fault.InvalidInitialWindow or Http2Fault.WindowOverflow or Http2Fault.WindowExceeded =>
                "http2.flow_control_error",
            Http2Fault.Compression => "http2.compression_error",
            Http2Fault.InvalidHeaderName or Http2Fault.InvalidHeaderValue => "http2.invalid.header.field",
            Http2Fault.HeaderListTooLarge => "http2.headers_too_large",
            Http2Fault.TooManyHeaders => "http2.too_many_headers",
            Http2Fault.StreamRefused => "http2.refused_stream",
            Http2Fault.UnderscoreInHeaderName => "http2.unexpected_underscore",
            Http2Fault.EmptyFramesFlood => "http2.inbound_empty_frames_flood",
            Http2Fault.PriorityFramesFlood => "http2.inbound_priority_frames_flood",
            Http2Fault.WindowUpdateFramesFlood => "http2.inbound_window_update_frames_flood",
            Http2Fault.ContinuationFlood => "http2.inbound_continuation_frames_flood",
            Http2Fault.OutboundFlood => "http2.outbound_frames_flood",
            Http2Fault.OutboundControlFlood => "http2.outbound_control_frames_flood",
            Http2Fault.PrematureResets => "http2.too_many_premature_resets",
            Http2Fault.BlockTimeout => "http2.request_header_timeout",
            >= Http2Fault.InvalidPseudoHeader and <= Http2Fault.InvalidMessageEnd =>
                "http2.violation.of.messaging.rule",
            _ => "http2.protocol_error",
        };
}
