// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>EnvoyFilters: operations that Envoy's configuration has no place for, or whose outcome depends on the order.</summary>
internal static class EnvoyFilterAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        var versioned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var filter in context.Config.Of<EnvoyFilter>())
        {
            for (var i = 0; i < filter.Spec.ConfigPatches.Count; i++)
            {
                var patch = filter.Spec.ConfigPatches[i];
                Check(filter, patch, versioned, $"spec.configPatches[{i}].patch.operation", context);
                if (patch.Match?.Proxy is { ProxyVersion.Length: > 0 } && NameOf(patch) is { Length: > 0 } name)
                    versioned.Add(name);
            }
        }
    }

    private static void Check(
        ConfigResource<EnvoyFilter> filter,
        EnvoyPatch patch,
        HashSet<string> versioned,
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
        CheckOrder(filter, patch, action, versioned, field, context);
    }

    /// <summary>What is relative to another patch needs a priority to come behind it for sure.</summary>
    /// <param name="versioned">What earlier patches put in for one version of the proxy, by name.</param>
    private static void CheckOrder(
        ConfigResource<EnvoyFilter> filter,
        EnvoyPatch patch,
        EnvoyPatchAction action,
        HashSet<string> versioned,
        string field,
        AnalysisContext context
    )
    {
        var isRelative =
            action.Operation
            is EnvoyPatchOperation.InsertBefore
                or EnvoyPatchOperation.InsertAfter
                or EnvoyPatchOperation.Replace
                or EnvoyPatchOperation.Remove;
        if (filter.Spec.Priority != 0 || !isRelative)
            return;
        if (NameOf(patch) is { } name && versioned.Contains(name))
            context.Tell(
                filter,
                IstioMessage.EnvoyFilterUsesRelativeOperationWithProxyVersion,
                field,
                $"is relative to what is there, has no priority, and {name} is patched for one version of the proxy too",
                "set priority, or use INSERT_FIRST or ADD"
            );
        else
            context.Tell(
                filter,
                IstioMessage.EnvoyFilterUsesRelativeOperation,
                field,
                "is relative to what is there, and has no priority",
                "set priority, or use INSERT_FIRST or ADD"
            );
    }

    /// <summary>What the patch puts in, else what it patches.</summary>
    private static string? NameOf(EnvoyPatch patch) =>
        patch.Patch?.Value?["name"]?.ToString() ?? patch.Match?.Listener?.FilterChain?.Filter?.Name;

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
