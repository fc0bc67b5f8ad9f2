// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;
using Gateway = Lateen.Config.Kinds.Networking.Gateway;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>What is named must be there: hosts, subsets, gateways, delegates, secrets.</summary>
internal static class ReferenceAnalyzer
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    public static void Run(AnalysisContext context)
    {
        var subsets = Subsets(context.Config);
        foreach (var service in context.Config.Of<VirtualService>())
        {
            CheckGateways(service, context);
            foreach (var (field, destination) in Routes.DestinationsOf(service.Spec))
                CheckDestination(service, field, destination, subsets, context);
            CheckDelegates(service, context);
        }
        foreach (var gateway in context.Config.Of<Gateway>())
            CheckCredentials(gateway, context);
        foreach (var sidecar in context.Config.Of<Sidecar>())
            CheckSidecar(sidecar, context);
        foreach (var route in context.Config.Of<HttpRoute>())
            CheckRoute(route, context);
        foreach (var policy in context.Config.Of<AuthorizationPolicy>())
            CheckNamespaces(policy, context);
    }

    /// <summary>Where no Namespace at all is known, they are kept elsewhere.</summary>
    private static void CheckNamespaces(ConfigResource<AuthorizationPolicy> policy, AnalysisContext context)
    {
        var known = context.Config.Of<Namespace>().Select(static ns => ns.Name).ToArray();
        if (known.Length == 0)
            return;
        for (var i = 0; i < policy.Spec.Rules.Count; i++)
        {
            for (var j = 0; j < policy.Spec.Rules[i].From.Count; j++)
            {
                if (policy.Spec.Rules[i].From[j].Source is not { } source)
                    continue;
                Check($"spec.rules[{i}].from[{j}].source.namespaces", source.Namespaces);
                Check($"spec.rules[{i}].from[{j}].source.notNamespaces", source.NotNamespaces);
            }
        }

        void Check(string field, IReadOnlyList<string> named)
        {
            for (var k = 0; k < named.Count; k++)
            {
                if (!known.Any(ns => IsMeant(ns, named[k])))
                    NotFound(policy, $"{field}[{k}]", $"the namespace {named[k]}", context);
            }
        }
    }

    /// <summary>A star at either end stands for anything.</summary>
    private static bool IsMeant(string ns, string pattern) =>
        pattern.StartsWith('*') ? ns.EndsWith(pattern[1..], StringComparison.Ordinal)
        : pattern.EndsWith('*') ? ns.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : ns.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private static HashSet<(string, string)> Subsets(ConfigSnapshot config)
    {
        var subsets = new HashSet<(string, string)>();
        foreach (var rule in config.Of<DestinationRule>())
        {
            foreach (var subset in rule.Spec.Subsets)
                subsets.Add((HostNames.Resolve(rule.Spec.Host, rule.Namespace), subset.Name));
        }
        return subsets;
    }

    private static void CheckGateways(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        var known = context
            .Config.Of<Gateway>()
            .Select(static gateway => $"{gateway.Namespace}/{gateway.Name}")
            .ToHashSet();
        for (var i = 0; i < service.Spec.Gateways.Count; i++)
        {
            var name = service.Spec.Gateways[i];
            var full = name.StartsWith("./", StringComparison.Ordinal) ? $"{service.Namespace}/{name[2..]}" : name;
            if (name != VirtualService.Mesh && !known.Contains(HostNames.Qualify(full, service.Namespace)))
                NotFound(service, $"spec.gateways[{i}]", $"the Gateway {name}", context);
        }
    }

    private static void CheckDestination(
        ConfigResource<VirtualService> service,
        string field,
        Destination destination,
        HashSet<(string, string)> subsets,
        AnalysisContext context
    )
    {
        if (context.Hosts.Find(destination.Host, service.Namespace) is not { } known)
            NotFound(service, $"{field}.host", $"the host {destination.Host}", context);
        else if (destination.Port is { Number: var port } && known.Ports.Count > 0 && !known.Ports.Contains(port))
            NotFound(service, $"{field}.port", $"the port {port} of {destination.Host}", context);
        var host = HostNames.Resolve(destination.Host, service.Namespace);
        if (destination.Subset.Length > 0 && !subsets.Contains((host, destination.Subset)))
            NotFound(service, $"{field}.subset", $"the subset {destination.Subset} of {host}", context);
    }

    private static void CheckDelegates(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        for (var i = 0; i < service.Spec.Http.Count; i++)
        {
            if (service.Spec.Http[i].Delegate is not { } named)
                continue;
            var ns = named.Namespace.Length == 0 ? service.Namespace : named.Namespace;
            var isThere = context
                .Config.Of<VirtualService>()
                .Any(other => other.Name == named.Name && other.Namespace == ns && other.Spec.Hosts.Count == 0);
            if (!isThere)
                NotFound(
                    service,
                    $"spec.http[{i}].delegate",
                    $"the VirtualService {ns}/{named.Name} without hosts",
                    context
                );
        }
    }

    /// <summary>Where no Secret at all is known, they are kept elsewhere.</summary>
    private static void CheckCredentials(ConfigResource<Gateway> gateway, AnalysisContext context)
    {
        if (!context.Config.Of<Secret>().Any())
            return;
        for (var i = 0; i < gateway.Spec.Servers.Count; i++)
        {
            if (gateway.Spec.Servers[i].Tls is not { } tls)
                continue;
            var names = tls.CredentialNames.Append(tls.CredentialName).Where(static name => name.Length > 0);
            foreach (var name in names)
            {
                if (context.SecretOf(gateway, name) is null)
                    NotFound(gateway, $"spec.servers[{i}].tls", $"the Secret {name}", context);
            }
        }
    }

    private static void CheckSidecar(ConfigResource<Sidecar> sidecar, AnalysisContext context)
    {
        for (var i = 0; i < sidecar.Spec.Egress.Count; i++)
        {
            for (var j = 0; j < sidecar.Spec.Egress[i].Hosts.Count; j++)
            {
                var host = sidecar.Spec.Egress[i].Hosts[j];
                var name = host[(host.IndexOf('/') + 1)..];
                var isThere = name.StartsWith('*')
                    ? name == "*" || context.Hosts.HasAnyBelow(name)
                    : context.Hosts.Find(name, sidecar.Namespace) is not null;
                if (!isThere && !host.StartsWith('~'))
                    NotFound(sidecar, $"spec.egress[{i}].hosts[{j}]", $"the host {name}", context);
            }
        }
    }

    private static void CheckRoute(ConfigResource<HttpRoute> route, AnalysisContext context)
    {
        for (var i = 0; i < route.Spec.ParentRefs.Count; i++)
        {
            var parent = route.Spec.ParentRefs[i];
            var ns = parent.Namespace.Length == 0 ? route.Namespace : parent.Namespace;
            if (
                parent is { Group: GatewayGroup, Kind: "Gateway" }
                && !context
                    .Config.Of<KubernetesGateway>()
                    .Any(known => known.Name == parent.Name && known.Namespace == ns)
            )
                NotFound(route, $"spec.parentRefs[{i}]", $"the Gateway {ns}/{parent.Name}", context);
        }
        for (var i = 0; i < route.Spec.Rules.Count; i++)
        {
            for (var j = 0; j < route.Spec.Rules[i].BackendRefs.Count; j++)
            {
                var backend = route.Spec.Rules[i].BackendRefs[j];
                var ns = backend.Namespace.Length == 0 ? route.Namespace : backend.Namespace;
                if (
                    backend is { Group: "", Kind: "Service" }
                    && context.Hosts.Find(HostNames.OfService(backend.Name, ns), ns) is null
                )
                    NotFound(route, $"spec.rules[{i}].backendRefs[{j}]", $"the Service {ns}/{backend.Name}", context);
            }
        }
    }

    private static void NotFound(ConfigResource resource, string field, string what, AnalysisContext context) =>
        context.Tell(
            resource,
            IstioMessage.ReferencedResourceNotFound,
            field,
            $"there is no such thing: {what}",
            "check the name and the namespace"
        );
}
