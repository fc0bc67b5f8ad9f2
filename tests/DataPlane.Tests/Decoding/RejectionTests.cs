// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Core;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using EndpointApi = Envoy.Config.Endpoint.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using RouteApi = Envoy.Config.Route.V3;

namespace DataPlane.Tests.Decoding;

/// <summary>
/// Resources with one bad field: what the control plane is told, word for word. A good resource in the same update is taken,
/// and the previous version of the bad one stays.
/// </summary>
public sealed partial class RejectionTests : IDisposable
{
    private readonly ProxyTelemetry _telemetry = new(1, WorkloadLabels.Nobody);
    private readonly Published<ProxyRuntime> _published = new(ProxyRuntime.Empty);
    private readonly ConfigStore _store;

    public RejectionTests() => _store = new ConfigStore(_published, _telemetry);

    public void Dispose() => _telemetry.Dispose();

    /// <summary>Durations of a connection manager that are none.</summary>
    public static TheoryData<string, string> Durations =>
        new()
        {
            {
                """ "commonHttpProtocolOptions":{"maxConnectionDuration":"-1s"} """,
                "common_http_protocol_options.max_connection_duration: is no duration of 0 or more"
            },
            {
                """ "commonHttpProtocolOptions":{"maxStreamDuration":"-1s"} """,
                "common_http_protocol_options.max_stream_duration: is no duration of 0 or more"
            },
            { """ "requestHeadersTimeout":"-1s" """, "request_headers_timeout: is no duration of 0 or more" },
            { """ "requestTimeout":"-1s" """, "request_timeout: is no duration of 0 or more" },
            { """ "streamIdleTimeout":"-1s" """, "stream_idle_timeout: is no duration of 0 or more" },
            { """ "delayedCloseTimeout":"-1s" """, "delayed_close_timeout: is no duration of 0 or more" },
            { """ "drainTimeout":"-1s" """, "drain_timeout: is no duration of 0 or more" },
        };

    /// <summary>A load assignment beside its name.</summary>
    public static TheoryData<string, string> Endpoints =>
        new()
        {
            {
                """ "endpoints":[{"lbEndpoints":[{"endpoint":{}}]}] """,
                "endpoints[0].lb_endpoints[0].endpoint.address: needs a socket_address or a pipe with a path of 1 to 107 bytes"
            },
            {
                """ "endpoints":[{"lbEndpoints":[{"endpoint":{"address":{"socketAddress":{"address":"shop","portValue":80}}}}]}] """,
                "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: is \"shop\", which is no IP address"
            },
            {
                """ "endpoints":[{"lbEndpoints":[{"endpoint":{"address":{"socketAddress":{"address":"::1","portValue":65536}}}}]}] """,
                "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value: is 65536; ports are 0 to 65535"
            },
            { """ "endpoints":[{},{"priority":129}] """, "endpoints[1].priority: is 129; priorities are 0 to 128" },
            {
                """ "endpoints":[{"loadBalancingWeight":0}] """,
                "endpoints[0].load_balancing_weight: is 0; give at least 1, or leave the locality out"
            },
            {
                """ "endpoints":[{"lbEndpoints":[{"loadBalancingWeight":0,"endpoint":{"address":{"socketAddress":{"address":"::1","portValue":1}}}}]}] """,
                "endpoints[0].lb_endpoints[0].load_balancing_weight: is 0; give at least 1, or leave the endpoint out"
            },
            {
                """ "endpoints":[{"lbEndpoints":[{"healthStatus":9,"endpoint":{"address":{"socketAddress":{"address":"::1","portValue":1}}}}]}] """,
                "endpoints[0].lb_endpoints[0].health_status: is 9, which this proxy does not know"
            },
            {
                """ "policy":{"overprovisioningFactor":0} """,
                "policy.overprovisioning_factor: is 0; give 1 to 1000000 percent"
            },
            {
                """ "policy":{"dropOverloads":[{"dropPercentage":{"numerator":1,"denominator":7}}]} """,
                "policy.drop_overloads[0].drop_percentage.denominator: is 7; give HUNDRED, TEN_THOUSAND or MILLION"
            },
        };

    /// <summary>Network filters of a listener's only chain.</summary>
    public static TheoryData<string, string> Filters =>
        new()
        {
            { "", "filter_chains[0].filters: has no terminal filter: http_connection_manager or tcp_proxy" },
            { """{"name":"x"}""", "filter_chains[0].filters[0].typed_config: is missing" },
            {
                """{"name":"x","typedConfig":{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}}""",
                "filter_chains[0].filters[0].typed_config: has the type envoy.config.cluster.v3.Cluster, which this proxy does not know"
            },
            {
                Tcp(""),
                "filter_chains[0].filters[0].cluster_specifier: names no cluster; give cluster or weighted_clusters"
            },
            {
                Tcp(""" "weightedClusters":{"clusters":[{"name":"a","weight":0}]} """),
                "filter_chains[0].filters[0].weighted_clusters.clusters[0].weight: is 0; give at least 1"
            },
            {
                Tcp(""" "cluster":"a","maxConnectAttempts":0 """),
                "filter_chains[0].filters[0].max_connect_attempts: is 0; give at least 1"
            },
            {
                Tcp(""" "cluster":"a","idleTimeout":"-1s" """),
                "filter_chains[0].filters[0].idle_timeout: is no duration of 0 or more"
            },
            {
                Tcp(""" "cluster":"a" """) + "," + Tcp(""" "cluster":"a" """),
                "filter_chains[0].filters[0]: is a terminal filter and must be the last"
            },
            {
                Http(
                    """ "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].route_specifier: is missing; give rds or route_config"
            },
            {
                Http(""" "rds":{"routeConfigName":"r"} """),
                "filter_chains[0].filters[0].http_filters: must end with the router filter"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0]: is the router, which must be the last filter"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"x","typedConfig":{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0]: has the type envoy.config.cluster.v3.Cluster, which this proxy does not know"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"f","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault","abort":{}}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0].typed_config.abort: has none of http_status, grpc_status and header_abort"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"h","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck"}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0].typed_config.pass_through_mode: is missing; say true for the workload's own answer, else false"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"h","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck","passThroughMode":false,"cacheTime":"1s"}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0].typed_config.cache_time: is for pass_through_mode, which is off; leave it out"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"h","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck","passThroughMode":true,"clusterMinHealthyPercentages":{"a":{"value":1}}}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0].typed_config.cluster_min_healthy_percentages: decides where pass_through_mode is off; leave one of them out"
            },
            {
                Http(
                    """ "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"h","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck","passThroughMode":false,"clusterMinHealthyPercentages":{"a":{"value":101}}}},{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] """
                ),
                "filter_chains[0].filters[0].http_filters[0].typed_config.cluster_min_healthy_percentages[a]: is 101; percentages are 0 to 100"
            },
            {
                GrpcStats(""" "methodNames":["m"] """),
                "filter_chains[0].filters[0].http_filters[0].typed_config.individual_method_stats_allowlist.services[0].name: is empty; give the service's full name"
            },
            {
                GrpcStats(""" "name":"a.S" """),
                "filter_chains[0].filters[0].http_filters[0].typed_config.individual_method_stats_allowlist.services[0].method_names: is empty; name at least one method"
            },
        };

    [Theory, MemberData(nameof(Clusters))]
    public void Cluster(string fields, string problem) =>
        Expect<ClusterApi.Cluster>(
            TypeUrls.Cluster,
            name => $$"""{"name":"{{name}}","type":"STATIC"}""",
            $$"""{"name":"bad",{{fields}} }""",
            problem
        );

    [Fact]
    public void Cluster_without_a_name()
    {
        var rejection = Assert.Single(Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("", "{}")));
        Assert.Equal("name: is empty; a cluster needs a name", rejection.Message);
    }

    [Theory, MemberData(nameof(Endpoints))]
    public void Load_assignment(string fields, string problem) =>
        Expect<EndpointApi.ClusterLoadAssignment>(
            TypeUrls.Endpoints,
            name => $$"""{"clusterName":"{{name}}"}""",
            $$"""{"clusterName":"bad",{{fields}} }""",
            problem
        );

    [Theory, MemberData(nameof(Routes))]
    public void Route(string fields, string problem) =>
        Expect<RouteApi.RouteConfiguration>(
            TypeUrls.Route,
            name => $$"""{"name":"{{name}}"}""",
            $$"""{"name":"bad","virtualHosts":[{"name":"v","domains":["*"],"routes":[{ {{fields}} }]}]}""",
            problem[0] == ':' ? $"virtual_hosts[0].routes[0]{problem}" : $"virtual_hosts[0].routes[0].{problem}"
        );

    [Theory, MemberData(nameof(Hosts))]
    public void Virtual_host(string host, string problem) =>
        Expect<RouteApi.RouteConfiguration>(
            TypeUrls.Route,
            name => $$"""{"name":"{{name}}"}""",
            $$"""{"name":"bad","virtualHosts":[{{host}}]}""",
            problem
        );

    [Theory, MemberData(nameof(Filters))]
    public void Network_filter(string filters, string problem) =>
        Expect<ListenerApi.Listener>(
            TypeUrls.Listener,
            name => Listener(name, Tcp(""" "cluster":"a" """)),
            Listener("bad", filters),
            problem
        );

    [Theory, MemberData(nameof(Durations))]
    public void Duration_of_a_connection_manager(string field, string problem) =>
        Network_filter(
            Http(
                $$"""
                "rds":{"routeConfigName":"r"},{{field}},"httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"} }]
                """
            ),
            $"filter_chains[0].filters[0].{problem}"
        );

    [Theory]
    [InlineData(
        "\"maxConnectionsToAcceptPerSocketEvent\":0",
        "max_connections_to_accept_per_socket_event: is 0; give at least 1, or leave it out"
    )]
    public void Listener_field(string field, string problem)
    {
        var good = Listener("bad", Tcp(""" "cluster":"a" """));
        Expect<ListenerApi.Listener>(
            TypeUrls.Listener,
            name => Listener(name, Tcp(""" "cluster":"a" """)),
            "{" + field + "," + good.TrimStart()[1..],
            problem
        );
    }

    [Fact]
    public void Every_problem_of_a_resource_is_told_at_once()
    {
        var rejection = Assert.Single(
            Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "bad",
                    """{"name":"bad","connectTimeout":"0s","lbPolicy":77,"outlierDetection":{"maxEjectionPercent":101}}"""
                )
            )
        );
        Assert.Equal(
            3,
            rejection.Message.Split("; ").Count(static part => part.Contains(": is ", StringComparison.Ordinal))
        );
    }

    private void Expect<T>(string typeUrl, Func<string, string> good, string bad, string problem)
        where T : IMessage<T>, new()
    {
        Assert.Empty(Apply<T>(typeUrl, ("bad", good("bad"))));
        var before = Held(typeUrl, "bad");
        var rejection = Assert.Single(
            Apply<T>(typeUrl, ("first", good("first")), ("bad", bad), ("last", good("last")))
        );
        Assert.Equal("bad", rejection.Name);
        // A text that ends in a colon and a space goes on with words of the library that found it.
        if (problem.EndsWith(": ", StringComparison.Ordinal))
            Assert.StartsWith(problem, rejection.Message);
        else
            Assert.Equal(problem, rejection.Message);
        Assert.NotNull(Held(typeUrl, "first"));
        Assert.NotNull(Held(typeUrl, "last"));
        Assert.Same(before, Held(typeUrl, "bad"));
    }

    private Any? Held(string typeUrl, string name) =>
        _store.Resources.SingleOrDefault(held => held.TypeUrl == typeUrl && held.Resource.Name == name).Resource?.Body;

    private IReadOnlyList<ResourceRejection> Apply<T>(string typeUrl, params (string Name, string Json)[] resources)
        where T : IMessage<T>, new() =>
        _store.Apply(
            new ResourceUpdate(
                typeUrl,
                "1",
                resources
                    .Select(static resource => new NamedResource(
                        resource.Name,
                        "",
                        Any.Pack(ProxyFixture.Json.Parse<T>(resource.Json), "type.googleapis.com")
                    ))
                    .ToArray(),
                [],
                IsWhole: TypeUrls.IsWildcard(typeUrl)
            )
        );

    private static string Tcp(string fields) =>
        $$"""{"name":"tcp","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy","statPrefix":"t"{{(fields.Length > 0 ? "," : "")}}{{fields}} } }""";

    private static string Http(string fields) =>
        $$"""{"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","statPrefix":"h",{{fields}} } }""";

    private static string GrpcStats(string service) =>
        Http(
            $$"""
            "rds":{"routeConfigName":"r"},"httpFilters":[{"name":"s","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
              "individualMethodStatsAllowlist":{"services":[{ {{service}} }]} } },
              {"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"} }]
            """
        );

    private static string Listener(string name, string filters) =>
        $$"""
            {"name":"{{name}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },"filterChains":[{"filters":[{{filters}}]}]}
            """;
}
