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
public sealed class RejectionTests : IDisposable
{
    private readonly ProxyTelemetry _telemetry = new(1, WorkloadLabels.Nobody);
    private readonly Published<ProxyRuntime> _published = new(ProxyRuntime.Empty);
    private readonly ConfigStore _store;

    public RejectionTests() => _store = new ConfigStore(_published, _telemetry);

    public void Dispose() => _telemetry.Dispose();

    /// <summary>Fields of a cluster beside its name.</summary>
    public static TheoryData<string, string> Clusters =>
        new()
        {
            { """ "type":9 """, "type: is 9, which this proxy does not know" },
            {
                """ "clusterType":{"name":"envoy.clusters.aggregate"} """,
                "cluster_type: is envoy.clusters.aggregate, which this proxy does not know; give a type"
            },
            { """ "connectTimeout":"0s" """, "connect_timeout: is 0; give more, or leave it out for 5 s" },
            { """ "connectTimeout":"-1s" """, "connect_timeout: is no duration of 0 or more" },
            {
                """ "lbPolicy":"LOAD_BALANCING_POLICY_CONFIG" """,
                "lb_policy: is LoadBalancingPolicyConfig, which this proxy does not know"
            },
            { """ "lbPolicy":77 """, "lb_policy: is 77, which this proxy does not know" },
            {
                """ "leastRequestLbConfig":{"choiceCount":1} """,
                "least_request_lb_config.choice_count: is 1; give 2 to 1000"
            },
            {
                """ "leastRequestLbConfig":{"activeRequestBias":{"defaultValue":-1}} """,
                "least_request_lb_config.active_request_bias: is -1; give 0 or more"
            },
            {
                """ "roundRobinLbConfig":{"slowStartConfig":{"slowStartWindow":"1s","aggression":{"defaultValue":0}}} """,
                "round_robin_lb_config.slow_start_config.aggression: is 0; give more than 0"
            },
            {
                """ "roundRobinLbConfig":{"slowStartConfig":{"slowStartWindow":"1s","minWeightPercent":{"value":101}}} """,
                "round_robin_lb_config.slow_start_config.min_weight_percent: is 101; percentages are 0 to 100"
            },
            {
                """ "ringHashLbConfig":{"hashFunction":"MURMUR_HASH_2"} """,
                "ring_hash_lb_config.hash_function: is MurmurHash2; this proxy serves XX_HASH"
            },
            {
                """ "ringHashLbConfig":{"maximumRingSize":"8388609"} """,
                "ring_hash_lb_config.maximum_ring_size: is 8388609; give 8388608 at the most"
            },
            {
                """ "ringHashLbConfig":{"minimumRingSize":"10","maximumRingSize":"9"} """,
                "ring_hash_lb_config.minimum_ring_size: is 10, more than maximum_ring_size 9"
            },
            {
                """ "maglevLbConfig":{"tableSize":"65536"} """,
                "maglev_lb_config.table_size: is 65536; give a prime up to 5000011"
            },
            {
                """ "maglevLbConfig":{"tableSize":"5000077"} """,
                "maglev_lb_config.table_size: is 5000077; give a prime up to 5000011"
            },
            {
                """ "commonLbConfig":{"healthyPanicThreshold":{"value":-1}} """,
                "common_lb_config.healthy_panic_threshold: is -1; percentages are 0 to 100"
            },
            {
                """ "commonLbConfig":{"consistentHashingLbConfig":{"hashBalanceFactor":120}} """,
                "common_lb_config.consistent_hashing_lb_config.hash_balance_factor: is not served; leave it out"
            },
            {
                """ "lbSubsetConfig":{"subsetSelectors":[{}]} """,
                "lb_subset_config.subset_selectors[0].keys: is empty; name at least one key of the endpoints' metadata"
            },
            {
                """ "lbSubsetConfig":{"subsetSelectors":[{"keys":["a"],"singleHostPerSubset":true}]} """,
                "lb_subset_config.subset_selectors[0].single_host_per_subset: is not served; leave it out"
            },
            {
                """ "lbSubsetConfig":{"subsetSelectors":[{"keys":["a"],"fallbackPolicy":"KEYS_SUBSET"}]} """,
                "lb_subset_config.subset_selectors[0].fallback_policy: is KeysSubset, which this proxy does not serve"
            },
            {
                """ "circuitBreakers":{"thresholds":[{"retryBudget":{"budgetPercent":{"value":200}}}]} """,
                "circuit_breakers.thresholds[0].retry_budget.budget_percent: is 200; percentages are 0 to 100"
            },
            {
                """ "outlierDetection":{"maxEjectionPercent":101} """,
                "outlier_detection.max_ejection_percent: is 101; percentages are 0 to 100"
            },
            {
                """ "outlierDetection":{"enforcingConsecutive5xx":150} """,
                "outlier_detection.enforcing_consecutive_5xx: is 150; percentages are 0 to 100"
            },
            {
                """ "outlierDetection":{"interval":"0s"} """,
                "outlier_detection.interval: is 0; give more, or leave it out for the default"
            },
            {
                """ "loadAssignment":{"endpoints":[{"lbEndpoints":[{}]}]} """,
                "load_assignment.endpoints[0].lb_endpoints[0].endpoint: is missing; an endpoint needs an address"
            },
            {
                """ "upstreamBindConfig":{"sourceAddress":{"address":"me"}} """,
                "upstream_bind_config.source_address.socket_address.address: is \"me\", which is no IP address"
            },
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

    /// <summary>A route of virtual host 0.</summary>
    public static TheoryData<string, string> Routes =>
        new()
        {
            {
                """ "route":{"cluster":"a"} """,
                "match: has no path specifier that this proxy knows: prefix, path, safe_regex, path_separated_prefix or connect_matcher"
            },
            {
                """ "match":{"safeRegex":{"regex":"("}},"route":{"cluster":"a"} """,
                "match.safe_regex: \"(\" is no RE2 expression: "
            },
            {
                """ "match":{"safeRegex":{"regex":"(a)\\1"}},"route":{"cluster":"a"} """,
                "match.safe_regex: \"(a)\\1\" is no RE2 expression: needs backtracking, which RE2 has not: "
            },
            {
                """ "match":{"pathSeparatedPrefix":"/a/"},"route":{"cluster":"a"} """,
                "match.path_separated_prefix: is \"/a/\"; give a path without query that ends in no slash"
            },
            {
                """ "match":{"prefix":"/","headers":[{"exactMatch":"x"}]},"route":{"cluster":"a"} """,
                "match.headers[0].name: is missing"
            },
            {
                """ "match":{"prefix":"/","headers":[{"name":"a b"}]},"route":{"cluster":"a"} """,
                "match.headers[0].name: \"a b\" is no name of a header"
            },
            {
                """ "match":{"prefix":"/","headers":[{"name":"a","stringMatch":{}}]},"route":{"cluster":"a"} """,
                "match.headers[0].string_match: has no pattern that this proxy knows"
            },
            {
                """ "match":{"prefix":"/","headers":[{"name":"a","safeRegexMatch":{"regex":"["}}]},"route":{"cluster":"a"} """,
                "match.headers[0].safe_regex_match: \"[\" is no RE2 expression: "
            },
            {
                """ "match":{"prefix":"/","headers":[{"name":"a","rangeMatch":{"start":"5","end":"5"}}]},"route":{"cluster":"a"} """,
                "match.headers[0].range_match: is 5 to 5; the end, which is left out, must be behind the start"
            },
            {
                """ "match":{"prefix":"/","queryParameters":[{"presentMatch":true}]},"route":{"cluster":"a"} """,
                "match.query_parameters[0].name: is missing"
            },
            {
                """ "match":{"prefix":"/","runtimeFraction":{"defaultValue":{"denominator":5}}},"route":{"cluster":"a"} """,
                "match.runtime_fraction.default_value.denominator: is 5; give HUNDRED, TEN_THOUSAND or MILLION"
            },
            {
                """ "match":{"prefix":"/"} """,
                ": has no action that this proxy knows: route, redirect or direct_response"
            },
            {
                """ "match":{"prefix":"/"},"nonForwardingAction":{} """,
                "non_forwarding_action: is for servers without a proxy; give route, redirect or direct_response"
            },
            {
                """ "match":{"prefix":"/"},"route":{} """,
                "route: names no cluster that this proxy knows: cluster, cluster_header or weighted_clusters"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","clusterNotFoundResponseCode":9} """,
                "route.cluster_not_found_response_code: is 9, which this proxy does not know"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","priority":4} """,
                "route.priority: is 4, which this proxy does not know"
            },
            {
                """ "match":{"prefix":"/"},"route":{"weightedClusters":{"clusters":[{"name":"a","weight":0}]}} """,
                "route.weighted_clusters.clusters: has weights that sum up to 0; the sum is 1 to 4294967295"
            },
            {
                """ "match":{"prefix":"/"},"route":{"weightedClusters":{"totalWeight":100,"clusters":[{"name":"a","weight":99}]}} """,
                "route.weighted_clusters.total_weight: is 100, but the weights sum up to 99"
            },
            {
                """ "match":{"prefix":"/"},"route":{"weightedClusters":{"clusters":[{"weight":1}]}} """,
                "route.weighted_clusters.clusters[0].name: is missing"
            },
            {
                """ "match":{"prefix":"/"},"route":{"weightedClusters":{"clusters":[{"clusterHeader":"x","weight":1}]}} """,
                "route.weighted_clusters.clusters[0].cluster_header: is not served; give a name"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","prefixRewrite":"/","regexRewrite":{"pattern":{"regex":"a"}}} """,
                "route.regex_rewrite: stands beside prefix_rewrite; give one of them"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","regexRewrite":{"substitution":"a"}} """,
                "route.regex_rewrite.pattern.regex: is missing"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","hostRewritePathRegex":{"pattern":{"regex":"*"}}} """,
                "route.host_rewrite_path_regex.pattern.regex: \"*\" is no RE2 expression: "
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","timeout":"-1s"} """,
                "route.timeout: is no duration of 0 or more"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","maxStreamDuration":{"grpcTimeoutHeaderMax":"-1s"}} """,
                "route.max_stream_duration.grpc_timeout_header_max: is no duration of 0 or more"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{}]} """,
                "route.hash_policy[0]: has no policy that this proxy knows: header, cookie, connection_properties, query_parameter or filter_state"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{"header":{}}]} """,
                "route.hash_policy[0].header.header_name: is missing"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{"cookie":{"ttl":"1s"}}]} """,
                "route.hash_policy[0].cookie.name: is missing"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","hashPolicy":[{"connectionProperties":{}}]} """,
                "route.hash_policy[0].connection_properties.source_ip: is false; it is all there is to hash"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{}]} """,
                "route.request_mirror_policies[0].cluster: is missing; give the cluster that gets the copy"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"websocket"},{"upgradeType":"WebSocket"}]} """,
                "route.upgrade_configs[1].upgrade_type: is WebSocket again; list each once"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryBackOff":{}}} """,
                "route.retry_policy.retry_back_off.base_interval: is missing or 0; give more"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryBackOff":{"baseInterval":"2s","maxInterval":"1s"}}} """,
                "route.retry_policy.retry_back_off.max_interval: is 00:00:01, less than base_interval 00:00:02"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryHostPredicate":[{"name":"x"}]}} """,
                "route.retry_policy.retry_host_predicate[0]: is x; this proxy knows envoy.retry_host_predicates.previous_hosts"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"rateLimitedRetryBackOff":{}}} """,
                "route.retry_policy.rate_limited_retry_back_off.reset_headers: is empty; name the header that says when to come back"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retriableHeaders":[{}]}} """,
                "route.retry_policy.retriable_headers[0].name: is missing"
            },
            {
                """ "match":{"prefix":"/"},"redirect":{"responseCode":8} """,
                "redirect.response_code: is 8, which this proxy does not know"
            },
            {
                """ "match":{"prefix":"/"},"redirect":{"portRedirect":70000} """,
                "redirect.port_redirect: is 70000; ports are 0 to 65535"
            },
            {
                """ "match":{"prefix":"/"},"redirect":{"regexRewrite":{"pattern":{"regex":"("}}} """,
                "redirect.regex_rewrite.pattern.regex: \"(\" is no RE2 expression: "
            },
            {
                """ "match":{"prefix":"/"},"directResponse":{"status":99} """,
                "direct_response.status: is 99; statuses are 200 to 599"
            },
            {
                """ "match":{"prefix":"/"},"directResponse":{"status":200,"body":{"filename":"/x"}} """,
                "direct_response.body: is neither inline_string nor inline_bytes, the two this proxy serves"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"requestHeadersToAdd":[{}] """,
                "request_headers_to_add[0].header.key: is missing"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"requestHeadersToAdd":[{"header":{"key":":path","value":"x"}}] """,
                "request_headers_to_add[0].header.key: \":path\" is a pseudo-header, which cannot be changed this way"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"responseHeadersToAdd":[{"header":{"key":"a","value":"%NO_SUCH%"}}] """,
                "response_headers_to_add[0].header.value: "
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"requestHeadersToAdd":[{"header":{"key":"a"},"appendAction":9}] """,
                "request_headers_to_add[0].append_action: is 9, which this proxy does not know"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"requestHeadersToRemove":["Host"] """,
                "request_headers_to_remove[0]: \"Host\" cannot be removed"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"f":{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}} """,
                "typed_per_filter_config[f]: has the type envoy.config.cluster.v3.Cluster, which this proxy does not know"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"f":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault","abort":{"httpStatus":1}}} """,
                "typed_per_filter_config[f].abort.http_status: is 1; statuses are 200 to 599"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"f":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault","delay":{"fixedDelay":"0s"}}} """,
                "typed_per_filter_config[f].delay.fixed_delay: is 0; give more, or leave the delay out"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"f":{"@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy","allowOriginStringMatch":[{"safeRegex":{"regex":")"}}]}} """,
                "typed_per_filter_config[f].allow_origin_string_match[0].safe_regex: \")\" is no RE2 expression: "
            },
        };

    /// <summary>A virtual host.</summary>
    public static TheoryData<string, string> Hosts =>
        new()
        {
            { """{"domains":["a"]}""", "virtual_hosts[0].name: is empty; a virtual host needs a name" },
            { """{"name":"v"}""", "virtual_hosts[0].domains: is empty; a virtual host needs at least one domain" },
            {
                """{"name":"v","domains":["a*b"]}""",
                "virtual_hosts[0].domains[0]: is \"a*b\"; a star may stand first or last, once"
            },
            {
                """{"name":"v","domains":["*a*"]}""",
                "virtual_hosts[0].domains[0]: is \"*a*\"; a star may stand first or last, once"
            },
            {
                """{"name":"v","domains":["a"],"requireTls":7}""",
                "virtual_hosts[0].require_tls: is 7, which this proxy does not know"
            },
            { """{"name":"v","domains":["a","A"]}""", "resource: virtual host v repeats the domain a" },
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

    private static string Listener(string name, string filters) =>
        $$"""
            {"name":"{{name}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },"filterChains":[{"filters":[{{filters}}]}]}
            """;
}
