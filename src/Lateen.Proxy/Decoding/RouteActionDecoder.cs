// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;
using Matcher = Envoy.Type.Matcher.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Route actions → <see cref="RouteActionSpec"/>.</summary>
internal static class RouteActionDecoder
{
    public static RouteActionSpec? Decode(Api.Route route, string path, DecodeContext context)
    {
        switch (route.ActionCase)
        {
            case Api.Route.ActionOneofCase.Route_:
                return Forward(route.Route_, $"{path}.route", context);
            case Api.Route.ActionOneofCase.Redirect:
                return Redirect(route.Redirect, $"{path}.redirect", context);
            case Api.Route.ActionOneofCase.DirectResponse:
                var direct = route.DirectResponse;
                if (direct.Status is < 200 or > 599)
                    context.Add($"{path}.direct_response.status", $"is {direct.Status}; statuses are 200 to 599");
                var body = direct.Body?.InlineString is { Length: > 0 } text
                    ? Encoding.UTF8.GetBytes(text)
                    : direct.Body?.InlineBytes.ToByteArray() ?? [];
                return new DirectResponseActionSpec((int)direct.Status, body);
            default:
                context.Add(path, "has no action that this proxy knows: route, redirect or direct_response");
                return null;
        }
    }

    public static RetryPolicySpec? Retry(Api.RetryPolicy? policy, string path, DecodeContext context)
    {
        if (policy is null)
            return null;
        var baseInterval = context.Duration(
            policy.RetryBackOff?.BaseInterval,
            TimeSpan.FromMilliseconds(25),
            $"{path}.retry_back_off.base_interval"
        );
        return new RetryPolicySpec
        {
            Conditions = Conditions(policy.RetryOn),
            Retries = (int)(policy.NumRetries ?? 1),
            PerTryTimeout = context.Duration(policy.PerTryTimeout, TimeSpan.Zero, $"{path}.per_try_timeout"),
            RetriableStatusCodes = policy.RetriableStatusCodes.Select(static code => (int)code).ToArray(),
            BaseInterval = baseInterval,
            MaxInterval = context.Duration(
                policy.RetryBackOff?.MaxInterval,
                baseInterval * 10,
                $"{path}.retry_back_off.max_interval"
            ),
            HostSelectionAttempts = (int)Math.Max(1, policy.HostSelectionRetryMaxAttempts),
            AvoidPreviousHosts = policy.RetryHostPredicate.Any(static predicate =>
                predicate.Name == "envoy.retry_host_predicates.previous_hosts"
            ),
        };
    }

    private static RetryConditions Conditions(string list)
    {
        var conditions = RetryConditions.None;
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            conditions |= name switch
            {
                "connect-failure" => RetryConditions.ConnectFailure,
                "refused-stream" => RetryConditions.RefusedStream,
                "reset" => RetryConditions.Reset,
                "reset-before-request" => RetryConditions.ResetBeforeRequest,
                "5xx" => RetryConditions.ServerError,
                "gateway-error" => RetryConditions.GatewayError,
                "retriable-4xx" => RetryConditions.Conflict,
                "retriable-status-codes" => RetryConditions.RetriableStatusCodes,
                _ => RetryConditions.None,
            };
        }
        return conditions;
    }

    private static ForwardActionSpec Forward(Api.RouteAction action, string path, DecodeContext context)
    {
        var clusters = Clusters(action, path, context);
        if (action.RegexRewrite is { } rewrite)
            RouteMatchDecoder.CheckRegex(rewrite.Pattern?.Regex ?? "", $"{path}.regex_rewrite.pattern", context);
        return new ForwardActionSpec
        {
            Clusters = clusters,
            ClusterHeader = action.ClusterHeader.Length == 0 ? null : action.ClusterHeader.ToLowerInvariant(),
            ClusterNotFoundStatus = (int)action.ClusterNotFoundResponseCode switch
            {
                1 => 404,
                2 => 500,
                _ => 503,
            },
            PrefixRewrite = action.PrefixRewrite.Length == 0 ? null : action.PrefixRewrite,
            RegexRewrite = Rewrite(action.RegexRewrite),
            HostRewrite = action.HostRewriteLiteral.Length == 0 ? null : action.HostRewriteLiteral,
            AutoHostRewrite = action.AutoHostRewrite ?? false,
            AppendForwardedHost = action.AppendXForwardedHost,
            Timeout = context.Duration(action.Timeout, TimeSpan.FromSeconds(15), $"{path}.timeout"),
            IdleTimeout = action.IdleTimeout is null
                ? null
                : context.Duration(action.IdleTimeout, TimeSpan.Zero, $"{path}.idle_timeout"),
            RetryPolicy = Retry(action.RetryPolicy, $"{path}.retry_policy", context),
        };
    }

    private static IReadOnlyList<WeightedClusterSpec> Clusters(
        Api.RouteAction action,
        string path,
        DecodeContext context
    )
    {
        switch (action.ClusterSpecifierCase)
        {
            case Api.RouteAction.ClusterSpecifierOneofCase.Cluster:
                return [new WeightedClusterSpec(action.Cluster, 1, HeaderMutationsSpec.None)];
            case Api.RouteAction.ClusterSpecifierOneofCase.ClusterHeader:
                return [];
            case Api.RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                var clusters = action
                    .WeightedClusters.Clusters.Select(cluster => Weighted(cluster, path, context))
                    .ToArray();
                if (clusters.Sum(static cluster => (long)cluster.Weight) == 0)
                    context.Add($"{path}.weighted_clusters", "has weights that sum up to 0");
                return clusters;
            default:
                context.Add(path, "names no cluster");
                return [];
        }
    }

    private static WeightedClusterSpec Weighted(
        Api.WeightedCluster.Types.ClusterWeight cluster,
        string path,
        DecodeContext context
    ) =>
        new(
            cluster.Name,
            cluster.Weight ?? 0,
            RouteDecoder.Mutations(
                cluster.RequestHeadersToAdd,
                cluster.RequestHeadersToRemove,
                cluster.ResponseHeadersToAdd,
                cluster.ResponseHeadersToRemove,
                $"{path}.weighted_clusters",
                context
            ),
            cluster.HostRewriteLiteral.Length == 0 ? null : cluster.HostRewriteLiteral
        );

    private static RedirectActionSpec Redirect(Api.RedirectAction redirect, string path, DecodeContext context)
    {
        if (redirect.RegexRewrite is { } rewrite)
            RouteMatchDecoder.CheckRegex(rewrite.Pattern?.Regex ?? "", $"{path}.regex_rewrite.pattern", context);
        return new RedirectActionSpec
        {
            Scheme =
                redirect.HttpsRedirect ? "https"
                : redirect.SchemeRedirect.Length == 0 ? null
                : redirect.SchemeRedirect,
            Host = redirect.HostRedirect.Length == 0 ? null : redirect.HostRedirect,
            Port = (int)redirect.PortRedirect,
            Path = redirect.PathRedirect.Length == 0 ? null : redirect.PathRedirect,
            PrefixRewrite = redirect.PrefixRewrite.Length == 0 ? null : redirect.PrefixRewrite,
            RegexRewrite = Rewrite(redirect.RegexRewrite),
            Status = (int)redirect.ResponseCode switch
            {
                1 => 302,
                2 => 303,
                3 => 307,
                4 => 308,
                _ => 301,
            },
            StripQuery = redirect.StripQuery,
        };
    }

    private static RegexRewriteSpec? Rewrite(Matcher.RegexMatchAndSubstitute? rewrite) =>
        rewrite?.Pattern is null ? null : new RegexRewriteSpec(rewrite.Pattern.Regex, rewrite.Substitution);
}
