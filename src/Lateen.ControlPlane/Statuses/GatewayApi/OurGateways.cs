// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Statuses;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>The Gateways whose class is ours, with the routes that are attached to them: of one revision of the configuration.</summary>
internal sealed class OurGateways
{
    private static readonly Dictionary<string, string> s_noLabels = [];

    private readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> _namespaces;
    private readonly HashSet<string> _classes;
    private readonly Dictionary<(string Namespace, string Name), OurGateway> _gateways;
    private readonly Dictionary<ConfigKey, RouteView> _routes;

    /// <param name="namespaces">Their labels.</param>
    public OurGateways(
        ConfigSnapshot config,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> namespaces
    )
    {
        _namespaces = namespaces;
        _classes = config
            .Of<GatewayClass>()
            .Where(static one => one.Spec.ControllerName == StatusDocument.Controller)
            .Select(static one => one.Name)
            .ToHashSet();
        _gateways = config
            .Of<KubernetesGateway>()
            .Where(gateway => IsOurs(gateway.Spec.GatewayClassName))
            .ToDictionary(
                static gateway => (gateway.Namespace, gateway.Name),
                gateway => new OurGateway(gateway, config)
            );
        _routes = RouteView.AllOf(config).ToDictionary(static route => route.Key);
        foreach (var route in _routes.Values)
        {
            // A route counts once, also where several of its references lead to a listener.
            foreach (var listener in route.Parents.SelectMany(parent => Attached(route, parent)).Distinct())
                listener.Attach();
        }
    }

    public bool IsOurs(string? gatewayClass) => gatewayClass is not null && _classes.Contains(gatewayClass);

    public OurGateway? Find(string ns, string name) => _gateways.GetValueOrDefault((ns, name));

    /// <summary>A route that is in force.</summary>
    public RouteView? Route(ConfigKey key) => _routes.GetValueOrDefault(key);

    /// <summary>The gateway of ours that a route refers to; null for anything else.</summary>
    public OurGateway? Parent(ParentReference parent, string ns) =>
        parent is { Group: GatewayWords.Group, Kind: "Gateway" }
            ? Find(parent.Namespace.Length > 0 ? parent.Namespace : ns, parent.Name)
            : null;

    /// <summary>Whether a gateway takes a route, and if not why.</summary>
    public Condition Acceptance(RouteView route, ParentReference parent, OurGateway gateway)
    {
        var meant = Meant(parent, gateway);
        if (meant.Count == 0)
            return GatewayWords.IsNot(
                Condition.Accepted,
                GatewayWords.NoMatchingParent,
                $"{gateway.Resource.Key} has no such listener"
            );
        var allowing = meant.Where(listener => listener.Allows(route, LabelsOf)).ToList();
        if (allowing.Count == 0)
            return GatewayWords.IsNot(
                Condition.Accepted,
                GatewayWords.NotAllowedByListeners,
                $"no listener of {gateway.Resource.Key} allows {route.Key.Kind} of the namespace {route.Key.Namespace}"
            );
        return allowing.Exists(listener => listener.SharesHostWith(route))
            ? GatewayWords.Is(Condition.Accepted, "in order")
            : GatewayWords.IsNot(
                Condition.Accepted,
                GatewayWords.NoMatchingListenerHostname,
                "it has no host name in common with the listeners that allow it"
            );
    }

    private IEnumerable<ListenerView> Attached(RouteView route, ParentReference parent) =>
        Parent(parent, route.Key.Namespace) is { } gateway
            ? Meant(parent, gateway)
                .Where(listener => listener.Allows(route, LabelsOf) && listener.SharesHostWith(route))
            : [];

    private static List<ListenerView> Meant(ParentReference parent, OurGateway gateway) =>
        gateway
            .Listeners.Where(listener =>
                (parent.SectionName.Length == 0 || parent.SectionName == listener.Name)
                && (parent.Port is null || parent.Port == listener.Listener.Port)
            )
            .ToList();

    private IReadOnlyDictionary<string, string> LabelsOf(string ns) => _namespaces.GetValueOrDefault(ns, s_noLabels);
}
