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
        foreach (var service in services)
        {
            foreach (var (field, destination) in Routes.DestinationsOf(service.Spec))
                CheckPort(service, field, destination, context);
            CheckGatewayHosts(service, context);
            CheckSubsetsOnGateways(service, context);
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

    private static void CheckGatewayHosts(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        foreach (var name in service.Spec.Gateways.Where(static name => name != VirtualService.Mesh))
        {
            var full = HostNames.Qualify(name, service.Namespace);
            var gateway = context
                .Config.Of<Gateway>()
                .FirstOrDefault(known => $"{known.Namespace}/{known.Name}" == full);
            if (gateway is null)
                continue;
            var admitted = gateway
                .Spec.Servers.SelectMany(static server => server.Hosts)
                .Select(static host => host[(host.IndexOf('/') + 1)..])
                .ToArray();
            for (var i = 0; i < service.Spec.Hosts.Count; i++)
            {
                var host = service.Spec.Hosts[i];
                if (!admitted.Any(known => Hosts.Covers(known, host) || Hosts.Covers(host, known)))
                    context.Tell(
                        service,
                        IstioMessage.VirtualServiceHostNotFoundInGateway,
                        $"spec.hosts[{i}]",
                        $"the Gateway {full} does not serve {host}",
                        "add the host to a server of the Gateway"
                    );
            }
        }
    }

    /// <summary>The route of a gateway to another gateway's pods cannot choose among those behind it.</summary>
    private static void CheckSubsetsOnGateways(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        foreach (var rule in context.Config.Of<DestinationRule>())
        {
            var host = HostNames.Resolve(rule.Spec.Host, rule.Namespace);
            if (!host.StartsWith("istio-ingressgateway.", StringComparison.Ordinal))
                continue;
            foreach (var (field, destination) in Routes.DestinationsOf(service.Spec))
            {
                if (destination.Subset.Length > 0 && HostNames.Resolve(destination.Host, service.Namespace) == host)
                    context.Tell(
                        service,
                        IstioMessage.IngressRouteRulesNotAffected,
                        $"{field}.subset",
                        $"subsets of the ingress gateway {host} have no effect on what it routes",
                        "route to the service behind it"
                    );
            }
        }
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
