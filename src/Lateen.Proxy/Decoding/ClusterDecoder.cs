// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Api = Envoy.Config.Cluster.V3;
using CoreApi = Envoy.Config.Core.V3;
using Endpoint = Envoy.Config.Endpoint.V3;
using Upstreams = Envoy.Extensions.Upstreams.Http.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Clusters and their endpoints → <see cref="ClusterSpec"/>, <see cref="EndpointSetSpec"/>.</summary>
internal static class ClusterDecoder
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public static ClusterSpec Decode(Api.Cluster cluster, DecodeContext context)
    {
        if (cluster.TransportSocket is not null)
            context.Add("transport_socket", "is not served: this build connects in plaintext only");
        var options = cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptions, out var any)
            ? context.Unpack<Upstreams.HttpProtocolOptions>(any, "typed_extension_protocol_options")
            : null;
        var kind = (ClusterKind)cluster.Type;
        var common = options?.CommonHttpProtocolOptions;
        var source = cluster.UpstreamBindConfig?.SourceAddress;
        return new ClusterSpec
        {
            Name = cluster.Name,
            Kind = kind,
            EndpointsName = cluster.EdsClusterConfig?.ServiceName is { Length: > 0 } name ? name : cluster.Name,
            StatName = cluster.AltStatName,
            ConnectTimeout = context.Duration(cluster.ConnectTimeout, TimeSpan.FromSeconds(5), "connect_timeout"),
            Balancer = Balancer(cluster, context),
            ChoiceCount = (int)(cluster.LeastRequestLbConfig?.ChoiceCount ?? 2),
            Endpoints = cluster.LoadAssignment is null
                ? EndpointSetSpec.Empty
                : Endpoints(
                    cluster.LoadAssignment,
                    "load_assignment",
                    context,
                    kind is ClusterKind.StrictDns or ClusterKind.LogicalDns
                ),
            IdleTimeout = context.Duration(common?.IdleTimeout, TimeSpan.FromHours(1), "idle_timeout"),
            MaxRequestsPerConnection = (int)(common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection ?? 0),
            DnsRefreshRate = context.Duration(cluster.DnsRefreshRate, TimeSpan.FromSeconds(5), "dns_refresh_rate"),
            PanicThreshold = cluster.CommonLbConfig?.HealthyPanicThreshold?.Value ?? 50,
            SourceAddress = source is null ? default : SourceAddress(source, context),
            Service = Service(cluster.Metadata),
        };
    }

    public static EndpointSetSpec Endpoints(
        Endpoint.ClusterLoadAssignment assignment,
        string path,
        DecodeContext context,
        bool admitHostNames = false
    )
    {
        var endpoints = new List<EndpointSpec>();
        for (var i = 0; i < assignment.Endpoints.Count; i++)
        {
            var locality = assignment.Endpoints[i];
            for (var j = 0; j < locality.LbEndpoints.Count; j++)
            {
                var endpoint = locality.LbEndpoints[j];
                var at = $"{path}.endpoints[{i}].lb_endpoints[{j}].endpoint.address";
                var address = context.Address(endpoint.Endpoint?.Address, at, out var hostName, admitHostNames);
                var port = (int)(endpoint.Endpoint?.Address?.SocketAddress?.PortValue ?? 0);
                var isHealthy = endpoint.HealthStatus is CoreApi.HealthStatus.Unknown or CoreApi.HealthStatus.Healthy;
                var weight = endpoint.LoadBalancingWeight ?? 1;
                endpoints.Add(new EndpointSpec(address, hostName, port, weight, (int)locality.Priority, isHealthy));
            }
        }
        return new EndpointSetSpec(endpoints)
        {
            OverprovisioningFactor = (int)(assignment.Policy?.OverprovisioningFactor ?? 140),
        };
    }

    private static BalancerKind Balancer(Api.Cluster cluster, DecodeContext context)
    {
        switch (cluster.LbPolicy)
        {
            case Api.Cluster.Types.LbPolicy.RoundRobin:
            case Api.Cluster.Types.LbPolicy.ClusterProvided:
                return BalancerKind.RoundRobin;
            case Api.Cluster.Types.LbPolicy.LeastRequest:
                return BalancerKind.LeastRequest;
            case Api.Cluster.Types.LbPolicy.Random:
                return BalancerKind.Random;
            default:
                context.Add("lb_policy", $"is {cluster.LbPolicy}, which this proxy does not know");
                return BalancerKind.RoundRobin;
        }
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
