// SPDX-License-Identifier: Apache-2.0
using Envoy.Extensions.Upstreams.Http.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Api = Envoy.Config.Cluster.V3;

namespace Lateen.Translation.Clusters;

/// <summary>A <see cref="TrafficPolicy"/> on the wire.</summary>
internal static class ClusterSettings
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /// <summary>Name, timeout, balancing, limits: what every cluster has.</summary>
    public static Api.Cluster Create(
        string name,
        Api.Cluster.Types.DiscoveryType type,
        TrafficPolicy policy,
        TimeSpan connectTimeout
    )
    {
        var cluster = new Api.Cluster
        {
            Name = name,
            Type = type,
            // Colons in host and port would split the name of a statistic; the semicolon ends the name.
            AltStatName = $"{name};",
            ConnectTimeout = Packing.Duration(policy.ConnectionPool?.Tcp?.ConnectTimeout ?? connectTimeout),
            LbPolicy =
                type == Api.Cluster.Types.DiscoveryType.OriginalDst
                    ? Api.Cluster.Types.LbPolicy.ClusterProvided
                    : Balancing(policy.LoadBalancer?.Simple),
            CircuitBreakers = Limits(policy),
        };
        return cluster;
    }

    /// <summary>HTTP/2 where the port says so, and the pool's limits. Nothing where Envoy's defaults say the same.</summary>
    public static void AddHttpOptions(Api.Cluster cluster, MeshPort port, TrafficPolicy policy)
    {
        var isHttp2 = port.Protocol is "HTTP2" or "GRPC" or "GRPC-WEB";
        var http = policy.ConnectionPool?.Http;
        var hasPool = http?.IdleTimeout is not null || http?.MaxRequestsPerConnection is > 0;
        if (!port.IsHttp || (!isHttp2 && !hasPool))
            return;
        var options = new HttpProtocolOptions
        {
            ExplicitHttpConfig = isHttp2
                ? new() { Http2ProtocolOptions = new() }
                : new() { HttpProtocolOptions = new() },
        };
        if (hasPool)
        {
            options.CommonHttpProtocolOptions = new()
            {
                IdleTimeout = http!.IdleTimeout is { } idle ? Packing.Duration(idle) : null,
                MaxRequestsPerConnection = http.MaxRequestsPerConnection is > 0 and var most ? (uint)most : null,
            };
        }
        cluster.TypedExtensionProtocolOptions[HttpOptions] = Any.Pack(options);
    }

    /// <summary>The protocol the client speaks: nothing is known of the other end.</summary>
    public static void UseDownstreamProtocol(Api.Cluster cluster) =>
        cluster.TypedExtensionProtocolOptions[HttpOptions] = Any.Pack(
            new HttpProtocolOptions
            {
                UseDownstreamProtocolConfig = new() { HttpProtocolOptions = new(), Http2ProtocolOptions = new() },
            }
        );

    private static Api.Cluster.Types.LbPolicy Balancing(SimpleLoadBalancer? balancing) =>
        balancing switch
        {
            SimpleLoadBalancer.RoundRobin => Api.Cluster.Types.LbPolicy.RoundRobin,
            SimpleLoadBalancer.Random => Api.Cluster.Types.LbPolicy.Random,
            _ => Api.Cluster.Types.LbPolicy.LeastRequest,
        };

    /// <summary>No limits unless a DestinationRule sets them: Envoy's own 1024 would surprise (Istio).</summary>
    private static Api.CircuitBreakers Limits(TrafficPolicy policy) =>
        new()
        {
            Thresholds =
            {
                new Api.CircuitBreakers.Types.Thresholds
                {
                    MaxConnections = Limit(policy.ConnectionPool?.Tcp?.MaxConnections),
                    MaxPendingRequests = Limit(policy.ConnectionPool?.Http?.Http1MaxPendingRequests),
                    MaxRequests = Limit(policy.ConnectionPool?.Http?.Http2MaxRequests),
                    MaxRetries = Limit(policy.ConnectionPool?.Http?.MaxRetries),
                    TrackRemaining = true,
                },
            },
        };

    private static uint Limit(int? limit) => limit is > 0 and var most ? (uint)most : uint.MaxValue;
}
