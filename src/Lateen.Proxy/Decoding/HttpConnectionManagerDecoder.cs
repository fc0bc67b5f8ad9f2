// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Targets;
using Lateen.Proxy.Filters;
using Lateen.Xds;
using CoreApi = Envoy.Config.Core.V3.HttpProtocolOptions.Types;
using HttpApi = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using ManagerTypes = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types;

namespace Lateen.Proxy.Decoding;

/// <summary>Connection managers → <see cref="HttpConnectionManagerSpec"/>.</summary>
internal static class HttpConnectionManagerDecoder
{
    /// <summary>No list of addresses is longer.</summary>
    private const uint MaxTrustedHops = 1_000_000;

    public static HttpConnectionManagerSpec Decode(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        var common = manager.CommonHttpProtocolOptions;
        var underscores = UnderscoresOf(manager, path, context);
        var spec = new HttpConnectionManagerSpec
        {
            StatPrefix = manager.StatPrefix,
            RouteConfigName = manager.Rds?.RouteConfigName,
            RoutesFile = ResourceFileDecoder.Decode(
                manager.Rds?.ConfigSource,
                TypeUrls.Route,
                manager.Rds?.RouteConfigName ?? "",
                $"{path}.rds.config_source",
                context
            ),
            RoutesTimeout = context.InitialFetchTimeout(manager.Rds?.ConfigSource, $"{path}.rds.config_source"),
            InlineRoutes = manager.RouteConfig is null
                ? null
                : RouteDecoder.Decode(manager.RouteConfig, $"{path}.route_config.", context),
            HttpFilters = HttpFilterDecoder.Decode(manager.HttpFilters, $"{path}.http_filters", context),
            AccessLogs = AccessLogDecoder.Decode(manager.AccessLog, $"{path}.access_log", context),
            ServerName = manager.ServerName.Length == 0 ? "envoy" : manager.ServerName,
            ServerHeader = (ServerHeaderTransformation)manager.ServerHeaderTransformation,
            UseRemoteAddress = manager.UseRemoteAddress ?? false,
            SkipXffAppend = manager.SkipXffAppend,
            TrustedHops = (int)Math.Min(manager.XffNumTrustedHops, MaxTrustedHops),
            InternalAddresses = InternalAddressesOf(manager, path, context),
            Router = RouterDecoder.Decode(manager.HttpFilters, $"{path}.http_filters", context),
            ForwardClientCert = ForwardingOf(manager, path, context),
            CertDetails = CertDetailsOf(manager.SetCurrentClientCertDetails),
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
            MaxConnectionDuration = context.Duration(
                common?.MaxConnectionDuration,
                TimeSpan.Zero,
                $"{path}.common_http_protocol_options.max_connection_duration"
            ),
            MaxStreamDuration = context.Duration(
                common?.MaxStreamDuration,
                TimeSpan.Zero,
                $"{path}.common_http_protocol_options.max_stream_duration"
            ),
            AppendLocalOverload = manager.AppendLocalOverload,
            Proxy100Continue = manager.Proxy100Continue,
            AcceptHttp10 = manager.HttpProtocolOptions?.AcceptHttp10 ?? false,
            DefaultHostForHttp10 = Encoding.ASCII.GetBytes(manager.HttpProtocolOptions?.DefaultHostForHttp10 ?? ""),
            Codec = (CodecKind)manager.CodecType,
            Http2 = Http2OptionsDecoder.Decode(
                manager.Http2ProtocolOptions,
                $"{path}.http2_protocol_options",
                context
            ) with
            {
                MaxHeaderListBytes = (int)Math.Min(manager.MaxRequestHeadersKb ?? 60, 63) * 1024,
                MaxHeaderCount = (int)(common?.MaxHeadersCount ?? 100),
                HeadersWithUnderscores = underscores,
            },
            HeadersWithUnderscores = underscores,
            Paths = new PathOptions(
                manager.NormalizePath ?? false,
                manager.MergeSlashes,
                EscapedSlashesOf(manager, path, context)
            ),
            Hosts = new HostOptions(StrippedPortOf(manager, path, context), manager.StripTrailingHostDot),
            Upgrades = UpgradeDecoder.Decode(manager.UpgradeConfigs, $"{path}.upgrade_configs", context),
        };
        if (spec.RouteConfigName is null && spec.InlineRoutes is null)
            context.Add($"{path}.route_specifier", "is missing; give rds or route_config");
        return spec;
    }

    private static ForwardClientCert ForwardingOf(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        var forwarding = (ForwardClientCert)manager.ForwardClientCertDetails;
        if (!Enum.IsDefined(forwarding))
            context.Add($"{path}.forward_client_cert_details", $"is {(int)forwarding}, which is none that is known");
        return forwarding;
    }

    private static ClientCertDetails CertDetailsOf(ManagerTypes.SetCurrentClientCertDetails? details)
    {
        if (details is null)
            return ClientCertDetails.None;
        return (details.Subject == true ? ClientCertDetails.Subject : ClientCertDetails.None)
            | (details.Cert ? ClientCertDetails.Cert : ClientCertDetails.None)
            | (details.Chain ? ClientCertDetails.Chain : ClientCertDetails.None)
            | (details.Uri ? ClientCertDetails.Uri : ClientCertDetails.None)
            | (details.Dns ? ClientCertDetails.Dns : ClientCertDetails.None);
    }

    private static EscapedSlashes EscapedSlashesOf(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        switch (manager.PathWithEscapedSlashesAction)
        {
            case ManagerTypes.PathWithEscapedSlashesAction.ImplementationSpecificDefault:
            case ManagerTypes.PathWithEscapedSlashesAction.KeepUnchanged:
                return EscapedSlashes.KeepUnchanged;
            case ManagerTypes.PathWithEscapedSlashesAction.RejectRequest:
                return EscapedSlashes.RejectRequest;
            case ManagerTypes.PathWithEscapedSlashesAction.UnescapeAndRedirect:
                return EscapedSlashes.UnescapeAndRedirect;
            case ManagerTypes.PathWithEscapedSlashesAction.UnescapeAndForward:
                return EscapedSlashes.UnescapeAndForward;
            default:
                context.Add(
                    $"{path}.path_with_escaped_slashes_action",
                    $"is {manager.PathWithEscapedSlashesAction}, which this proxy does not know"
                );
                return EscapedSlashes.RejectRequest;
        }
    }

    private static StrippedPort StrippedPortOf(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        if (manager.StripMatchingHostPort && manager.StripAnyHostPort)
            context.Add($"{path}.strip_matching_host_port", "stands beside strip_any_host_port; give one of them");
        return manager.StripAnyHostPort ? StrippedPort.Any
            : manager.StripMatchingHostPort ? StrippedPort.Matching
            : StrippedPort.None;
    }

    private static HeadersWithUnderscores UnderscoresOf(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        var action =
            manager.CommonHttpProtocolOptions?.HeadersWithUnderscoresAction
            ?? CoreApi.HeadersWithUnderscoresAction.Allow;
        if (!Enum.IsDefined(action))
            context.Add(
                $"{path}.common_http_protocol_options.headers_with_underscores_action",
                $"is {action}, which this proxy does not know"
            );
        return (HeadersWithUnderscores)action;
    }

    private static InternalAddresses InternalAddressesOf(
        HttpApi.HttpConnectionManager manager,
        string path,
        DecodeContext context
    )
    {
        if (manager.InternalAddressConfig is not { } config)
            return InternalAddresses.None;
        var ranges = ListenerDecoder.Prefixes(
            config.CidrRanges,
            $"{path}.internal_address_config.cidr_ranges",
            context
        );
        return new InternalAddresses(
            config.CidrRanges.Count == 0 ? InternalAddresses.Private : ranges,
            config.UnixSockets
        );
    }
}
