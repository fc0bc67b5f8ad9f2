// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Decoding;

/// <summary>Routes and virtual hosts.</summary>
public sealed partial class RejectionTests
{
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
                "route.request_mirror_policies[0]: names nobody; give cluster or cluster_header"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{"cluster":"b","clusterHeader":"x"}]} """,
                "route.request_mirror_policies[0].cluster_header: stands beside cluster; give one of them"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"websocket"},{"upgradeType":"WebSocket"}]} """,
                "route.upgrade_configs[1].upgrade_type: is WebSocket again; list each once"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"websocket","connectConfig":{}}]} """,
                "route.upgrade_configs[0].connect_config: stands beside upgrade_type websocket; it is for CONNECT"
            },
            {
                """ "match":{"connectMatcher":{}},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT","connectConfig":{"proxyProtocolConfig":{"version":5}}}]} """,
                "route.upgrade_configs[0].connect_config.proxy_protocol_config.version: is 5, which this proxy does not know"
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
                "route.retry_policy.retry_host_predicate[0]: is x; this proxy knows previous_hosts, omit_canary_hosts and omit_host_metadata"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryHostPredicate":[{"name":"envoy.retry_host_predicates.omit_host_metadata"}]}} """,
                "route.retry_policy.retry_host_predicate[0].typed_config.metadata_match: has nothing under filter_metadata[\"envoy.lb\"], which is what endpoints are omitted by"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryPriority":{"name":"x"}}} """,
                "route.retry_policy.retry_priority: is x; this proxy knows previous_priorities, with its PreviousPrioritiesConfig"
            },
            {
                """ "match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryPriority":{"name":"p","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"}}}} """,
                "route.retry_policy.retry_priority.typed_config.update_frequency: is 0; give 1 or more"
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
                """ "match":{"prefix":"/"},"route":{"cluster":"a"},"typedPerFilterConfig":{"f":{"@type":"type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb"}} """,
                "typed_per_filter_config[f]: has the type envoy.extensions.filters.http.grpc_web.v3.GrpcWeb, which routes cannot set; give a FilterConfig to switch the filter"
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
}
