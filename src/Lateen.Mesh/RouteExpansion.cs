// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Who asks for routes, and on which port.</summary>
/// <param name="Gateway"><see cref="VirtualService.Mesh"/>, or the gateway's qualified name.</param>
/// <param name="Namespace">Of the proxy.</param>
/// <param name="SourceLabels">Of the proxy's workload; only sidecars have a source.</param>
internal readonly record struct RouteContext(
    string Gateway,
    int Port,
    string Namespace,
    IReadOnlyDictionary<string, string> SourceLabels
);

/// <summary>Rules of a VirtualService → the routes that hold for one proxy, port and gateway.</summary>
internal static class RouteExpansion
{
    /// <summary>Up to the first route that leaves nothing for later ones.</summary>
    public static List<RouteRule> Expand(ServiceRoutes routes, RouteContext context, VisibleServices services)
    {
        var expanded = new List<RouteRule>();
        foreach (var rule in routes.Http)
        {
            var targets = Targets(rule.Route.Select(Share.Of).ToArray(), context.Port, services);
            if (rule.Match.Count == 0)
            {
                expanded.Add(new RouteRule(rule.Name, routes.Origin, null, rule, targets));
                return expanded;
            }
            foreach (var match in rule.Match)
            {
                if (!Applies(match, context))
                    continue;
                var name = string.Join('.', new[] { rule.Name, match.Name }.Where(static part => part.Length > 0));
                var route = new RouteRule(name, routes.Origin, match, rule, targets);
                expanded.Add(route);
                if (route.IsCatchAll)
                    return expanded;
            }
        }
        return expanded;
    }

    /// <summary>The targets of the first TCP rule for the port; null when no rule has one.</summary>
    public static IReadOnlyList<RouteTarget>? ExpandTcp(
        ServiceRoutes routes,
        RouteContext context,
        VisibleServices services
    )
    {
        foreach (var rule in routes.Tcp)
        {
            var applies =
                rule.Match.Count == 0
                || rule.Match.Any(match =>
                    (match.Port is null || match.Port == context.Port)
                    && (match.Gateways.Count == 0 || match.Gateways.Contains(context.Gateway))
                );
            if (applies && rule.Route.Count > 0)
                return Targets(rule.Route.Select(Share.Of).ToArray(), context.Port, services);
        }
        return null;
    }

    private static bool Applies(HttpMatch match, RouteContext context) =>
        (match.Port is null || match.Port == context.Port)
        && (match.Gateways.Count == 0 || match.Gateways.Contains(context.Gateway))
        && (match.SourceNamespace.Length == 0 || match.SourceNamespace == context.Namespace)
        && Labels.Carry(context.SourceLabels, match.SourceLabels);

    private static RouteTarget[] Targets(IReadOnlyList<Share> route, int port, VisibleServices services) =>
        route
            // Of several shares those of weight 0 get nothing; a single one gets everything, whatever its weight.
            .Where(share => route.Count == 1 || share.Weight > 0)
            .Select(share => new RouteTarget(
                share.Destination.Host,
                share.Destination.Subset,
                Port(share.Destination, port, services),
                share.Weight,
                share.Headers
            ))
            .ToArray();

    /// <summary>The port that is named, else the only one the service has, else the one the request came to.</summary>
    private static int Port(Destination destination, int port, VisibleServices services)
    {
        if (destination.Port is { } named)
            return named.Number;
        return services.Find(destination.Host) is { Ports.Count: 1 } service ? service.Ports[0].Number : port;
    }

    /// <summary>A destination's part of a rule, of whichever protocol.</summary>
    private readonly record struct Share(Destination Destination, int Weight, HeaderRules Headers)
    {
        public static Share Of(RouteDestination share) => new(share.Destination, share.Weight, share.Headers);

        public static Share Of(ConnectionDestination share) => new(share.Destination, share.Weight, HeaderRules.None);
    }
}
