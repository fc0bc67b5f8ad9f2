// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace DataPlane.Tests.Tls;

/// <summary>Pieces of xDS resources about TLS, as JSON.</summary>
internal static class TlsJson
{
    public const string Types = "type.googleapis.com/envoy.extensions.";

    public static string Certificate(TestCertificate certificate) =>
        $$"""{"certificateChain":{"inlineString":{{Text(certificate.Chain)}} },"privateKey":{"inlineString":{{Text(certificate.Key)}} } }""";

    public static string CertificateSecret(string name, TestCertificate certificate) =>
        $$"""{"name":"{{name}}","tlsCertificate":{{Certificate(certificate)}} }""";

    public static string ValidationSecret(string name, TestAuthority authority) =>
        $$"""{"name":"{{name}}","validationContext":{"trustedCa":{"inlineString":{{Text(Encoding.ASCII.GetString(authority.Pem))}} } } }""";

    public static string Roots(TestAuthority authority) =>
        $$"""{"inlineString":{{Text(Encoding.ASCII.GetString(authority.Pem))}} }""";

    public static string Downstream(string common, string more = "") =>
        $$"""
            {"name":"envoy.transport_sockets.tls","typedConfig":{"@type":"{{Types}}transport_sockets.tls.v3.DownstreamTlsContext",
             "commonTlsContext":{ {{common}} }{{more}} } }
            """;

    /// <param name="parameters">Fields of tls_params.</param>
    public static string Upstream(
        string common,
        string more = "",
        string parameters = "\"tlsMaximumProtocolVersion\":\"TLSv1_3\""
    ) =>
        $$"""
            {"name":"envoy.transport_sockets.tls","typedConfig":{"@type":"{{Types}}transport_sockets.tls.v3.UpstreamTlsContext",
             "commonTlsContext":{"tlsParams":{ {{parameters}} },{{common}} }{{more}} } }
            """;

    /// <summary>A chain that relays to a cluster.</summary>
    public static string TcpChain(string name, string cluster, string match = "{}", string socket = "") =>
        $$"""
            {"name":"{{name}}","filterChainMatch":{{match}},{{(
                socket.Length > 0 ? $"\"transportSocket\":{socket}," : ""
            )}}
             "filters":[{"name":"tcp","typedConfig":{"@type":"{{Types}}filters.network.tcp_proxy.v3.TcpProxy","statPrefix":"{{name}}","cluster":"{{cluster}}"} }]}
            """;

    public static string Listener(string chains, string more = "") =>
        $$"""
            {"name":"t","address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },{{more}}"filterChains":[{{chains}}]}
            """;

    public static string Filter(string type, string fields = "") =>
        $$"""{"name":"{{type}}","typedConfig":{"@type":"{{Types}}filters.listener.{{type}}"{{(
            fields.Length > 0 ? "," + fields : ""
        )}} } }""";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
