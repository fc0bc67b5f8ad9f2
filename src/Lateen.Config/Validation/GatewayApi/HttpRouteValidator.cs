// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.GatewayApi;

/// <summary>HTTPRoutes.</summary>
internal static class HttpRouteValidator
{
    public static void Check(HttpRoute route, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < route.Hostnames.Count; i++)
            KubernetesGatewayValidator.CheckHostname(route.Hostnames[i], at["hostnames"][i], scope);
        for (var i = 0; i < route.Rules.Count; i++)
            CheckRule(route.Rules[i], at["rules"][i], scope);
        Names.CheckUnique(route.Rules.Select(static rule => rule.Name), at["rules"], "name", scope);
    }

    private static void CheckRule(HttpRouteRule rule, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < rule.Matches.Count; i++)
            CheckMatch(rule.Matches[i], at["matches"][i], scope);
        HttpFilterValidator.Check(rule.Filters, at["filters"], scope);
        for (var i = 0; i < rule.BackendRefs.Count; i++)
        {
            var backend = rule.BackendRefs[i];
            if (backend is { Group: "", Kind: "Service", Port: null })
                scope.Missing(at["backendRefs"][i]["port"]);
            HttpFilterValidator.Check(backend.Filters, at["backendRefs"][i]["filters"], scope);
        }
        var redirects = rule.Filters.Any(static filter => filter.RequestRedirect is not null);
        if (redirects && rule.BackendRefs.Count > 0)
            scope.Exclusive(
                at["backendRefs"],
                "stand beside a redirect, which sends requests elsewhere",
                "keep one of them"
            );
        var answers = rule.Filters.Any(static filter => filter.DirectResponse is not null);
        if (answers && rule.BackendRefs.Count > 0)
            scope.Exclusive(
                at["backendRefs"],
                "stand beside a direct response, for which no service is asked",
                "keep one of them"
            );
        CheckTimeouts(rule, at["timeouts"], scope);
    }

    private static void CheckMatch(HttpRouteMatch match, FieldPath at, ValidationScope scope)
    {
        if (match.Path is { } path)
            CheckPath(path, at["path"], scope);
        CheckConditions(match.Headers, at["headers"], scope);
        for (var i = 0; i < match.Headers.Count; i++)
            HttpRules.CheckHeaderName(match.Headers[i].Name, at["headers"][i]["name"], scope);
        CheckConditions(match.QueryParams, at["queryParams"], scope);
    }

    internal static void CheckConditions(
        IReadOnlyList<RouteHeaderMatch> conditions,
        FieldPath at,
        ValidationScope scope
    )
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type == RouteHeaderMatchType.RegularExpression)
                Patterns.Check(conditions[i].Value, at[i]["value"], scope);
        }
        Names.CheckUnique(conditions.Select(static condition => condition.Name), at, "name", scope);
    }

    private static void CheckPath(HttpPathMatch path, FieldPath at, ValidationScope scope)
    {
        if (path.Type == HttpPathMatchType.RegularExpression)
        {
            Patterns.Check(path.Value, at["value"], scope);
            return;
        }
        if (!path.Value.StartsWith('/'))
            scope.Bad(at["value"], $"\"{path.Value}\" does not begin with /", "write an absolute path");
        else if (
            path.Value.Contains("//", StringComparison.Ordinal)
            || path.Value.Contains("/./", StringComparison.Ordinal)
            || path.Value.Contains("/../", StringComparison.Ordinal)
            || path.Value.EndsWith("/..", StringComparison.Ordinal)
            || path.Value.EndsWith("/.", StringComparison.Ordinal)
            || path.Value.Contains('#')
        )
            scope.Bad(
                at["value"],
                $"\"{path.Value}\" is no path that a request could have",
                "write it without //, /./, /../ and #"
            );
    }

    private static void CheckTimeouts(HttpRouteRule rule, FieldPath at, ValidationScope scope)
    {
        if (
            rule.Timeouts is { Request: { } request, BackendRequest: { } attempt }
            && request > TimeSpan.Zero
            && attempt > request
        )
            scope.OutOfRange(at["backendRequest"], "is longer than request", "make it the same or shorter");
    }
}
