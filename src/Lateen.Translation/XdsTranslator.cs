// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Envoy.Config.Listener.V3;
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Lateen.Translation.Listeners;
using Lateen.Translation.Routes;
using Lateen.Xds;

namespace Lateen.Translation;

/// <summary>
/// <see cref="ProxyView"/> → <see cref="XdsSnapshot"/>. Pure; what was made of a part of the mesh is remembered for as
/// long as that part stands, so that a change costs what it touches.
/// </summary>
public static class XdsTranslator
{
    private static readonly ConditionalWeakTable<OutboundService, OutboundClusters> s_services = new();
    private static readonly ConditionalWeakTable<OutboundView, OutboundSets> s_outbound = new();
    private static readonly ConditionalWeakTable<OutboundView, TranslatedRoutes> s_httpProxy = new();
    private static readonly ConditionalWeakTable<GatewayPort, TranslatedRoutes> s_gatewayPorts = new();

    /// <exception cref="NotSupportedException">The proxy asks for a kind of interception that is not served yet.</exception>
    public static XdsSnapshot Translate(ProxyView view)
    {
        var warnings = new List<string>();
        var listeners = ListenersOf(view, warnings);
        var routes = RoutesOf(view);
        var outbound = s_outbound.GetValue(view.Outbound, Translate);
        var mesh = view.Outbound.Mesh;
        var applications = view.Inbound.Ports.Select(port =>
            SpecialClusters.Application(port, view.Settings.AppAddress, mesh)
        );
        var sets = new[]
        {
            outbound.Clusters.Plus(applications.ToArray()),
            outbound.Endpoints,
            ResourceSet.Of(
                TypeUrls.Listener,
                listeners.Select(static listener => Packing.Resource(listener.Name, listener))
            ),
            ResourceSet.Of(TypeUrls.Route, routes.Select(static route => route.Resource)),
        };
        warnings.AddRange(MissingClusters(sets[0], routes, view));
        return new XdsSnapshot(sets, warnings);
    }

    private static IReadOnlyList<Listener> ListenersOf(ProxyView view, List<string> warnings)
    {
        if (view.Gateway is { } gateway)
            return GatewayListeners.Translate(view, gateway, warnings).ToArray();
        return view.Settings.Interception == InterceptionMode.None
            ? BoundListeners.Translate(view, warnings)
            : throw new NotSupportedException(
                $"sidecar {view.Settings.Address} intercepts by {view.Settings.Interception}; "
                    + "this version serves INTERCEPTION_MODE NONE"
            );
    }

    private static IReadOnlyList<TranslatedRoutes> RoutesOf(ProxyView view)
    {
        if (view.Gateway is { } gateway)
            return gateway
                .Ports.Where(static port => port.IsHttp)
                .Select(static port => s_gatewayPorts.GetValue(port, RouteConfigurations.ForGateway))
                .ToArray();
        return BoundListeners.HasHttpProxy(view.Settings)
            ? [s_httpProxy.GetValue(view.Outbound, RouteConfigurations.ForHttpProxy)]
            : [];
    }

    private static OutboundSets Translate(OutboundView outbound)
    {
        var clusters = new List<NamedResource>
        {
            SpecialClusters.BlackHole(outbound.Mesh),
            SpecialClusters.Passthrough(outbound.Mesh),
        };
        var endpoints = new List<NamedResource>();
        foreach (var service in outbound.Services)
        {
            var translated = s_services.GetValue(service, OutboundClusters.Translate);
            clusters.AddRange(translated.Clusters);
            endpoints.AddRange(translated.Endpoints);
        }
        return new OutboundSets(
            ResourceSet.Of(TypeUrls.Cluster, clusters),
            ResourceSet.Of(TypeUrls.Endpoints, endpoints)
        );
    }

    /// <summary>Routes may name what does not exist: the user's rule is kept, and requests that take it fail, as in Istio.</summary>
    private static IEnumerable<string> MissingClusters(
        ResourceSet clusters,
        IReadOnlyList<TranslatedRoutes> routes,
        ProxyView view
    )
    {
        var tcp = view.Gateway is { } gateway
            ? gateway.Ports.Select(static port => port.Tcp).OfType<TcpRoute>()
            : view.Outbound.TcpRoutes;
        return routes
            .SelectMany(static route => route.Clusters)
            .Concat(tcp.SelectMany(static route => route.Targets).Select(ClusterNames.Of))
            .Distinct(StringComparer.Ordinal)
            .Where(name => clusters.Find(name) is null)
            .Order(StringComparer.Ordinal)
            .Select(static name =>
                $"a route names cluster {name}, which does not exist: requests there get 503 (NC); "
                + "check host, port and subset of the VirtualService's destination"
            );
    }

    /// <summary>What all proxies with one outbound view have in common.</summary>
    private sealed record OutboundSets(ResourceSet Clusters, ResourceSet Endpoints);
}
