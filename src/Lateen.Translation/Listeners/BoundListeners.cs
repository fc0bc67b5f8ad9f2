// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Lateen.Mesh;
using Lateen.Translation.Routes;

namespace Lateen.Translation.Listeners;

/// <summary>
/// Listeners of a sidecar without interception (INTERCEPTION_MODE NONE): each has a port of its own, and applications
/// call through the sidecar as their HTTP proxy.
/// </summary>
internal static class BoundListeners
{
    /// <summary>Ports that the proxy serves itself: admin, agent, readiness, metrics.</summary>
    private static readonly int[] s_reserved = [15000, 15020, 15021, 15090];

    /// <summary>Whether the sidecar is an HTTP proxy for its application.</summary>
    public static bool HasHttpProxy(ProxySettings settings) => settings.HttpProxyPort > 0;

    public static IReadOnlyList<Listener> Translate(ProxyView view, List<string> warnings)
    {
        var (settings, mesh) = (view.Settings, view.Outbound.Mesh);
        var listeners = view.Inbound.Ports.Select(port => Inbound(settings, port, mesh)).ToList();
        if (HasHttpProxy(settings))
            listeners.Add(HttpProxy(settings, mesh));
        listeners.AddRange(OutboundTcp(view, warnings));
        return listeners;
    }

    private static Listener Inbound(ProxySettings settings, InboundPort port, MeshConfig mesh)
    {
        var name = $"{settings.Address}_{port.Number}";
        var filters = port.ServicePort.IsHttp
            ?
            [
                ConnectionManagers.Inbound(
                    $"inbound_{name};",
                    RouteConfigurations.ForInbound(port),
                    mesh,
                    isGrpcWeb: port.ServicePort.Protocol == "GRPC-WEB"
                ),
            ]
            : TcpProxies.Inbound(port, mesh);
        return ListenerFactory.Create(name, settings.Address, port.Number, TrafficDirection.Inbound, filters, mesh);
    }

    private static Listener HttpProxy(ProxySettings settings, MeshConfig mesh)
    {
        var name = $"{settings.BindAddress}_{settings.HttpProxyPort}";
        return ListenerFactory.Create(
            name,
            settings.BindAddress,
            settings.HttpProxyPort,
            TrafficDirection.Outbound,
            [ConnectionManagers.Outbound($"outbound_{name};", RouteConfigurations.HttpProxy, mesh)],
            mesh
        );
    }

    /// <summary>
    /// A port for each TCP port of a service: nothing but the port can tell services apart, so that the first, by host,
    /// takes it, and ports the proxy needs itself are nobody's.
    /// </summary>
    private static IEnumerable<Listener> OutboundTcp(ProxyView view, List<string> warnings)
    {
        var settings = view.Settings;
        var owners = new Dictionary<int, string>();
        foreach (var reserved in s_reserved)
            owners[reserved] = "the proxy itself";
        if (HasHttpProxy(settings))
            owners[settings.HttpProxyPort] = "the HTTP proxy port";
        if (settings.BindAddress == settings.Address || settings.BindAddress == "0.0.0.0")
        {
            foreach (var port in view.Inbound.Ports)
                owners[port.Number] = port.Service.Host;
        }
        foreach (var route in view.Outbound.TcpRoutes)
        {
            if (!owners.TryAdd(route.Port, route.Host))
            {
                // A workload that calls its own service reaches itself: no conflict.
                if (owners[route.Port] != route.Host)
                    warnings.Add(
                        $"no listener for {route.Host}:{route.Port} on {settings.Address}: port {route.Port} belongs "
                            + $"to {owners[route.Port]}; give the service another port"
                    );
                continue;
            }
            yield return ListenerFactory.Create(
                $"{settings.BindAddress}_{route.Port}",
                settings.BindAddress,
                route.Port,
                TrafficDirection.Outbound,
                TcpProxies.Outbound(route.Targets, view.Outbound.Mesh),
                view.Outbound.Mesh
            );
        }
    }
}
