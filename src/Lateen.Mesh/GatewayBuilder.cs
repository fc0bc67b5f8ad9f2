// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Builds what a gateway serves: the Gateways that select it, and the VirtualServices bound to those.</summary>
internal sealed class GatewayBuilder(MeshSnapshot mesh, NamespaceView view, ProxyNode node)
{
    private const string GrpcWeb = "GRPC-WEB";

    public GatewayView Build()
    {
        var servers = mesh
            .Gateways.Where(gateway => Labels.Carry(node.Labels, gateway.Spec.Selector))
            .SelectMany(static gateway => gateway.Spec.Servers.Select(server => new BoundServer(gateway, server)))
            .Where(static entry => entry.Port.IsHttp || entry.Port.Protocol == "TCP")
            .GroupBy(static entry => (entry.Port.Number, entry.Server.Bind))
            .OrderBy(static group => group.Key.Number)
            .ThenBy(static group => group.Key.Bind, StringComparer.Ordinal);
        var ports = servers.Select(group => Port(group.Key.Number, group.Key.Bind, group.ToArray())).ToArray();
        return mesh.Derivations.Of("gateway", [.. ports], () => new GatewayView { Ports = ports });
    }

    /// <summary>The oldest server decides the port's protocol; servers with another one have no part in it.</summary>
    private GatewayPort Port(int number, string bind, BoundServer[] servers)
    {
        var isHttp = servers[0].Port.IsHttp;
        var protocol = servers[0].Port.Protocol;
        var bound = servers.Where(entry => entry.Port.IsHttp == isHttp).SelectMany(Bound).Distinct().ToArray();
        var inputs = new List<object> { number.ToString(), bind, protocol, node.Namespace };
        foreach (var (host, gateway, routes) in bound)
        {
            inputs.AddRange([host, gateway, routes]);
            inputs.AddRange(view.DestinationsOf(routes));
        }
        return mesh.Derivations.Of(
            "gateway port",
            [.. inputs],
            () =>
                new GatewayPort
                {
                    Number = number,
                    Bind = bind,
                    IsHttp = isHttp,
                    IsGrpcWeb = protocol == GrpcWeb,
                    HttpHosts = isHttp ? Hosts(number, bound) : [],
                    Tcp = isHttp ? null : Tcp(number, bound),
                }
        );
    }

    /// <summary>Every host that a VirtualService brings to a server which the gateway's namespace sees, in the order in which they come first.</summary>
    private IEnumerable<BoundRoutes> Bound(BoundServer entry)
    {
        var gateway = entry.Gateway;
        var name = $"{gateway.Namespace}/{gateway.Name}";
        foreach (var routes in view.Routes.Of(name))
        {
            // Rules of the other kind have no part in the port, not even as a host without routes.
            if ((entry.Port.IsHttp ? routes.Http.Count : routes.Tcp.Count) == 0)
                continue;
            foreach (var host in routes.Hosts)
            {
                foreach (var admitted in entry.Server.Hosts)
                {
                    if (Admit(admitted, host, routes.Origin.Namespace, gateway.Namespace) is { } narrower)
                        yield return new BoundRoutes(narrower, name, routes);
                }
            }
        }
    }

    /// <summary>The host under which a server takes a VirtualService's; null when it does not.</summary>
    /// <param name="admitted"><c>host</c>, or <c>namespace/host</c> for VirtualServices of that namespace alone; <c>.</c> is the Gateway's own.</param>
    private static string? Admit(string admitted, string host, string routesNamespace, string gatewayNamespace)
    {
        var slash = admitted.IndexOf('/');
        if (slash >= 0)
        {
            var ns = admitted[..slash];
            if (ns == ".")
                ns = gatewayNamespace;
            if (ns != "*" && ns != routesNamespace)
                return null;
            admitted = admitted[(slash + 1)..];
        }
        return HostPattern.Narrower(admitted, host);
    }

    /// <summary>VirtualServices of one host add up; what matches everything goes last, so that it hides nothing.</summary>
    private HttpHost[] Hosts(int port, BoundRoutes[] bound) =>
        bound
            .GroupBy(static entry => entry.Host)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => new HttpHost
            {
                Host = group.Key,
                Port = port,
                Names = [group.Key],
                Rules = group
                    .SelectMany(entry => RouteExpansion.Expand(entry.Routes, Context(entry, port), view.Services))
                    .OrderBy(static rule => rule.IsCatchAll)
                    .ToArray(),
                IsDefault = false,
            })
            .ToArray();

    private TcpRoute? Tcp(int port, BoundRoutes[] bound)
    {
        foreach (var entry in bound)
        {
            if (RouteExpansion.ExpandTcp(entry.Routes, Context(entry, port), view.Services) is { } targets)
                return new TcpRoute
                {
                    Host = "",
                    Port = port,
                    Targets = targets,
                };
        }
        return null;
    }

    private RouteContext Context(BoundRoutes entry, int port) =>
        new(entry.Gateway, port, node.Namespace, new Dictionary<string, string>());

    /// <summary>A server of a gateway that the proxy serves.</summary>
    private sealed record BoundServer(ConfigResource<Gateway> Gateway, GatewayServer Server)
    {
        public MeshPort Port { get; } = MeshPort.From(Server.Port!);
    }

    /// <param name="Gateway">Qualified name.</param>
    private sealed record BoundRoutes(string Host, string Gateway, ServiceRoutes Routes);
}
