// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Lateen.Xds;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>A route configuration, and which clusters it names.</summary>
internal sealed record TranslatedRoutes(NamedResource Resource, IReadOnlyCollection<string> Clusters);

/// <summary>Route configurations: of a sidecar's HTTP proxy port, of a gateway's ports, of the application.</summary>
internal static class RouteConfigurations
{
    /// <summary>RDS name of a sidecar's HTTP proxy port.</summary>
    public const string HttpProxy = "http_proxy";

    private const int DefaultHttpPort = 80;

    /// <summary>1 MiB (Istio).</summary>
    private const uint MaxDirectResponseBody = 1 << 20;

    // One object per host, found again as long as the host stands.
    private static readonly ConditionalWeakTable<HttpHost, TranslatedHost> s_withPorts = new();
    private static readonly ConditionalWeakTable<HttpHost, TranslatedHost> s_gatewayHosts = new();

    /// <summary>Every HTTP service, told apart by host and port: one listener takes them all.</summary>
    public static TranslatedRoutes ForHttpProxy(OutboundView outbound)
    {
        var routes = Create(HttpProxy, ignorePort: false);
        var clusters = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in outbound.HttpHosts)
        {
            var translated = s_withPorts.GetValue(
                host,
                static key => VirtualHosts.Translate(key, key.Names.SelectMany(name => WithPort(name, key.Port)))
            );
            routes.VirtualHosts.Add(translated.Host);
            clusters.UnionWith(translated.Clusters);
        }
        if (!outbound.HttpHosts.Any(static host => host is { Host: "*", Port: DefaultHttpPort }))
            routes.VirtualHosts.Add(VirtualHosts.CatchAll(outbound.Mesh.OutboundTrafficPolicy));
        return new TranslatedRoutes(Packing.Resource(HttpProxy, routes), clusters);
    }

    public static TranslatedRoutes ForGateway(GatewayPort port)
    {
        var name = GatewayName(port);
        var routes = Create(name, ignorePort: true);
        var clusters = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in port.HttpHosts)
        {
            var translated = s_gatewayHosts.GetValue(host, static key => VirtualHosts.Translate(key, key.Names));
            routes.VirtualHosts.Add(translated.Host);
            clusters.UnionWith(translated.Clusters);
        }
        // A listener whose routes never come would never be ready: 404 for everything is an answer.
        if (routes.VirtualHosts.Count == 0)
            routes.VirtualHosts.Add(new Api.VirtualHost { Name = $"blackhole:{port.Number}", Domains = { "*" } });
        return new TranslatedRoutes(Packing.Resource(name, routes), clusters);
    }

    public static string GatewayName(GatewayPort port) =>
        port.Bind.Length == 0 ? $"http.{port.Number}" : $"http.{port.Number}.{port.Bind}";

    /// <summary>Everything goes to the application; sent inside the listener.</summary>
    public static Api.RouteConfiguration ForInbound(InboundPort port)
    {
        var cluster = ClusterNames.Inbound(port.Number);
        return new Api.RouteConfiguration
        {
            Name = cluster,
            ValidateClusters = false,
            VirtualHosts =
            {
                new Api.VirtualHost
                {
                    Name = $"inbound|http|{port.ServicePort.Number}",
                    Domains = { "*" },
                    Routes =
                    {
                        new Api.Route
                        {
                            Name = "default",
                            Match = RouteMatches.Everything,
                            Decorator = RouteTranslator.Decorator(port.Service.Host, port.ServicePort.Number, "/*"),
                            Route_ = new Api.RouteAction
                            {
                                Cluster = cluster,
                                Timeout = Packing.Zero,
                                MaxStreamDuration = new()
                                {
                                    MaxStreamDuration_ = Packing.Zero,
                                    GrpcTimeoutHeaderMax = Packing.Zero,
                                },
                                RetryPolicy = RetryPolicies.Inbound(port.ServicePort),
                            },
                        },
                    },
                },
            },
        };
    }

    private static Api.RouteConfiguration Create(string name, bool ignorePort) =>
        new()
        {
            Name = name,
            ValidateClusters = false,
            MaxDirectResponseBodySizeBytes = MaxDirectResponseBody,
            IgnorePortInHostMatching = ignorePort,
        };

    /// <summary>Clients leave the port out when it is 80.</summary>
    private static IEnumerable<string> WithPort(string name, int port)
    {
        if (name != "*")
            yield return $"{name}:{port}";
        if (port == DefaultHttpPort)
            yield return name;
    }
}
