// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Lateen.Translation.Clusters;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>What a route does with a request: forward, redirect, answer.</summary>
internal static class RouteActions
{
    /// <summary>To one cluster, without a timeout: Envoy's own 15 s would surprise (Istio).</summary>
    public static Api.RouteAction ToCluster(string cluster) =>
        new()
        {
            Cluster = cluster,
            Timeout = Packing.Zero,
            MaxGrpcTimeout = Packing.Zero,
        };

    public static Api.RouteAction Forward(RouteRule route)
    {
        var rule = route.Rule;
        var timeout = rule.Timeout ?? TimeSpan.Zero;
        var action = new Api.RouteAction
        {
            Timeout = Packing.Duration(timeout),
            MaxGrpcTimeout = Packing.Duration(timeout),
            RetryPolicy = RetryPolicies.Translate(rule.Retries),
        };
        if (route.Targets is [var single])
            action.Cluster = ClusterNames.Of(single);
        else
            action.WeightedClusters = Split(route.Targets);
        AddRewrite(action, route);
        return action;
    }

    public static Api.RedirectAction Redirect(HttpRedirect redirect)
    {
        var action = new Api.RedirectAction
        {
            HostRedirect = redirect.Authority,
            PortRedirect = (uint)(redirect.Port ?? 0),
            ResponseCode = redirect.RedirectCode switch
            {
                302 => Api.RedirectAction.Types.RedirectResponseCode.Found,
                303 => Api.RedirectAction.Types.RedirectResponseCode.SeeOther,
                307 => Api.RedirectAction.Types.RedirectResponseCode.TemporaryRedirect,
                308 => Api.RedirectAction.Types.RedirectResponseCode.PermanentRedirect,
                _ => Api.RedirectAction.Types.RedirectResponseCode.MovedPermanently,
            },
        };
        if (redirect.Uri.Length > 0)
            action.PathRedirect = redirect.Uri;
        if (redirect.Scheme.Length > 0)
            action.SchemeRedirect = redirect.Scheme;
        return action;
    }

    public static Api.DirectResponseAction Answer(DirectResponse response) =>
        new()
        {
            Status = (uint)response.Status,
            Body = response.Body is { Text: { Length: > 0 } text } ? new() { InlineString = text } : null,
        };

    private static Api.WeightedCluster Split(IReadOnlyList<RouteTarget> targets)
    {
        var split = new Api.WeightedCluster();
        foreach (var target in targets)
        {
            var share = new Api.WeightedCluster.Types.ClusterWeight
            {
                Name = ClusterNames.Of(target),
                Weight = (uint)target.Weight,
            };
            HeaderChanges.Add(target.Headers.Request, share.RequestHeadersToAdd, share.RequestHeadersToRemove);
            HeaderChanges.Add(target.Headers.Response, share.ResponseHeadersToAdd, share.ResponseHeadersToRemove);
            if (HeaderChanges.Authority(target.Headers.Request) is { } host)
                share.HostRewriteLiteral = host;
            split.Clusters.Add(share);
        }
        return split;
    }

    private static void AddRewrite(Api.RouteAction action, RouteRule route)
    {
        var rewrite = route.Rule.Rewrite;
        if (rewrite?.UriRegexRewrite is { } regex)
            action.RegexRewrite = new() { Pattern = StringMatchers.Regex(regex.Match), Substitution = regex.Rewrite };
        else if (rewrite?.Uri is { Length: > 0 } path)
            action.PrefixRewrite = path;
        var host = rewrite?.Authority is { Length: > 0 } authority
            ? authority
            : HeaderChanges.Authority(route.Rule.Headers.Request)
                ?? (route.Targets is [var single] ? HeaderChanges.Authority(single.Headers.Request) : null);
        if (host is null)
            return;
        action.HostRewriteLiteral = host;
        action.AppendXForwardedHost = true;
    }
}
