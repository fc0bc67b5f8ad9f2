// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Xds;
using Api = Envoy.Config.Cluster.V3;
using CoreApi = Envoy.Config.Core.V3;
using Upstreams = Envoy.Extensions.Upstreams.Http.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Clusters → <see cref="ClusterSpec"/>.</summary>
internal static class ClusterDecoder
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public static ClusterSpec Decode(Api.Cluster cluster, DecodeContext context)
    {
        var options = cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptions, out var any)
            ? context.Unpack<Upstreams.HttpProtocolOptions>(any, "typed_extension_protocol_options")
            : null;
        var kind = Kind(cluster, context);
        if (cluster.Name.Length == 0)
            context.Add("name", "is empty; a cluster needs a name");
        if (cluster.ConnectTimeout is { Seconds: 0, Nanos: 0 })
            context.Add("connect_timeout", "is 0; give more, or leave it out for 5 s");
        var common = options?.CommonHttpProtocolOptions;
        var endpointsName = cluster.EdsClusterConfig?.ServiceName is { Length: > 0 } name ? name : cluster.Name;
        var source = cluster.UpstreamBindConfig?.SourceAddress;
        var spec = new ClusterSpec
        {
            Name = cluster.Name,
            Kind = kind,
            EndpointsName = endpointsName,
            EndpointsFile = ResourceFileDecoder.Decode(
                cluster.EdsClusterConfig?.EdsConfig,
                TypeUrls.Endpoints,
                endpointsName,
                "eds_cluster_config.eds_config",
                context
            ),
            EndpointsTimeout = context.InitialFetchTimeout(
                cluster.EdsClusterConfig?.EdsConfig,
                "eds_cluster_config.eds_config"
            ),
            StatName = cluster.AltStatName,
            ConnectTimeout = context.Duration(cluster.ConnectTimeout, TimeSpan.FromSeconds(5), "connect_timeout"),
            Endpoints = cluster.LoadAssignment is null
                ? EndpointSetSpec.Empty
                : EndpointDecoder.Decode(
                    cluster.LoadAssignment,
                    "load_assignment.",
                    context,
                    kind is ClusterKind.StrictDns or ClusterKind.LogicalDns
                ),
            IdleTimeout = context.Duration(common?.IdleTimeout, TimeSpan.FromHours(1), "idle_timeout"),
            Protocol = Protocol(options, cluster),
            Http2 = Http2OptionsDecoder.Decode(
                options?.ExplicitHttpConfig?.Http2ProtocolOptions
                    ?? options?.UseDownstreamProtocolConfig?.Http2ProtocolOptions
                    ?? options?.AutoConfig?.Http2ProtocolOptions
                    ?? cluster.Http2ProtocolOptions,
                "typed_extension_protocol_options.http2_protocol_options",
                context
            ),
            MaxRequestsPerConnection = (int)(common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection ?? 0),
            DnsRefreshRate = context.Duration(cluster.DnsRefreshRate, TimeSpan.FromSeconds(5), "dns_refresh_rate"),
            HealthCheck = HealthCheckDecoder.Decode(cluster, "health_checks", context),
            IgnoresHealthOnRemoval = cluster.IgnoreHealthOnHostRemoval,
            IgnoresUncheckedEndpoints = cluster.CommonLbConfig?.IgnoreNewHostsUntilFirstHc ?? false,
            DelaysReadiness = cluster.WaitForWarmOnInit ?? true,
            Outlier = OutlierDecoder.Decode(cluster.OutlierDetection, "outlier_detection", context),
            Breaker = CircuitBreakerDecoder.Decode(cluster.CircuitBreakers, CoreApi.RoutingPriority.Default, context),
            HighBreaker = CircuitBreakerDecoder.Decode(cluster.CircuitBreakers, CoreApi.RoutingPriority.High, context),
            Preconnect = PreconnectDecoder.Decode(cluster.PreconnectPolicy, "preconnect_policy", context),
            SourceAddress = source is null ? default : SourceAddress(source, context),
            Sockets = TransportSocketDecoder.Upstream(cluster, context),
            UsesRequestHostAsServerName = options?.UpstreamHttpProtocolOptions?.AutoSni ?? false,
            ChecksRequestHost = options?.UpstreamHttpProtocolOptions?.AutoSanValidation ?? false,
            OriginalDestination = OriginalDestinationDecoder.Decode(cluster, kind, context),
            Service = Service(cluster.Metadata),
        };
        return BalancerDecoder.Decode(cluster, spec, context);
    }

    /// <summary>Without protocol options the cluster's own, deprecated <c>http2_protocol_options</c> decides, as in Envoy.</summary>
    private static UpstreamProtocol Protocol(Upstreams.HttpProtocolOptions? options, Api.Cluster cluster) =>
        options?.UpstreamProtocolOptionsCase switch
        {
            Upstreams.HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.AutoConfig => UpstreamProtocol.Auto,
            Upstreams.HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.UseDownstreamProtocolConfig =>
                UpstreamProtocol.Downstream,
            Upstreams.HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.ExplicitHttpConfig => options
                .ExplicitHttpConfig
                .Http2ProtocolOptions
                is null
                ? UpstreamProtocol.Http1
                : UpstreamProtocol.Http2,
            _ => cluster.Http2ProtocolOptions is null ? UpstreamProtocol.Http1 : UpstreamProtocol.Http2,
        };

    private static ClusterKind Kind(Api.Cluster cluster, DecodeContext context)
    {
        if (cluster.ClusterDiscoveryTypeCase == Api.Cluster.ClusterDiscoveryTypeOneofCase.ClusterType)
            context.Add("cluster_type", $"is {cluster.ClusterType.Name}, which this proxy does not know; give a type");
        if (!Enum.IsDefined(cluster.Type))
            context.Add("type", $"is {cluster.Type}, which this proxy does not know");
        return (ClusterKind)cluster.Type;
    }

    private static NetAddress SourceAddress(CoreApi.SocketAddress source, DecodeContext context) =>
        context.Address(new CoreApi.Address { SocketAddress = source }, "upstream_bind_config.source_address", out _);

    /// <summary>filter_metadata.istio.services[0] of istiod's clusters.</summary>
    private static ServiceIdentity? Service(CoreApi.Metadata? metadata)
    {
        if (metadata is null || !metadata.FilterMetadata.TryGetValue("istio", out var istio))
            return null;
        if (
            !istio.Fields.TryGetValue("services", out var services) || services.ListValue?.Values is not [var first, ..]
        )
            return null;
        var fields = first.StructValue?.Fields;
        string Text(string name) =>
            fields is not null && fields.TryGetValue(name, out var value) ? value.StringValue : "";
        return new ServiceIdentity(Text("host"), Text("name"), Text("namespace"));
    }
}
