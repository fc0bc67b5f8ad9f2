// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace DataPlane.Tests.Overload;

/// <summary>Listeners as JSON, with fields of their own.</summary>
internal static class Listeners
{
    public const string Ahoy =
        """{"match":{"prefix":"/"},"directResponse":{"status":200,"body":{"inlineString":"ahoy"}}}""";

    public const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    /// <summary>The same at a port.</summary>
    public static (string Name, string Json) At(this (string Name, string Json) listener, int port) =>
        (listener.Name, listener.Json.Replace("\"portValue\":0", $"\"portValue\":{port}", StringComparison.Ordinal));

    /// <summary>Fields end in a comma where there are any.</summary>
    public static (string Name, string Json) Http(
        string name,
        string routes = Ahoy,
        string manager = "",
        string listener = ""
    ) =>
        (
            name,
            $$$$"""
            {"name":"{{{{name}}}}",{{{{listener}}}}"address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},"filterChains":[{"filters":[
              {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"{{{{name}}}}",{{{{manager}}}}
               "routeConfig":{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"routes":[{{{{routes}}}}]}]},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
            """
        );

    public static (string Name, string Json) Tcp(
        string name,
        string fields = "\"cluster\":\"a\"",
        string listener = ""
    ) =>
        (
            name,
            $$$$"""
            {"name":"{{{{name}}}}",{{{{listener}}}}"address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},"filterChains":[{"filters":[
              {"name":"tcp","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
               "statPrefix":"{{{{name}}}}",{{{{fields}}}}}}]}]}
            """
        );
}
