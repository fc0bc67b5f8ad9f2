// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Filters;
using Api = Envoy.Config.Listener.V3;
using HttpApi = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using TcpApi = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Network filters → <see cref="NetworkFilterSpec"/>. A filter is known by the type of its configuration, not by its name.</summary>
internal static class NetworkFilterDecoder
{
    /// <summary>Filters that istiod puts into every chain and whose work needs nothing of the chain itself here.</summary>
    private static readonly HashSet<string> s_ignored = new(StringComparer.Ordinal)
    {
        "stats.PluginConfig",
        "envoy.tcp.metadataexchange.config.MetadataExchange",
    };

    /// <summary>The terminal filter; null for one that is accepted and does nothing, or, with a problem noted, for an unknown one.</summary>
    public static NetworkFilterSpec? Decode(Api.Filter filter, string path, DecodeContext context)
    {
        if (filter.TypedConfig is null)
        {
            context.Add($"{path}.typed_config", "is missing");
            return null;
        }
        var type = TypedConfigs.TypeOf(filter.TypedConfig);
        if (type == HttpApi.HttpConnectionManager.Descriptor.FullName)
            return context.Unpack<HttpApi.HttpConnectionManager>(filter.TypedConfig, path) is { } manager
                ? Manager(manager, path, context)
                : null;
        if (type == TcpApi.TcpProxy.Descriptor.FullName)
            return context.Unpack<TcpApi.TcpProxy>(filter.TypedConfig, path) is { } proxy
                ? TcpProxyDecoder.Decode(proxy, path, context)
                : null;
        if (!s_ignored.Contains(type))
            context.Add($"{path}.typed_config", $"has the type {type}, which this proxy does not know");
        return null;
    }

    private static HttpConnectionManagerSpec Manager(
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
