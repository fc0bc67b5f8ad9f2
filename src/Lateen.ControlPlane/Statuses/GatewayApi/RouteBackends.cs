// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>Where a route sends traffic: whether all of it is there, and may be referred to.</summary>
internal static class RouteBackends
{
    public static Condition Resolution(ObjectKey key, MirroredObject route, ConfigSnapshot config)
    {
        foreach (var backend in All(route.Spec))
        {
            if (Problem(backend, key.Namespace, route.Kind.Name, config) is { } problem)
                return problem;
        }
        return GatewayWords.Is(GatewayWords.ResolvedRefs, "everything that it refers to is there");
    }

    /// <summary>Those of rules, and those that filters mirror requests to.</summary>
    private static IEnumerable<JsonNode?> All(JsonNode? spec)
    {
        foreach (var rule in spec.Member("rules").Items())
        {
            foreach (var backend in rule.Member("backendRefs").Items())
            {
                yield return backend;
                foreach (var mirror in Mirrors(backend))
                    yield return mirror;
            }
            foreach (var mirror in Mirrors(rule))
                yield return mirror;
        }
    }

    private static IEnumerable<JsonNode> Mirrors(JsonNode? rule) =>
        rule.Member("filters")
            .Items()
            .Select(static filter => filter.Member("requestMirror").Member("backendRef"))
            .OfType<JsonNode>();

    private static Condition? Problem(JsonNode? backend, string from, string routeKind, ConfigSnapshot config)
    {
        var (group, kind) = (backend.Text("group") ?? "", backend.Text("kind") ?? "Service");
        var name = backend.Text("name") ?? "";
        if ((group, kind) is not (("", "Service") or ("networking.istio.io", "ServiceEntry" or "Hostname")))
            return Unresolved(GatewayWords.InvalidKind, $"{kind} {name} is nothing that traffic can go to");
        // What a host name or ServiceEntry stands for is looked up by name in the whole mesh.
        if (kind != "Service")
            return null;
        var ns = backend.Text("namespace") ?? from;
        if (ns != from && !Grants.Allow(config, routeKind, from, "Service", ns, name))
            return Unresolved(
                GatewayWords.RefNotPermitted,
                $"no ReferenceGrant in {ns} lets {routeKind} of {from} refer to the Service {name}"
            );
        return config.Of<Service>().Any(service => service.Name == name && service.Namespace == ns)
            ? null
            : Unresolved(GatewayWords.BackendNotFound, $"there is no Service {ns}/{name}");
    }

    private static Condition Unresolved(string reason, string message) =>
        GatewayWords.IsNot(GatewayWords.ResolvedRefs, reason, message);
}
