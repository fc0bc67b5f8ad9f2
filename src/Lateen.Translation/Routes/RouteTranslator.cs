// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>Rules → routes.</summary>
internal static class RouteTranslator
{
    /// <summary>The route of a service that no VirtualService speaks of.</summary>
    public static Api.Route Default(HttpHost host)
    {
        var action = RouteActions.ToCluster(ClusterNames.Outbound(host.Port, "", host.Host));
        action.RetryPolicy = RetryPolicies.Translate(null);
        return new Api.Route
        {
            Name = "default",
            Match = RouteMatches.Everything,
            Route_ = action,
            Decorator = Decorator(host.Host, host.Port, "/*"),
        };
    }

    /// <summary>Null for a rule that neither forwards nor answers.</summary>
    public static Api.Route? Translate(RouteRule rule)
    {
        var route = new Api.Route
        {
            Name = rule.Name,
            Match = RouteMatches.Translate(rule.Match),
            Metadata = new()
            {
                FilterMetadata =
                {
                    ["istio"] = Packing.Texts(("config", ClusterMetadata.PathOf(rule.Origin, "virtual-service"))),
                },
            },
        };
        if (rule.Rule.Redirect is { } redirect)
            route.Redirect = RouteActions.Redirect(redirect);
        else if (rule.Rule.DirectResponse is { } response)
            route.DirectResponse = RouteActions.Answer(response);
        else if (rule.Targets.Count > 0)
        {
            route.Route_ = RouteActions.Forward(rule);
            route.Decorator = Decorator(rule.Targets[0].Host, rule.Targets[0].Port, PathOf(rule));
        }
        else
            return null;
        AddHeaders(route, rule);
        return route;
    }

    /// <summary>Headers of a single destination are the route's: there is no share to put them on.</summary>
    private static void AddHeaders(Api.Route route, RouteRule rule)
    {
        Add(rule.Rule.Headers);
        if (rule.Targets is [var single])
            Add(single.Headers);

        void Add(Config.Kinds.Networking.HeaderRules headers)
        {
            HeaderChanges.Add(headers.Request, route.RequestHeadersToAdd, route.RequestHeadersToRemove);
            HeaderChanges.Add(headers.Response, route.ResponseHeadersToAdd, route.ResponseHeadersToRemove);
        }
    }

    private static string PathOf(RouteRule rule) =>
        rule.Match?.Uri switch
        {
            null => "/*",
            { Prefix: { } prefix } => $"{prefix}*",
            { Value: var text } => text,
        };

    /// <summary>What a span is called.</summary>
    public static Api.Decorator Decorator(string host, int port, string path) =>
        new() { Operation = $"{host}:{port}{path}" };
}
