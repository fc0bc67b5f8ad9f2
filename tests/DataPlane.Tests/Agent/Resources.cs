// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace DataPlane.Tests.Agent;

/// <summary>Small xDS resources.</summary>
internal static class Resources
{
    private static readonly JsonParser s_json = new(
        JsonParser.Settings.Default.WithTypeRegistry(
            TypeRegistry.FromMessages(HttpConnectionManager.Descriptor, Router.Descriptor)
        )
    );

    /// <summary>A cluster whose endpoints come by EDS under its own name.</summary>
    public static Any EdsCluster(string name) =>
        Pack<Cluster>($$$$"""{"name":"{{{{name}}}}","type":"EDS","edsClusterConfig":{"edsConfig":{"ads":{} } } }""");

    public static Any DnsCluster(string name, string host, int port = 80, int refreshSeconds = 5) =>
        Pack<Cluster>(
            $$$$"""
            {"name":"{{{{name}}}}","type":"STRICT_DNS","dnsRefreshRate":"{{{{refreshSeconds}}}}s",
             "loadAssignment":{"clusterName":"{{{{name}}}}","endpoints":[{"lbEndpoints":[{"endpoint":
               {"address":{"socketAddress":{"address":"{{{{host}}}}","portValue":{{{{port}}}} } } } }]}]}}
            """
        );

    /// <summary>A cluster that the proxy refuses: its connect timeout is negative.</summary>
    public static Any BadCluster(string name) =>
        Pack<Cluster>($$"""{"name":"{{name}}","type":"STATIC","connectTimeout":"-1s"}""");

    public static Any Endpoints(string name, params int[] ports) =>
        Pack<ClusterLoadAssignment>(
            $$"""{"clusterName":"{{name}}","endpoints":[{"lbEndpoints":[{{string.Join(',', ports.Select(Endpoint))}}]}]}"""
        );

    /// <summary>A listener whose routes come by RDS.</summary>
    public static Any Listener(string name, string routes, int port = 0) =>
        Pack<Listener>(
            $$$$"""
            {"name":"{{{{name}}}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } },"filterChains":[{"filters":[
              {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"test","rds":{"configSource":{"ads":{}},"routeConfigName":"{{{{routes}}}}"},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
            """
        );

    public static Any Routes(string name, string cluster) =>
        Pack<RouteConfiguration>(
            $$$$"""
            {"name":"{{{{name}}}}","virtualHosts":[{"name":"v","domains":["*"],"routes":[
              {"match":{"prefix":"/"},"route":{"cluster":"{{{{cluster}}}}"}}]}]}
            """
        );

    private static string Endpoint(int port) =>
        $$$$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } } } }""";

    private static Any Pack<T>(string json)
        where T : IMessage<T>, new() => Any.Pack(s_json.Parse<T>(json));
}
