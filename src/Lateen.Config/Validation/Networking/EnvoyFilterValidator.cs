// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>EnvoyFilters: whether each patch can be applied at all.</summary>
internal static class EnvoyFilterValidator
{
    private const string HttpConnectionManager = "envoy.filters.network.http_connection_manager";

    public static void Check(EnvoyFilter filter, FieldPath at, ValidationScope scope)
    {
        if (filter.WorkloadSelector is { } selector)
        {
            LabelRules.CheckSelector(selector.Labels, at["workloadSelector"]["labels"], scope);
            if (filter.TargetRefs.Count > 0)
                scope.Exclusive(at["workloadSelector"], "stands beside targetRefs", "keep one of them");
        }
        LabelRules.CheckTargets(null, null, filter.TargetRefs, at, scope);
        if (filter.ConfigPatches.Count == 0)
            scope.NoEffect(at["configPatches"], "has no patch", "add one, or remove the resource");
        for (var i = 0; i < filter.ConfigPatches.Count; i++)
            CheckPatch(filter.ConfigPatches[i], at["configPatches"][i], scope);
    }

    private static void CheckPatch(EnvoyPatch patch, FieldPath at, ValidationScope scope)
    {
        if (patch.ApplyTo == EnvoyPatchTarget.Invalid)
            scope.Missing(at["applyTo"]);
        if (patch.Patch is not { } action)
        {
            scope.Missing(at["patch"]);
            return;
        }
        CheckAction(patch.ApplyTo, action, at["patch"], scope);
        if (patch.Match?.Proxy is { ProxyVersion: { Length: > 0 } version })
            Patterns.Check(version, at["match"]["proxy"]["proxyVersion"], scope);
        CheckMatch(patch, at["match"], scope);
    }

    private static void CheckAction(
        EnvoyPatchTarget target,
        EnvoyPatchAction action,
        FieldPath at,
        ValidationScope scope
    )
    {
        if (action.Operation == EnvoyPatchOperation.Invalid)
            scope.Missing(at["operation"]);
        if (action.Operation != EnvoyPatchOperation.Remove && action.Value is null)
            scope.Missing(at["value"]);
        if (action.Operation == EnvoyPatchOperation.Remove && action.Value is not null)
            scope.NoEffect(at["value"], "stands beside REMOVE, which needs none", "remove it");
        var isOrdered =
            target
            is EnvoyPatchTarget.HttpFilter
                or EnvoyPatchTarget.NetworkFilter
                or EnvoyPatchTarget.ListenerFilter
                or EnvoyPatchTarget.HttpRoute
                or EnvoyPatchTarget.FilterChain;
        var needsOrder =
            action.Operation
            is EnvoyPatchOperation.InsertBefore
                or EnvoyPatchOperation.InsertAfter
                or EnvoyPatchOperation.InsertFirst;
        if (needsOrder && !isOrdered)
            scope.Bad(at["operation"], "inserts into a list, and there is none", "use ADD or MERGE");
        if (action.FilterClass != EnvoyFilterClass.Unspecified && action.Operation != EnvoyPatchOperation.Add)
            scope.Exclusive(at["filterClass"], "is for ADD only", "use ADD, or remove it");
    }

    /// <summary>What is matched must be what is patched, or around it.</summary>
    private static void CheckMatch(EnvoyPatch patch, FieldPath at, ValidationScope scope)
    {
        if (patch.Match is not { } match)
            return;
        if (match.Listener?.FilterChain?.Filter is { } filter)
            CheckFilter(patch.ApplyTo, filter, at["listener"]["filterChain"]["filter"], scope);
        var found =
            match.Listener is not null ? "listener"
            : match.RouteConfiguration is not null ? "routeConfiguration"
            : match.Cluster is not null ? "cluster"
            : match.Waypoint is not null ? "waypoint"
            : null;
        var expected = patch.ApplyTo switch
        {
            EnvoyPatchTarget.Listener
            or EnvoyPatchTarget.FilterChain
            or EnvoyPatchTarget.NetworkFilter
            or EnvoyPatchTarget.HttpFilter
            or EnvoyPatchTarget.ListenerFilter => "listener",
            EnvoyPatchTarget.RouteConfiguration or EnvoyPatchTarget.VirtualHost or EnvoyPatchTarget.HttpRoute =>
                "routeConfiguration",
            EnvoyPatchTarget.Cluster => "cluster",
            _ => null,
        };
        if (found is not null and not "waypoint" && expected is not null && found != expected)
            scope.Exclusive(at[found], $"cannot match what {patch.ApplyTo} patches", $"use {expected}");
    }

    private static void CheckFilter(
        EnvoyPatchTarget target,
        EnvoyNetworkFilterMatch filter,
        FieldPath at,
        ValidationScope scope
    )
    {
        if (filter.Name.Length == 0)
            scope.Missing(at["name"]);
        if (filter.SubFilter is not { } within)
            return;
        if (target != EnvoyPatchTarget.HttpFilter)
            scope.Exclusive(at["subFilter"], "is for HTTP_FILTER only", "set applyTo: HTTP_FILTER, or remove it");
        else if (filter.Name is not (HttpConnectionManager or "envoy.http_connection_manager"))
            scope.Bad(
                at["subFilter"],
                "is a filter of HTTP, and the filter around it is not",
                $"name {HttpConnectionManager}"
            );
        if (within.Name.Length == 0)
            scope.Missing(at["subFilter"]["name"]);
    }
}
