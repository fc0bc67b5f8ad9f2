// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.Core;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Statuses of the Gateway API's kinds, in its own terms: GatewayClasses whose controller is ours, Gateways of these, and for each such
/// Gateway that a route names an entry in its <c>parents</c>. All others are other controllers' business.
/// </summary>
internal static class GatewayStatus
{
    private const string Group = "gateway.networking.k8s.io";

    /// <returns>Null where the object is not ours.</returns>
    public static Verdict? Of(
        ObjectKey key,
        MirroredObject item,
        IReadOnlyList<Condition> conditions,
        ConfigurationVerdicts configuration
    )
    {
        switch (item.Kind.Name)
        {
            case "GatewayClass":
                return item.Spec.Text("controllerName") == StatusDocument.Controller
                    ? new Verdict(item.Generation, [Named(conditions, Condition.Accepted)], [])
                    : null;
            case "Gateway":
                return IsOurs(item.Spec.Text("gatewayClassName"), configuration)
                    ? new Verdict(item.Generation, conditions, [])
                    : null;
            case "HTTPRoute" or "GRPCRoute" or "TCPRoute" or "TLSRoute":
                var parents = Parents(key, item, Named(conditions, Condition.Accepted), configuration);
                // An entry of ours goes with the reference that it is about.
                var had = item
                    .Status.Member("parents")
                    .Items()
                    .Any(static entry => entry.Text("controllerName") == StatusDocument.Controller);
                return parents.Count > 0 || had ? new Verdict(item.Generation, [], [], parents) : null;
            default:
                return null;
        }
    }

    private static Condition Named(IEnumerable<Condition> conditions, string type) =>
        conditions.First(condition => condition.Type == type);

    private static bool IsOurs(string? gatewayClass, ConfigurationVerdicts configuration) =>
        configuration
            .Config.Of<GatewayClass>()
            .Any(known => known.Name == gatewayClass && known.Spec.ControllerName == StatusDocument.Controller);

    private static List<RouteParent> Parents(
        ObjectKey key,
        MirroredObject item,
        Condition accepted,
        ConfigurationVerdicts configuration
    )
    {
        var resolved = ResolvedRefs(key, item, configuration);
        return item
            .Spec.Member("parentRefs")
            .Items()
            .Where(reference => IsOurGateway(reference, key.Namespace, configuration))
            .Select(reference => new RouteParent(reference!.ToJsonString(), [accepted, resolved]))
            .ToList();
    }

    private static bool IsOurGateway(JsonNode? reference, string ns, ConfigurationVerdicts configuration) =>
        (reference.Text("group") ?? Group) == Group
        && (reference.Text("kind") ?? "Gateway") == "Gateway"
        && configuration
            .Config.Of<KubernetesGateway>()
            .Any(gateway =>
                gateway.Name == reference.Text("name")
                && gateway.Namespace == (reference.Text("namespace") ?? ns)
                && IsOurs(gateway.Spec.GatewayClassName, configuration)
            );

    private static Condition ResolvedRefs(ObjectKey key, MirroredObject item, ConfigurationVerdicts configuration)
    {
        foreach (
            var backend in item
                .Spec.Member("rules")
                .Items()
                .SelectMany(static rule => rule.Member("backendRefs").Items())
        )
        {
            if ((backend.Text("group") ?? "") != "" || (backend.Text("kind") ?? "Service") != "Service")
                continue;
            var ns = backend.Text("namespace") ?? key.Namespace;
            var name = backend.Text("name") ?? "";
            if (ns != key.Namespace && !IsGranted(item.Kind.Name, key.Namespace, ns, name, configuration))
                return Unresolved(
                    "RefNotPermitted",
                    $"no ReferenceGrant in {ns} lets {item.Kind.Name} of {key.Namespace} refer to the Service {name}"
                );
            if (!configuration.Config.Of<Service>().Any(service => service.Name == name && service.Namespace == ns))
                return Unresolved("BackendNotFound", $"there is no Service {ns}/{name}");
        }
        return new Condition(Condition.ResolvedRefs, true, "ResolvedRefs", "everything that it refers to is there");
    }

    private static bool IsGranted(
        string kind,
        string from,
        string to,
        string service,
        ConfigurationVerdicts configuration
    ) =>
        configuration
            .Config.Of<ReferenceGrant>()
            .Any(grant =>
                grant.Namespace == to
                && grant.Spec.From.Any(one => one.Group == Group && one.Kind == kind && one.Namespace == from)
                && grant.Spec.To.Any(one =>
                    one.Group == "" && one.Kind == "Service" && (one.Name == "" || one.Name == service)
                )
            );

    private static Condition Unresolved(string reason, string message) =>
        new(Condition.ResolvedRefs, false, reason, message);
}
