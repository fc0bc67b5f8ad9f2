// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Builds what the workloads of one namespace can call.</summary>
internal sealed class OutboundBuilder(
    MeshSnapshot mesh,
    NamespaceView view,
    IReadOnlyDictionary<string, string> clientLabels
)
{
    /// <summary>Port on which hosts are reachable that only a VirtualService knows.</summary>
    private const int DefaultHttpPort = 80;

    private readonly Derivations _derivations = mesh.Derivations;

    // (name, port) → the host that answers to it. Full names are claimed before short ones.
    private readonly Dictionary<(string Name, int Port), string> _claimed = [];

    public OutboundView Build()
    {
        var services = view
            .Services.Sorted.Select(service =>
                WithPolicy(service, mesh.Policies.For(service, view.Namespace, clientLabels))
            )
            .ToArray();
        var ports = services.SelectMany(static entry => entry.Service.Ports.Select(port => (entry.Service, port)));
        var http = ports
            .Where(static entry => entry.port.IsHttp)
            .Select(static entry => (entry.Service.Host, Port: entry.port.Number))
            .Concat(RoutedOnly())
            .Distinct()
            .OrderBy(static entry => entry.Host, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Port)
            .ToArray();
        foreach (var (host, port) in http)
            _claimed.TryAdd((host, port), host);
        var hosts = http.Select(entry => Http(entry.Host, entry.Port)).ToArray();
        var tcp = ports.Where(static entry => !entry.port.IsHttp).Select(entry => Tcp(entry.Service, entry.port));
        var routes = tcp.ToArray();
        return _derivations.Of(
            "outbound",
            [mesh.Config, .. services, .. hosts, .. routes],
            () =>
                new OutboundView
                {
                    Mesh = mesh.Config,
                    Services = services,
                    HttpHosts = hosts,
                    TcpRoutes = routes,
                }
        );
    }

    private OutboundService WithPolicy(MeshService service, DestinationPolicy policy) =>
        _derivations.Of(
            "outbound service",
            [service, policy, mesh.Config],
            () => new OutboundService(service, policy, mesh.Config)
        );

    /// <summary>Hosts of VirtualServices that no registry knows.</summary>
    private IEnumerable<(string Host, int Port)> RoutedOnly() =>
        view
            .Routes.Of(VirtualService.Mesh)
            .Where(static routes => routes.Http.Count > 0)
            .SelectMany(static routes => routes.Hosts)
            .Where(host => view.Services.Find(host) is null)
            .Select(static host => (host, DefaultHttpPort));

    private HttpHost Http(string host, int port)
    {
        var names = HostNaming
            .NamesOf(host, view.Namespace)
            .Where(name => _claimed.TryAdd((name, port), host) || _claimed[(name, port)] == host)
            .ToArray();
        var routes = view.Routes.InMesh(host);
        if (routes is null || routes.Http.Count == 0)
            return _derivations.Of(
                "host",
                [host, Text(port), string.Join(',', names)],
                () => Default(host, port, names)
            );
        var context = new RouteContext(VirtualService.Mesh, port, view.Namespace, clientLabels);
        var inputs = new List<object> { host, Text(port), string.Join(',', names), routes, view.Namespace };
        if (routes.DependsOnSource)
            inputs.Add(MeshSnapshot.TextOf(clientLabels));
        inputs.AddRange(view.DestinationsOf(routes));
        return _derivations.Of(
            "routed host",
            [.. inputs],
            () =>
                new HttpHost
                {
                    Host = host,
                    Port = port,
                    Names = names,
                    Rules = RouteExpansion.Expand(routes, context, view.Services),
                    IsDefault = false,
                }
        );
    }

    private static HttpHost Default(string host, int port, string[] names) =>
        new()
        {
            Host = host,
            Port = port,
            Names = names,
            Rules = [],
            IsDefault = true,
        };

    private TcpRoute Tcp(MeshService service, MeshPort port)
    {
        var routes = view.Routes.InMesh(service.Host);
        var context = new RouteContext(VirtualService.Mesh, port.Number, view.Namespace, clientLabels);
        var inputs = new List<object> { service.Host, Text(port.Number) };
        if (routes is not null)
        {
            inputs.Add(routes);
            inputs.AddRange(view.DestinationsOf(routes));
        }
        return _derivations.Of(
            "tcp",
            [.. inputs],
            () =>
                new TcpRoute
                {
                    Host = service.Host,
                    Port = port.Number,
                    Targets =
                        (routes is null ? null : RouteExpansion.ExpandTcp(routes, context, view.Services))
                        ?? [new RouteTarget(service.Host, "", port.Number, 1, HeaderRules.None)],
                }
        );
    }

    private static string Text(int port) => port.ToString();
}
