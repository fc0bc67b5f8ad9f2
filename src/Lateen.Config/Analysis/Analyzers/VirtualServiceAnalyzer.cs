// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>VirtualServices among each other, with services, gateways and tokens.</summary>
internal static class VirtualServiceAnalyzer
{
    private const string ClaimPrefix = "@request.auth.claims";

    public static void Run(AnalysisContext context)
    {
        var services = context.Config.Of<VirtualService>().ToArray();
        CheckHosts(services, context);
        var split = SplitHosts(services);
        foreach (var service in services)
        {
            foreach (var (field, destination) in Routes.DestinationsOf(service.Spec))
                CheckPort(service, field, destination, context);
            CheckGatewayHosts(service, context);
            CheckIngressRoutes(service, split, context);
            CheckClaims(service, context);
        }
    }

    /// <summary>In the mesh a host has one VirtualService for each namespace that sees it.</summary>
    private static void CheckHosts(ConfigResource<VirtualService>[] services, AnalysisContext context)
    {
        var claims = new ScopedClaims<string>(services, RouteReferences.HostsOf, context.Exports);
        foreach (var service in services.Where(static service => service.Spec.Gateways.Contains(VirtualService.Mesh)))
        {
            for (var i = 0; i < service.Spec.Hosts.Count; i++)
            {
                var host = HostNames.Resolve(service.Spec.Hosts[i], service.Namespace);
                if (claims.LossOf(service, host) is { } loss)
                    context.Tell(
                        service,
                        IstioMessage.ConflictingMeshGatewayVirtualServiceHosts,
                        $"spec.hosts[{i}]",
                        $"{host} has routes in {loss.Winner.Key} already, which {loss.How}",
                        "merge the two"
                    );
                foreach (var exception in claims.Exceptions(service, host))
                    context.Tell(
                        ProblemCatalogue.HostOverridden(
                            service.At,
                            service.Key.ToString(),
                            $"spec.hosts[{i}]",
                            host,
                            string.Join(", ", exception.Order(StringComparer.Ordinal)),
                            exception.Key.ToString()
                        )
                    );
            }
        }
    }

    private static void CheckPort(
        ConfigResource<VirtualService> service,
        string field,
        Destination destination,
        AnalysisContext context
    )
    {
        if (destination.Port is not null)
            return;
        if (context.Hosts.Find(destination.Host, service.Namespace) is { Ports.Count: > 1 } host)
            context.Tell(
                service,
                IstioMessage.VirtualServiceDestinationPortSelectorRequired,
                field,
                $"{destination.Host} has the ports {string.Join(", ", host.Ports)}, and none is named",
                "add port.number"
            );
    }

    /// <summary>A host that none of the gateways serves, and a gateway that serves none of the hosts.</summary>
    private static void CheckGatewayHosts(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        var gateways = new List<(int Index, ConfigResource<Gateway> Gateway)>();
        for (var i = 0; i < service.Spec.Gateways.Count; i++)
        {
            var full = HostNames.Qualify(service.Spec.Gateways[i], service.Namespace);
            var gateway = context
                .Config.Of<Gateway>()
                .FirstOrDefault(known => $"{known.Namespace}/{known.Name}" == full);
            if (gateway is not null)
                gateways.Add((i, gateway));
        }
        // Where a gateway is not known, or hosts are the mesh's too, nobody can say that nothing serves them.
        var isAllKnown = gateways.Count == service.Spec.Gateways.Count;
        for (var i = 0; i < service.Spec.Hosts.Count; i++)
        {
            var host = service.Spec.Hosts[i];
            if (
                isAllKnown
                && gateways.Count > 0
                && !gateways.Exists(known => Serves(known.Gateway, host, service.Namespace))
            )
                NotServed(service, $"spec.hosts[{i}]", gateways[0].Gateway, host, context);
        }
        foreach (var (index, gateway) in gateways)
        {
            var isIdle = !service.Spec.Hosts.Any(host => Serves(gateway, host, service.Namespace));
            if (isIdle && !(isAllKnown && gateways.Count == 1))
                NotServed(service, $"spec.gateways[{index}]", gateway, string.Join(", ", service.Spec.Hosts), context);
        }
    }

    private static void NotServed(
        ConfigResource<VirtualService> service,
        string field,
        ConfigResource<Gateway> gateway,
        string hosts,
        AnalysisContext context
    ) =>
        context.Tell(
            service,
            IstioMessage.VirtualServiceHostNotFoundInGateway,
            field,
            $"the Gateway {gateway.Namespace}/{gateway.Name} does not serve {hosts} for {service.Namespace}",
            "add the host to a server of the Gateway"
        );

    /// <summary>Whether a server has the host for VirtualServices of the namespace: <c>ns/host</c>, <c>./host</c>, <c>*/host</c>.</summary>
    private static bool Serves(ConfigResource<Gateway> gateway, string host, string ns) =>
        gateway
            .Spec.Servers.SelectMany(static server => server.Hosts)
            .Any(known =>
            {
                var slash = known.IndexOf('/');
                var name = known[(slash + 1)..];
                var scope = slash < 0 ? "*" : known[..slash];
                return (scope == "*" || scope == ns || (scope == "." && gateway.Namespace == ns))
                    && (Hosts.Covers(name, host) || Hosts.Covers(host, name));
            });

    /// <summary>What clients in the mesh are routed by does nothing for requests of a gateway that come with another host.</summary>
    private static void CheckIngressRoutes(
        ConfigResource<VirtualService> service,
        HashSet<string> split,
        AnalysisContext context
    )
    {
        if (service.Spec.Gateways.All(static name => name == VirtualService.Mesh))
            return;
        for (var i = 0; i < service.Spec.Http.Count; i++)
        {
            for (var j = 0; j < service.Spec.Http[i].Route.Count; j++)
            {
                var destination = service.Spec.Http[i].Route[j].Destination;
                if (
                    destination.Subset.Length == 0
                    && split.Contains(HostNames.Resolve(destination.Host, service.Namespace))
                )
                    context.Tell(
                        service,
                        IstioMessage.IngressRouteRulesNotAffected,
                        $"spec.http[{i}].route[{j}].destination",
                        $"goes to all subsets of {destination.Host}: the routes that its own VirtualService has are for clients in the mesh",
                        "name a subset here too"
                    );
            }
        }
    }

    /// <summary>Hosts whose own VirtualService routes them to subsets.</summary>
    private static HashSet<string> SplitHosts(ConfigResource<VirtualService>[] services)
    {
        var split = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in services)
        {
            var own = service.Spec.Hosts.Select(host => HostNames.Resolve(host, service.Namespace)).ToHashSet();
            foreach (var share in service.Spec.Http.SelectMany(static rule => rule.Route))
            {
                var host = HostNames.Resolve(share.Destination.Host, service.Namespace);
                if (share.Destination.Subset.Length > 0 && own.Contains(host))
                    split.Add(host);
            }
        }
        return split;
    }

    private static void CheckClaims(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        var claims = service
            .Spec.Http.SelectMany(static rule => rule.Match)
            .SelectMany(static match => match.Headers.Keys.Concat(match.WithoutHeaders.Keys))
            .Where(static name => name.StartsWith(ClaimPrefix, StringComparison.Ordinal))
            .ToArray();
        if (claims.Length == 0)
            return;
        foreach (var name in service.Spec.Gateways.Where(static name => name != VirtualService.Mesh))
        {
            var full = HostNames.Qualify(name, service.Namespace);
            var gateway = context
                .Config.Of<Gateway>()
                .FirstOrDefault(known => $"{known.Namespace}/{known.Name}" == full);
            if (gateway is null || IsAuthenticated(gateway, context))
                continue;
            context.Tell(
                service,
                IstioMessage.JwtClaimBasedRoutingWithoutRequestAuthN,
                "spec.http",
                $"matches the claim {claims[0]}, and nobody verifies tokens at the Gateway {full}",
                "add a RequestAuthentication that selects the gateway's workloads"
            );
        }
    }

    private static bool IsAuthenticated(ConfigResource<Gateway> gateway, AnalysisContext context)
    {
        var policies = context
            .Config.Of<RequestAuthentication>()
            .Where(static policy => policy.Spec.JwtRules.Count > 0)
            .ToArray();
        return policies.Any(policy =>
            policy.Spec.Selector is not { MatchLabels: { Count: > 0 } labels }
                ? policy.Namespace == gateway.Namespace || policy.Namespace == context.RootNamespace
                : labels.All(label =>
                    gateway.Spec.Selector.TryGetValue(label.Key, out var value) && value == label.Value
                )
        );
    }
}
