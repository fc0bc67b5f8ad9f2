// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Decoding;

public sealed partial class RejectionTests
{
    private const string RouterFilter =
        """{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}""";

    /// <summary>Fields of a connection manager beside its routes and the router.</summary>
    public static TheoryData<string, string> Managers =>
        new()
        {
            {
                """ "pathWithEscapedSlashesAction":9 """,
                "path_with_escaped_slashes_action: is 9, which this proxy does not know"
            },
            {
                """ "stripMatchingHostPort":true,"stripAnyHostPort":true """,
                "strip_matching_host_port: stands beside strip_any_host_port; give one of them"
            },
            {
                """ "commonHttpProtocolOptions":{"headersWithUnderscoresAction":7} """,
                "common_http_protocol_options.headers_with_underscores_action: is 7, which this proxy does not know"
            },
            {
                """ "upgradeConfigs":[{}] """,
                "upgrade_configs[0].upgrade_type: is missing; give websocket, CONNECT or another protocol"
            },
            {
                """ "upgradeConfigs":[{"upgradeType":"websocket"},{"upgradeType":"WebSocket","enabled":false}] """,
                "upgrade_configs[1].upgrade_type: is WebSocket again; list each once"
            },
            {
                """ "upgradeConfigs":[{"upgradeType":"websocket","filters":[{"name":"x"}]}] """,
                "upgrade_configs[0].filters: is not served; leave it out, and upgrades pass the connection manager's filters"
            },
            {
                """ "http2ProtocolOptions":{"connectionKeepalive":{"interval":"10s"}} """,
                "http2_protocol_options.connection_keepalive.timeout: is missing"
            },
            {
                """ "http2ProtocolOptions":{"connectionKeepalive":{"timeout":"0.0005s"}} """,
                "http2_protocol_options.connection_keepalive.timeout: is less than 1 ms; give more"
            },
            {
                """ "http2ProtocolOptions":{"connectionKeepalive":{"timeout":"1s","interval":"0s"}} """,
                "http2_protocol_options.connection_keepalive.interval: is less than 1 ms; leave it out for none"
            },
            {
                """ "http2ProtocolOptions":{"connectionKeepalive":{"timeout":"1s","connectionIdleInterval":"0s"}} """,
                "http2_protocol_options.connection_keepalive.connection_idle_interval: is less than 1 ms; leave it out for none"
            },
            {
                """ "http2ProtocolOptions":{"connectionKeepalive":{"timeout":"1s","intervalJitter":{"value":101}}} """,
                "http2_protocol_options.connection_keepalive.interval_jitter: is 101; percentages are 0 to 100"
            },
            {
                """ "accessLog":[{"name":"f","filter":{"grpcStatusFilter":{"statuses":[17]}},"typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/null"}}] """,
                "access_log[0].filter.grpc_status_filter.statuses[0]: is 17; statuses of gRPC are 0 to 16"
            },
            {
                """ "internalAddressConfig":{"cidrRanges":[{"addressPrefix":"10.0.0.0","prefixLen":33}]} """,
                "internal_address_config.cidr_ranges[0]: 10.0.0.0/33 is no CIDR range"
            },
        };

    [Fact]
    public void Router() =>
        Expect<ListenerApi.Listener>(
            TypeUrls.Listener,
            name => Listener(name, Tcp(""" "cluster":"a" """)),
            Listener(
                "bad",
                Http(
                    "\"rds\":{\"routeConfigName\":\"r\"},\"httpFilters\":["
                        + RouterFilter.Replace(
                            "}}",
                            ",\"strictCheckHeaders\":[\"x-other\"]}}",
                            StringComparison.Ordinal
                        )
                        + "]"
                )
            ),
            "filter_chains[0].filters[0].http_filters[0].typed_config.strict_check_headers[0]: is x-other; give "
                + "x-envoy-upstream-rq-timeout-ms, x-envoy-upstream-rq-per-try-timeout-ms, x-envoy-max-retries, "
                + "x-envoy-retry-on, x-envoy-retry-grpc-on"
        );

    [Theory, MemberData(nameof(Managers))]
    public void Connection_manager(string fields, string problem) =>
        Expect<ListenerApi.Listener>(
            TypeUrls.Listener,
            name => Listener(name, Tcp(""" "cluster":"a" """)),
            Listener("bad", Http($"{fields},\"rds\":{{\"routeConfigName\":\"r\"}},\"httpFilters\":[{RouterFilter}]")),
            $"filter_chains[0].filters[0].{problem}"
        );
}
