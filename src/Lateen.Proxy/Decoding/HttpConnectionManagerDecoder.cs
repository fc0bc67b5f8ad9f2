// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Filters;
using HttpApi = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Connection managers → <see cref="HttpConnectionManagerSpec"/>.</summary>
internal static class HttpConnectionManagerDecoder
{
    public static HttpConnectionManagerSpec Decode(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        var common = manager.CommonHttpProtocolOptions;
        var spec = new HttpConnectionManagerSpec
        {
            StatPrefix = manager.StatPrefix,
            RouteConfigName = manager.Rds?.RouteConfigName,
            InlineRoutes = manager.RouteConfig is null
                ? null
                : RouteDecoder.Decode(manager.RouteConfig, $"{path}.route_config.", context),
            HttpFilters = HttpFilterDecoder.Decode(manager.HttpFilters, $"{path}.http_filters", context),
            AccessLogs = AccessLogDecoder.Decode(manager.AccessLog, $"{path}.access_log", context),
            ServerName = manager.ServerName.Length == 0 ? "envoy" : manager.ServerName,
            ServerHeader = (ServerHeaderTransformation)manager.ServerHeaderTransformation,
            UseRemoteAddress = manager.UseRemoteAddress ?? false,
            SkipXffAppend = manager.SkipXffAppend,
            GenerateRequestId = manager.GenerateRequestId ?? true,
            PreserveExternalRequestId = manager.PreserveExternalRequestId,
            AlwaysSetRequestIdInResponse = manager.AlwaysSetRequestIdInResponse,
            StreamIdleTimeout = context.Duration(
                manager.StreamIdleTimeout,
                TimeSpan.FromMinutes(5),
                $"{path}.stream_idle_timeout"
            ),
            RequestTimeout = context.Duration(manager.RequestTimeout, TimeSpan.Zero, $"{path}.request_timeout"),
            RequestHeadersTimeout = context.Duration(
                manager.RequestHeadersTimeout,
                TimeSpan.Zero,
                $"{path}.request_headers_timeout"
            ),
            IdleTimeout = context.Duration(common?.IdleTimeout, TimeSpan.FromHours(1), $"{path}.idle_timeout"),
            DrainTimeout = context.Duration(manager.DrainTimeout, TimeSpan.FromSeconds(5), $"{path}.drain_timeout"),
            DelayedCloseTimeout = context.Duration(
                manager.DelayedCloseTimeout,
                TimeSpan.FromSeconds(1),
                $"{path}.delayed_close_timeout"
            ),
            MaxRequestHeadersKb = (int)Math.Min(manager.MaxRequestHeadersKb ?? 60, 63),
            MaxHeadersCount = (int)(common?.MaxHeadersCount ?? 100),
            MaxRequestsPerConnection = (int)(common?.MaxRequestsPerConnection ?? 0),
            Proxy100Continue = manager.Proxy100Continue,
            AcceptHttp10 = manager.HttpProtocolOptions?.AcceptHttp10 ?? false,
            Codec = (CodecKind)manager.CodecType,
            Http2 = Http2OptionsDecoder.Decode(
                manager.Http2ProtocolOptions,
                $"{path}.http2_protocol_options",
                context
            ) with
            {
                MaxHeaderListBytes = (int)Math.Min(manager.MaxRequestHeadersKb ?? 60, 63) * 1024,
                MaxHeaderCount = (int)(common?.MaxHeadersCount ?? 100),
            },
            UpgradeTypes = manager
                .UpgradeConfigs.Where(static upgrade => upgrade.Enabled ?? true)
                .Select(static upgrade => Encoding.ASCII.GetBytes(upgrade.UpgradeType))
                .ToArray(),
        };
        if (spec.RouteConfigName is null && spec.InlineRoutes is null)
            context.Add($"{path}.route_specifier", "is missing; give rds or route_config");
        return spec;
    }
}
