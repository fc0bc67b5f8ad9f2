// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;
using CoreApi = Envoy.Config.Core.V3;
using Enum = System.Enum;

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
                return new DirectResponseActionSpec(
                    (int)direct.Status,
                    Body(direct.Body, $"{path}.direct_response.body", context)
                );
            case Api.Route.ActionOneofCase.NonForwardingAction:
                context.Add(
                    $"{path}.non_forwarding_action",
                    "is for servers without a proxy; give route, redirect or direct_response"
                );
                return null;
            default:
                context.Add(path, "has no action that this proxy knows: route, redirect or direct_response");
                return null;
        }
    }

    private static byte[] Body(CoreApi.DataSource? body, string path, DecodeContext context)
    {
        switch (body?.SpecifierCase ?? CoreApi.DataSource.SpecifierOneofCase.None)
        {
            case CoreApi.DataSource.SpecifierOneofCase.InlineString:
                return Encoding.UTF8.GetBytes(body!.InlineString);
            case CoreApi.DataSource.SpecifierOneofCase.InlineBytes:
                return body!.InlineBytes.ToByteArray();
            case CoreApi.DataSource.SpecifierOneofCase.None:
                return [];
            default:
                context.Add(path, "is neither inline_string nor inline_bytes, the two this proxy serves");
                return [];
        }
    }

    private static ForwardActionSpec Forward(Api.RouteAction action, string path, DecodeContext context)
    {
        if (action.RegexRewrite is not null && action.PrefixRewrite.Length > 0)
            context.Add($"{path}.regex_rewrite", "stands beside prefix_rewrite; give one of them");
        if (!Enum.IsDefined(action.ClusterNotFoundResponseCode))
            context.Add(
                $"{path}.cluster_not_found_response_code",
                $"is {action.ClusterNotFoundResponseCode}, which this proxy does not know"
            );
        var subset = MetadataDecoder.Subset(action.MetadataMatch, null);
        var (upgrades, connect) = UpgradeDecoder.Decode(action.UpgradeConfigs, $"{path}.upgrade_configs", context);
        return new ForwardActionSpec
        {
            Clusters = Clusters(action, path, context),
            ClusterHeader = action.ClusterHeader.Length == 0 ? null : action.ClusterHeader.ToLowerInvariant(),
            ClusterNotFoundStatus = (int)action.ClusterNotFoundResponseCode switch
            {
                1 => 404,
                2 => 500,
                _ => 503,
            },
            PrefixRewrite = action.PrefixRewrite.Length == 0 ? null : action.PrefixRewrite,
            RegexRewrite = RegexRewriteDecoder.Decode(action.RegexRewrite, $"{path}.regex_rewrite", context),
            HostRewrite = action.HostRewriteLiteral.Length == 0 ? null : action.HostRewriteLiteral,
            AutoHostRewrite = action.AutoHostRewrite ?? false,
            HostRewriteHeader =
                action.HostRewriteHeader.Length == 0 ? null : action.HostRewriteHeader.ToLowerInvariant(),
            HostRewritePathRegex = RegexRewriteDecoder.Decode(
                action.HostRewritePathRegex,
                $"{path}.host_rewrite_path_regex",
                context
            ),
            AppendForwardedHost = action.AppendXForwardedHost,
            Timeout = context.Duration(action.Timeout, TimeSpan.FromSeconds(15), $"{path}.timeout"),
            IdleTimeout = Optional(action.IdleTimeout, $"{path}.idle_timeout", context),
            RetryPolicy = RetryPolicyDecoder.Decode(action.RetryPolicy, $"{path}.retry_policy", context),
            Priority = Priority(action, path, context),
            HashPolicies = HashPolicyDecoder.Decode(action.HashPolicy, $"{path}.hash_policy", context),
            Subset = subset,
            MaxStreamDuration = Optional(
                action.MaxStreamDuration?.MaxStreamDuration_,
                $"{path}.max_stream_duration.max_stream_duration",
                context
            ),
            MaxGrpcTimeout =
                Optional(
                    action.MaxStreamDuration?.GrpcTimeoutHeaderMax,
                    $"{path}.max_stream_duration.grpc_timeout_header_max",
                    context
                ) ?? Optional(action.MaxGrpcTimeout, $"{path}.max_grpc_timeout", context),
            GrpcTimeoutOffset =
                Optional(
                    action.MaxStreamDuration?.GrpcTimeoutHeaderOffset,
                    $"{path}.max_stream_duration.grpc_timeout_header_offset",
                    context
                )
                ?? Optional(action.GrpcTimeoutOffset, $"{path}.grpc_timeout_offset", context)
                ?? TimeSpan.Zero,
            Mirrors = MirrorDecoder.Decode(action.RequestMirrorPolicies, $"{path}.request_mirror_policies", context),
            Upgrades = upgrades,
            Connect = connect,
        };
    }

    private static TimeSpan? Optional(Duration? duration, string path, DecodeContext context) =>
        duration is null ? null : context.Duration(duration, TimeSpan.Zero, path);

    private static RoutingPriority Priority(Api.RouteAction action, string path, DecodeContext context)
    {
        if (!Enum.IsDefined(action.Priority))
            context.Add($"{path}.priority", $"is {action.Priority}, which this proxy does not know");
        return (RoutingPriority)action.Priority;
    }

    private static IReadOnlyList<WeightedClusterSpec> Clusters(
        Api.RouteAction action,
        string path,
        DecodeContext context
    )
    {
        switch (action.ClusterSpecifierCase)
        {
            case Api.RouteAction.ClusterSpecifierOneofCase.Cluster when action.Cluster.Length > 0:
                return [new WeightedClusterSpec(action.Cluster, 1, HeaderMutationsSpec.None)];
            case Api.RouteAction.ClusterSpecifierOneofCase.ClusterHeader when action.ClusterHeader.Length > 0:
                return [];
            case Api.RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                return WeightedClusterDecoder.Decode(action, $"{path}.weighted_clusters", context);
            default:
                context.Add(
                    path,
                    "names no cluster that this proxy knows: cluster, cluster_header or weighted_clusters"
                );
                return [];
        }
    }

    private static RedirectActionSpec Redirect(Api.RedirectAction redirect, string path, DecodeContext context)
    {
        if (!Enum.IsDefined(redirect.ResponseCode))
            context.Add($"{path}.response_code", $"is {redirect.ResponseCode}, which this proxy does not know");
        if (redirect.PortRedirect > ushort.MaxValue)
            context.Add($"{path}.port_redirect", $"is {redirect.PortRedirect}; ports are 0 to 65535");
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
            RegexRewrite = RegexRewriteDecoder.Decode(redirect.RegexRewrite, $"{path}.regex_rewrite", context),
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
}
