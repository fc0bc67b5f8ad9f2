// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>EnvoyFilters: operations that Envoy's configuration has no place for, or whose outcome depends on the order.</summary>
internal static class EnvoyFilterAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var filter in context.Config.Of<EnvoyFilter>())
        {
            for (var i = 0; i < filter.Spec.ConfigPatches.Count; i++)
                Check(filter, filter.Spec.ConfigPatches[i], $"spec.configPatches[{i}].patch.operation", context);
        }
    }

    private static void Check(
        ConfigResource<EnvoyFilter> filter,
        EnvoyPatch patch,
        string field,
        AnalysisContext context
    )
    {
        if (patch.Patch is not { } action)
            return;
        var isWhole = patch.ApplyTo is EnvoyPatchTarget.RouteConfiguration or EnvoyPatchTarget.HttpRoute;
        switch (action.Operation)
        {
            case EnvoyPatchOperation.Add when isWhole:
                Ignored(
                    filter,
                    IstioMessage.EnvoyFilterUsesAddOperationIncorrectly,
                    "ADD",
                    patch.ApplyTo,
                    field,
                    context
                );
                return;
            case EnvoyPatchOperation.Remove when isWhole:
                Ignored(
                    filter,
                    IstioMessage.EnvoyFilterUsesRemoveOperationIncorrectly,
                    "REMOVE",
                    patch.ApplyTo,
                    field,
                    context
                );
                return;
            case EnvoyPatchOperation.Replace
                when patch.ApplyTo is not (EnvoyPatchTarget.HttpFilter or EnvoyPatchTarget.NetworkFilter):
                context.Tell(
                    filter,
                    IstioMessage.EnvoyFilterUsesReplaceOperationIncorrectly,
                    field,
                    "REPLACE is for HTTP_FILTER and NETWORK_FILTER only",
                    "use MERGE"
                );
                return;
        }
        CheckOrder(filter, patch, action, field, context);
    }

    /// <summary>What is relative to another patch needs a priority to come behind it for sure.</summary>
    private static void CheckOrder(
        ConfigResource<EnvoyFilter> filter,
        EnvoyPatch patch,
        EnvoyPatchAction action,
        string field,
        AnalysisContext context
    )
    {
        if (filter.Spec.Priority != 0)
            return;
        var isRelative =
            action.Operation
            is EnvoyPatchOperation.InsertBefore
                or EnvoyPatchOperation.InsertAfter
                or EnvoyPatchOperation.Replace
                or EnvoyPatchOperation.Merge
                or EnvoyPatchOperation.Remove;
        if (isRelative && patch.Match?.Proxy is { ProxyVersion.Length: > 0 })
            context.Tell(
                filter,
                IstioMessage.EnvoyFilterUsesRelativeOperationWithProxyVersion,
                field,
                "is relative to what is there, for one version of the proxy, and has no priority",
                "set priority, or use INSERT_FIRST or ADD"
            );
        else if (action.Operation is EnvoyPatchOperation.InsertBefore or EnvoyPatchOperation.InsertAfter)
            context.Tell(
                filter,
                IstioMessage.EnvoyFilterUsesRelativeOperation,
                field,
                "is relative to what is there, and has no priority",
                "set priority, or use INSERT_FIRST or ADD"
            );
    }

    private static void Ignored(
        ConfigResource<EnvoyFilter> filter,
        IstioMessage message,
        string operation,
        EnvoyPatchTarget target,
        string field,
        AnalysisContext context
    ) =>
        context.Tell(
            filter,
            message,
            field,
            $"{operation} does nothing where a {target} is patched",
            "patch what holds it, with MERGE"
        );
}
