// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Lateen.Mesh;
using Lateen.Translation.Routes;

namespace Lateen.Translation.Listeners;

/// <summary>Listeners of a gateway: one for each port of the Gateways it serves.</summary>
internal static class GatewayListeners
{
    /// <summary>The name says <c>0.0.0.0</c>, as in Istio, wherever the proxy binds in place of it.</summary>
    public static IEnumerable<Listener> Translate(ProxyView view, GatewayView gateway, List<string> warnings)
    {
        foreach (var port in gateway.Ports)
        {
            if (!port.IsHttp && port.Tcp is null)
            {
                warnings.Add($"no listener for TCP port {port.Number}: no VirtualService routes it");
                continue;
            }
            yield return Translate(view, port);
        }
    }

    private static Listener Translate(ProxyView view, GatewayPort port)
    {
        var mesh = view.Outbound.Mesh;
        var name = $"{(port.Bind.Length > 0 ? port.Bind : "0.0.0.0")}_{port.Number}";
        var address = port.Bind.Length > 0 ? port.Bind : view.Settings.BindAddress;
        var filters = port.Tcp is { } tcp
            ? TcpProxies.Outbound(tcp.Targets, mesh)
            :
            [
                ConnectionManagers.Gateway(
                    $"outbound_{name};",
                    RouteConfigurations.GatewayName(port),
                    mesh,
                    port.IsGrpcWeb
                ),
            ];
        return ListenerFactory.Create(name, address, port.Number, TrafficDirection.Outbound, filters, mesh);
    }
}
