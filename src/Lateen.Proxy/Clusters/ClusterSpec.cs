// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Net;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Health;
using Lateen.Proxy.Health.Checks;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Clusters;

/// <summary>A cluster, decoded and checked (Envoy <c>config.cluster.v3.Cluster</c>). Defaults are Envoy's.</summary>
public sealed record ClusterSpec
{
    public required string Name { get; init; }

    public required ClusterKind Kind { get; init; }

    /// <summary><c>alt_stat_name</c>, else the name: what statistics call it.</summary>
    public string StatName
    {
        get => field ?? Name;
        init => field = value.Length == 0 ? null : value;
    }

    /// <summary><c>eds_cluster_config.service_name</c>, else the name: what EDS is asked for.</summary>
    public string EndpointsName { get; init; } = "";

    /// <summary><c>eds_cluster_config.eds_config.path_config_source</c>; null where EDS is asked.</summary>
    public ResourceFile? EndpointsFile { get; init; }

    /// <summary><c>eds_cluster_config.eds_config.initial_fetch_timeout</c>: 15 s; 0 for ever. Then it is a cluster without endpoints.</summary>
    public TimeSpan EndpointsTimeout { get; init; } = InitialFetches.DefaultTimeout;

    /// <summary><c>connect_timeout</c>: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public BalancerKind Balancer { get; init; }

    /// <summary><c>least_request_lb_config.choice_count</c>: 2.</summary>
    public int ChoiceCount { get; init; } = 2;

    /// <summary><c>least_request_lb_config.active_request_bias</c>, where weights differ: 1.</summary>
    public double ActiveRequestBias { get; init; } = 1;

    /// <summary><c>slow_start_config</c> of ROUND_ROBIN and LEAST_REQUEST.</summary>
    public SlowStart? SlowStart { get; init; }

    public HashBalancerSpec HashBalancer { get; init; } = new();

    /// <summary><c>lb_subset_config</c>.</summary>
    public SubsetSpec? Subsets { get; init; }

    /// <summary><c>common_lb_config.locality_weighted_lb_config</c>: localities get requests by their weights.</summary>
    public bool LocalityWeighted { get; init; }

    /// <summary><c>common_lb_config.zone_aware_lb_config.fail_traffic_on_panic</c>: in a panic nobody is served.</summary>
    public bool FailTrafficOnPanic { get; init; }

    /// <summary><c>outlier_detection</c>; null for none.</summary>
    public OutlierSpec? Outlier { get; init; }

    /// <summary><c>health_checks</c>; null for none.</summary>
    public HealthCheckSpec? HealthCheck { get; init; }

    /// <summary><c>ignore_health_on_host_removal</c>: endpoints that discovery drops go at once, whatever their checks say.</summary>
    public bool IgnoresHealthOnRemoval { get; init; }

    /// <summary><c>common_lb_config.ignore_new_hosts_until_first_hc</c>: new endpoints do not count until they are checked.</summary>
    public bool IgnoresUncheckedEndpoints { get; init; }

    /// <summary><c>wait_for_warm_on_init</c>: the proxy is not ready before the cluster is; true.</summary>
    public bool DelaysReadiness { get; init; } = true;

    /// <summary><c>circuit_breakers</c> of the default priority.</summary>
    public CircuitBreakerSpec Breaker { get; init; } = CircuitBreakerSpec.Default;

    /// <summary><c>circuit_breakers</c> of high priority.</summary>
    public CircuitBreakerSpec HighBreaker { get; init; } = CircuitBreakerSpec.Default;

    /// <summary><c>load_assignment</c> of STATIC and DNS clusters.</summary>
    public EndpointSetSpec Endpoints { get; init; } = EndpointSetSpec.Empty;

    /// <summary>Idle time after which a pooled connection is closed (<c>common_http_protocol_options.idle_timeout</c>): 1 hour.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What is spoken to the endpoints; HTTP/1.1 by default.</summary>
    public UpstreamProtocol Protocol { get; init; }

    /// <summary>What is spoken for a client that speaks a version.</summary>
    public UpstreamProtocol ProtocolFor(HttpVersion client) =>
        Protocol != UpstreamProtocol.Downstream ? Protocol
        : client == HttpVersion.Http2 ? UpstreamProtocol.Http2
        : UpstreamProtocol.Http1;

    /// <summary>The HTTP/2 options of whichever of the protocol's options has them.</summary>
    public Http2Options Http2 { get; init; } = Http2Options.Default;

    /// <summary><c>max_requests_per_connection</c>; 0 is no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary><c>dns_refresh_rate</c>: 5 s.</summary>
    public TimeSpan DnsRefreshRate { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>common_lb_config.healthy_panic_threshold</c>, in percent: 50; 0 never panics.</summary>
    public double PanicThreshold { get; init; } = 50;

    /// <summary><c>preconnect_policy</c>.</summary>
    public PreconnectSpec Preconnect { get; init; } = PreconnectSpec.None;

    /// <summary><c>upstream_bind_config.source_address</c>.</summary>
    public NetAddress SourceAddress { get; init; }

    /// <summary><c>transport_socket</c> and <c>transport_socket_matches</c>.</summary>
    public ClusterSocketsSpec Sockets { get; init; } = ClusterSocketsSpec.Plaintext;

    /// <summary><c>auto_sni</c>: the host a request is for is the SNI of the connection it takes.</summary>
    public bool UsesRequestHostAsServerName { get; init; }

    /// <summary><c>auto_san_validation</c>: the server's certificate must be for that host.</summary>
    public bool ChecksRequestHost { get; init; }

    /// <summary><c>original_dst_lb_config</c>.</summary>
    public OriginalDestinationSpec OriginalDestination { get; init; } = OriginalDestinationSpec.Default;

    /// <summary><c>metadata.filter_metadata.istio.services[0]</c>: what metrics call the destination.</summary>
    public ServiceIdentity? Service { get; init; }
}

/// <summary>Host, name and namespace of the service behind a cluster, as istiod writes them into its metadata.</summary>
public sealed record ServiceIdentity(string Host, string Name, string Namespace);

/// <summary>How a cluster's endpoints are found (Envoy <c>Cluster.DiscoveryType</c>).</summary>
public enum ClusterKind : byte
{
    Static,
    StrictDns,
    LogicalDns,
    Eds,
    OriginalDestination,
}

/// <summary>How an endpoint is chosen (Envoy <c>Cluster.LbPolicy</c>).</summary>
public enum BalancerKind : byte
{
    RoundRobin,
    LeastRequest,
    Random,
    RingHash,
    Maglev,
}
