// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Decoding;

public sealed partial class RejectionTests
{
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
            {
                """ "type":"EDS","edsClusterConfig":{"edsConfig":{"pathConfigSource":{"path":"/nowhere/eds.json"} } } """,
                "eds_cluster_config.eds_config.path_config_source.path: is /nowhere/eds.json, which does not exist"
            },
            {
                """ "type":"EDS","edsClusterConfig":{"edsConfig":{"path":"/eds.yaml"} } """,
                "eds_cluster_config.eds_config.path: is /eds.yaml; give a DiscoveryResponse in a file that ends in .json or .pb"
            },
            {
                """ "type":"EDS","edsClusterConfig":{"edsConfig":{"pathConfigSource":{"path":"/eds.pb","watchedDirectory":{"path":"/nowhere"} } } } """,
                "eds_cluster_config.eds_config.path_config_source.path: is /eds.pb, which does not exist; eds_cluster_config.eds_config.path_config_source.watched_directory.path: is \"/nowhere\", which is no directory"
            },
            {
                """ "preconnectPolicy":{"perUpstreamPreconnectRatio":0.9} """,
                "preconnect_policy.per_upstream_preconnect_ratio: is 0.9; give 1 to 3"
            },
            {
                """ "preconnectPolicy":{"predictivePreconnectRatio":3.5} """,
                "preconnect_policy.predictive_preconnect_ratio: is 3.5; give 1 to 3"
            },
            {
                """ "preconnectPolicy":{"predictivePreconnectRatio":"NaN"} """,
                "preconnect_policy.predictive_preconnect_ratio: is NaN; give 1 to 3"
            },
            { """ "connectTimeout":"-1s" """, "connect_timeout: is no duration of 0 or more" },
            {
                """ "lbPolicy":"LOAD_BALANCING_POLICY_CONFIG" """,
                "lb_policy: is LoadBalancingPolicyConfig, which this proxy does not know"
            },
            {
                """ "lbPolicy":"CLUSTER_PROVIDED" """,
                "lb_policy: is ClusterProvided; CLUSTER_PROVIDED is for type ORIGINAL_DST, which has no other"
            },
            {
                """ "type":"ORIGINAL_DST" """,
                "lb_policy: is RoundRobin; CLUSTER_PROVIDED is for type ORIGINAL_DST, which has no other"
            },
            {
                """ "originalDstLbConfig":{} """,
                "original_dst_lb_config: is for clusters of type ORIGINAL_DST; give that, or leave it out"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","loadAssignment":{"clusterName":"a"} """,
                "load_assignment: stands beside type ORIGINAL_DST, which goes where clients meant to go; leave it out"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","originalDstLbConfig":{"upstreamPortOverride":65536} """,
                "original_dst_lb_config.upstream_port_override: is 65536; ports are 0 to 65535"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","originalDstLbConfig":{"metadataKey":{"path":[{"key":"k"}]}} """,
                "original_dst_lb_config.metadata_key.key: is missing; give the name of the filter that notes the address"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","originalDstLbConfig":{"metadataKey":{"key":"f"}} """,
                "original_dst_lb_config.metadata_key.path: is empty; give the key under which the address stands"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","originalDstLbConfig":{"metadataKey":{"key":"f","path":[{}]}} """,
                "original_dst_lb_config.metadata_key.path[0].key: is missing"
            },
            {
                """ "type":"ORIGINAL_DST","lbPolicy":"CLUSTER_PROVIDED","originalDstLbConfig":{"useHttpHeader":true,"httpHeaderName":"x y"} """,
                "original_dst_lb_config.http_header_name: is x y, which is no name of a header"
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
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{}},{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{}}] """,
                "health_checks: has 2 entries; a cluster is checked in one way, give one"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1}] """,
                "health_checks[0]: asks nothing; give http_health_check, tcp_health_check or grpc_health_check"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"customHealthCheck":{"name":"redis"}}] """,
                "health_checks[0].custom_health_check: is redis, which this proxy does not know"
            },
            {
                """ "healthChecks":[{"interval":"0s","healthyThreshold":1,"tcpHealthCheck":{}}] """,
                "health_checks[0].timeout: is missing; health_checks[0].interval: is 0; give more; health_checks[0].unhealthy_threshold: is missing"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"noTrafficInterval":"0s","tcpHealthCheck":{}}] """,
                "health_checks[0].no_traffic_interval: is 0; give more"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{}}] """,
                "health_checks[0].http_health_check.path: is missing"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","codecClientType":"HTTP3"}}] """,
                "health_checks[0].http_health_check.codec_client_type: is Http3; give HTTP1 or HTTP2"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","method":"CONNECT"}}] """,
                "health_checks[0].http_health_check.method: is Connect, which asks for no answer; leave it out for GET"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","send":{"text":"00"}}}] """,
                "health_checks[0].http_health_check.send: is a body, which GET has not; give POST, PUT, PATCH or OPTIONS"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","responseBufferSize":"1","receive":[{"text":"0000"}]}}] """,
                "health_checks[0].http_health_check.receive: has 2 bytes, more than response_buffer_size 1"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","expectedStatuses":[{"start":"200","end":"200"}]}}] """,
                "health_checks[0].http_health_check.expected_statuses[0]: is 200 to 200; statuses are 100 to 599, and the end, which is left out, comes behind the start"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/","requestHeadersToRemove":["host"]}}] """,
                "health_checks[0].http_health_check.request_headers_to_remove[0]: \"host\" cannot be removed"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{"send":{"text":"xyz"}}}] """,
                "health_checks[0].tcp_health_check.send.text: is \"xyz\"; give pairs of hexadecimal digits, or binary"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{"receive":[{}]}}] """,
                "health_checks[0].tcp_health_check.receive[0]: is empty; give text in hexadecimal digits, or binary"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{},"transportSocketMatchCriteria":{"a":"b"}}] """,
                "health_checks[0].transport_socket_match_criteria: chooses among transport_socket_matches, of which the cluster has none"
            },
            {
                """ "healthChecks":[{"timeout":"1s","interval":"1s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{},"eventLogger":[{"name":"x"}]}] """,
                "health_checks[0].event_logger[0]: is x; this proxy knows HealthCheckEventFileSink"
            },
            {
                """ "loadAssignment":{"endpoints":[{"lbEndpoints":[{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":1}},"healthCheckConfig":{"portValue":65536}}}]}]} """,
                "load_assignment.endpoints[0].lb_endpoints[0].endpoint.health_check_config.port_value: is 65536; ports are 0 to 65535"
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
}
