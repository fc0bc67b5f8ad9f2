// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>
/// Statuses of the Gateway API's kinds, in its own terms: GatewayClasses whose controller is ours, Gateways of these, and for each such
/// Gateway that a route names an entry in its <c>parents</c>. All others are other controllers' business.
/// </summary>
internal static class GatewayStatus
{
    /// <param name="accepted">As reading found it.</param>
    /// <returns>Null where the object is not ours.</returns>
    public static Verdict? Of(
        ObjectKey key,
        MirroredObject item,
        Condition accepted,
        Condition programmed,
        ConfigurationVerdicts configuration
    ) =>
        item.Kind.Name switch
        {
            "GatewayClass" => OfClass(item, accepted),
            "Gateway" => OfGateway(key, item, accepted, programmed, configuration),
            "HTTPRoute" or "GRPCRoute" or "TCPRoute" or "TLSRoute" or "UDPRoute" => OfRoute(
                key,
                item,
                accepted,
                configuration
            ),
            _ => null,
        };

    private static Verdict? OfClass(MirroredObject item, Condition accepted)
    {
        if (item.Spec.Text("controllerName") != StatusDocument.Controller)
            return null;
        if (accepted.IsTrue == true && item.Spec.Member("parametersRef") is not null)
            accepted = GatewayWords.IsNot(
                Condition.Accepted,
                GatewayWords.InvalidParameters,
                "spec.parametersRef: there are no parameters that could be set; remove it"
            );
        return new Verdict(item.Generation, [accepted], []);
    }

    private static Verdict? OfGateway(
        ObjectKey key,
        MirroredObject item,
        Condition accepted,
        Condition programmed,
        ConfigurationVerdicts configuration
    )
    {
        var gateways = configuration.Gateways;
        if (!gateways.IsOurs(item.Spec.Text("gatewayClassName")))
            return null;
        // What is refused has listeners of which nothing is known.
        if (accepted.IsTrue != true || gateways.Find(key.Namespace, key.Name) is not { } gateway)
            return new Verdict(item.Generation, [accepted, programmed], []);
        var inOrder = gateway.Accepted;
        if (inOrder.IsTrue != true)
            programmed = GatewayWords.IsNot(Condition.Programmed, GatewayWords.Invalid, inOrder.Message);
        var listeners = gateway
            .Listeners.Select(listener => new ListenerStatus(
                listener.Name,
                listener.SupportedKinds,
                listener.AttachedRoutes,
                listener.Conditions(programmed)
            ))
            .ToList();
        var shown = inOrder is { IsTrue: true, Reason: GatewayWords.Accepted } ? accepted : inOrder;
        return new Verdict(
            item.Generation,
            [shown, programmed],
            [],
            Gateway: new GatewayListenersStatus(listeners, gateway.Addresses(configuration.Config))
        );
    }

    private static Verdict? OfRoute(
        ObjectKey key,
        MirroredObject item,
        Condition accepted,
        ConfigurationVerdicts configuration
    )
    {
        var gateways = configuration.Gateways;
        var resolved = RouteBackends.Resolution(key, item, configuration.Config);
        var route = gateways.Route(ConfigurationVerdicts.KeyOf(key, item));
        var parents = new List<RouteParent>();
        foreach (var written in item.Spec.Member("parentRefs").Items())
        {
            var reference = Read(written);
            if (gateways.Parent(reference, key.Namespace) is not { } gateway)
                continue;
            var taken =
                accepted.IsTrue == true && route is not null
                    ? Accepted(accepted, gateways.Acceptance(route, reference, gateway))
                    : accepted with
                    {
                        Reason = GatewayWords.UnsupportedValue,
                    };
            parents.Add(new RouteParent(written!.ToJsonString(), [taken, resolved]));
        }
        // An entry of ours goes with the reference that it is about.
        var had = item
            .Status.Member("parents")
            .Items()
            .Any(static entry => entry.Text("controllerName") == StatusDocument.Controller);
        return parents.Count > 0 || had ? new Verdict(item.Generation, [], [], parents) : null;
    }

    /// <summary>What reading warned of is told where nothing is worse.</summary>
    private static Condition Accepted(Condition read, Condition taken) => taken.IsTrue == true ? read : taken;

    private static ParentReference Read(JsonNode? reference) =>
        new()
        {
            Group = reference.Text("group") ?? GatewayWords.Group,
            Kind = reference.Text("kind") ?? "Gateway",
            Namespace = reference.Text("namespace") ?? "",
            Name = reference.Text("name") ?? "",
            SectionName = reference.Text("sectionName") ?? "",
            Port = (int?)reference.Member("port").AsNumber(),
        };
}
