// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Swaps;

/// <summary>The resources of a proxy with mutual TLS on both sides, each with a number that makes a version of it.</summary>
internal static class SwapResources
{
    public const string ServerSecret = "server";
    public const string ClientSecret = "client";
    public const string BundleSecret = "bundle";
    public const string Routes = "r";

    private const string Ads = "\"sdsConfig\":{\"ads\":{}}";

    private const string Validation = $$"""
        ,"validationContextSdsSecretConfig":{"name":"{{BundleSecret}}",{{Ads}} }
        """;

    public static Secret Secret(string json) => ProxyFixture.Json.Parse<Secret>(json);

    /// <summary>Two chains: a.test asks its clients for nothing, b.test for a certificate.</summary>
    /// <param name="chain">A version of the chain of b.test: the other one stays.</param>
    /// <param name="whole">A version of everything else.</param>
    public static Listener Listener(string name, int port, int chain, int whole) =>
        ProxyFixture.Json.Parse<Listener>(
            $$"""
            {"name":"{{name}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } },
             "listenerFiltersTimeout":"{{whole + 10}}s","listenerFilters":[{{TlsJson.Filter(
                "tls_inspector.v3.TlsInspector"
            )}}],
             "filterChains":[{{Chain("a", "0s")}},{{Chain("b", $"{chain + 10}s", isMutual: true)}}]}
            """
        );

    public static RouteConfiguration RouteTable(int version) =>
        ProxyFixture.Json.Parse<RouteConfiguration>(
            $$"""
            {"name":"{{Routes}}","responseHeadersToAdd":[{"header":{"key":"x-routes","value":"{{version}}"} }],
             "virtualHosts":[{"name":"v","domains":["*"],"routes":[
              {"match":{"prefix":"/","headers":[{"name":":method","stringMatch":{"exact":"POST"} }]},"route":{"cluster":"h1"} },
              {"match":{"prefix":"/"},"route":{"cluster":"h2"} }]}]}
            """
        );

    /// <param name="name">h1 or h2: what its endpoints are spoken to in.</param>
    public static Cluster Cluster(string name, int version) =>
        ProxyFixture.Json.Parse<Cluster>(
            $$"""
            {"name":"{{name}}","type":"EDS","connectTimeout":"{{version + 5}}s","edsClusterConfig":{"edsConfig":{"ads":{} } },
             "typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":
              {"@type":"{{TlsJson.Types}}upstreams.http.v3.HttpProtocolOptions",
               "commonHttpProtocolOptions":{"maxRequestsPerConnection":50},
               "explicitHttpConfig":{"{{(name == "h1" ? "httpProtocolOptions" : "http2ProtocolOptions")}}":{} } } },
             "transportSocket":{{TlsJson.Upstream(
                $$"""
                "alpnProtocols":["{{(name == "h1" ? "http/1.1" : "h2")}}"],
                "tlsCertificateSdsSecretConfigs":[{"name":"{{ClientSecret}}",{{Ads}} }],
                "combinedValidationContext":{"validationContextSdsSecretConfig":{"name":"{{BundleSecret}}",{{Ads}} },
                  "defaultValidationContext":{"matchTypedSubjectAltNames":[
                    {"sanType":"DNS","matcher":{"exact":"{{Identities.UpstreamName}}"} }]} }
                """
            )}} }
            """
        );

    public static ClusterLoadAssignment Endpoints(string name, params int[] ports) =>
        ProxyFixture.Json.Parse<ClusterLoadAssignment>(
            $$"""
            {"clusterName":"{{name}}","endpoints":[{"lbEndpoints":[{{string.Join(',', ports.Select(Endpoint))}}]}]}
            """
        );

    private static string Endpoint(int port) =>
        $$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }""";

    private static string Chain(string name, string handshakeTimeout, bool isMutual = false) =>
        $$"""
            {"name":"{{name}}","filterChainMatch":{"serverNames":["{{name}}.test"]},"transportSocketConnectTimeout":"{{handshakeTimeout}}",
             "transportSocket":{{TlsJson.Downstream(
                $$"""
                "alpnProtocols":["h2","http/1.1"],
                "tlsCertificateSdsSecretConfigs":[{"name":"{{ServerSecret}}",{{Ads}} }]{{(isMutual ? Validation : "")}}
                """,
                isMutual ? ",\"requireClientCertificate\":true" : ""
            )}},
             "filters":[{"name":"hcm","typedConfig":{"@type":"{{TlsJson.Types}}filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"edge","rds":{"configSource":{"ads":{} },"routeConfigName":"{{Routes}}"},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"{{TlsJson.Types}}filters.http.router.v3.Router"} }]} }]}
            """;
}
