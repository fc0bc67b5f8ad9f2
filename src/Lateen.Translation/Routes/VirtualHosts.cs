// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>A host's routes, and which clusters they name.</summary>
internal sealed record TranslatedHost(Api.VirtualHost Host, IReadOnlyList<string> Clusters);

/// <summary>Hosts → virtual hosts.</summary>
internal static class VirtualHosts
{
    public static TranslatedHost Translate(HttpHost host, IEnumerable<string> domains)
    {
        var wire = new Api.VirtualHost { Name = $"{host.Host}:{host.Port}", IncludeRequestAttemptCount = true };
        wire.Domains.AddRange(domains);
        if (host.IsDefault)
        {
            var route = RouteTranslator.Default(host);
            wire.Routes.Add(route);
            return new TranslatedHost(wire, [route.Route_.Cluster]);
        }
        foreach (var rule in host.Rules)
        {
            if (RouteTranslator.Translate(rule) is { } route)
                wire.Routes.Add(route);
        }
        return new TranslatedHost(
            wire,
            host.Rules.SelectMany(static rule => rule.Targets).Select(ClusterNames.Of).Distinct().ToArray()
        );
    }

    /// <summary>What hosts get that the mesh does not know.</summary>
    public static Api.VirtualHost CatchAll(OutboundTrafficPolicy policy)
    {
        var allows = policy == OutboundTrafficPolicy.AllowAny;
        var name = allows ? "allow_any" : "block_all";
        var route = new Api.Route { Name = name, Match = RouteMatches.Everything };
        if (allows)
            route.Route_ = RouteActions.ToCluster(ClusterNames.Passthrough);
        else
            route.DirectResponse = new() { Status = 502 };
        return new Api.VirtualHost
        {
            Name = name,
            Domains = { "*" },
            Routes = { route },
            IncludeRequestAttemptCount = true,
        };
    }
}
