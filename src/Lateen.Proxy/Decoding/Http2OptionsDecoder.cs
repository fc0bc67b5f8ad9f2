// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Http.Http2;
using Api = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Envoy's <c>Http2ProtocolOptions</c> → <see cref="Http2Options"/>; what is not given keeps Envoy's default.</summary>
internal static class Http2OptionsDecoder
{
    private static readonly TimeSpan s_leastTime = TimeSpan.FromMilliseconds(1);

    public static Http2Options Decode(Api.Http2ProtocolOptions? options, string path, DecodeContext context)
    {
        var standard = Http2Options.Default;
        if (options is null)
            return standard;
        return standard with
        {
            HpackTableSize = Number(options.HpackTableSize, standard.HpackTableSize),
            MaxConcurrentStreams = Number(options.MaxConcurrentStreams, standard.MaxConcurrentStreams),
            InitialStreamWindowSize = Window(
                options.InitialStreamWindowSize,
                standard.InitialStreamWindowSize,
                $"{path}.initial_stream_window_size",
                context
            ),
            InitialConnectionWindowSize = Window(
                options.InitialConnectionWindowSize,
                standard.InitialConnectionWindowSize,
                $"{path}.initial_connection_window_size",
                context
            ),
            AllowConnect = options.AllowConnect,
            MaxOutboundFrames = Number(options.MaxOutboundFrames, standard.MaxOutboundFrames),
            MaxOutboundControlFrames = Number(options.MaxOutboundControlFrames, standard.MaxOutboundControlFrames),
            OverrideStreamErrorOnInvalidHttpMessage = options.OverrideStreamErrorOnInvalidHttpMessage ?? false,
            KeepAlive = KeepAlive(options.ConnectionKeepalive, $"{path}.connection_keepalive", context),
        };
    }

    private static Http2KeepAliveOptions? KeepAlive(Api.KeepaliveSettings? settings, string path, DecodeContext context)
    {
        if (settings is null)
            return null;
        TimeSpan Time(Duration? duration, string field, string fix)
        {
            var value = context.Duration(duration, TimeSpan.Zero, $"{path}.{field}");
            if (duration is not null && value < s_leastTime)
                context.Add($"{path}.{field}", $"is less than 1 ms; {fix}");
            return value;
        }
        if (settings.Timeout is null)
            context.Add($"{path}.timeout", "is missing");
        return new Http2KeepAliveOptions(Time(settings.Timeout, "timeout", "give more"))
        {
            Interval = Time(settings.Interval, "interval", "leave it out for none"),
            JitterPercent = context.Percent(settings.IntervalJitter, 15, $"{path}.interval_jitter"),
            IdleInterval = Time(settings.ConnectionIdleInterval, "connection_idle_interval", "leave it out for none"),
        };
    }

    private static int Number(uint? value, int standard) =>
        value is null ? standard : (int)Math.Min(value.Value, int.MaxValue);

    /// <summary>RFC 9113 §6.9.2: from 65,535 (Envoy's least) to 2^31 - 1.</summary>
    private static int Window(uint? value, int standard, string path, DecodeContext context)
    {
        if (value is not null and (< Http2Options.MinWindowSize or > int.MaxValue))
            context.Add(path, $"is {value}; give {Http2Options.MinWindowSize} to {int.MaxValue}");
        return Number(value, standard);
    }
}
