// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Extensions;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Selectors: those that hit nobody, and resources of which a workload can have but one.</summary>
internal static class SelectorAnalyzer
{
    private static readonly Dictionary<string, string> s_anyLabels = [];

    private delegate IReadOnlyDictionary<string, string>? LabelsOf<in T>(T content);

    public static void Run(AnalysisContext context)
    {
        var idle = IstioMessage.NoMatchingWorkloadsFound;
        var missing = IstioMessage.ReferencedResourceNotFound;
        CheckMatches<AuthorizationPolicy>(static policy => policy.Selector?.MatchLabels, idle, context);
        CheckMatches<RequestAuthentication>(static policy => policy.Selector?.MatchLabels, idle, context);
        CheckMatches<PeerAuthentication>(static policy => policy.Selector?.MatchLabels, idle, context);
        CheckMatches<WasmPlugin>(static plugin => plugin.Selector?.MatchLabels, idle, context);
        CheckMatches<EnvoyFilter>(static filter => filter.WorkloadSelector?.Labels, idle, context);
        CheckMatches<TelemetryPolicy>(static policy => policy.Selector?.MatchLabels, missing, context);
        CheckMatches<Sidecar>(static sidecar => sidecar.WorkloadSelector?.Labels, missing, context);
        CheckMatches<Gateway>(static gateway => gateway.Selector, missing, context, inAllNamespaces: true);
        CheckEmptyNamespaces(context);
        CheckSingle<Sidecar>(
            static sidecar => sidecar.WorkloadSelector?.Labels,
            IstioMessage.ConflictingSidecarWorkloadSelectors,
            IstioMessage.MultipleSidecarsWithoutWorkloadSelectors,
            context
        );
        CheckSingle<TelemetryPolicy>(
            static policy => policy.TargetRefs.Count > 0 ? null : policy.Selector?.MatchLabels,
            IstioMessage.ConflictingTelemetryWorkloadSelectors,
            IstioMessage.MultipleTelemetriesWithoutWorkloadSelectors,
            context
        );
        IneffectiveSelectors.Run(context);
    }

    private static void CheckMatches<T>(
        LabelsOf<T> labelsOf,
        IstioMessage message,
        AnalysisContext context,
        bool inAllNamespaces = false
    )
        where T : class
    {
        if (context.Workloads.IsEmpty)
            return;
        foreach (var resource in context.Config.Of<T>())
        {
            if (labelsOf(resource.Spec) is not { Count: > 0 } labels || IsOfTheInstallation(labels))
                continue;
            var isWide = inAllNamespaces || resource.Namespace == context.RootNamespace;
            if (context.Workloads.Select(isWide ? null : resource.Namespace, labels).Any())
                continue;
            var text = string.Join(", ", labels.Select(static label => $"{label.Key}={label.Value}"));
            context.Tell(
                resource,
                message,
                "spec",
                $"no workload has the labels {text}{(isWide ? "" : $" in {resource.Namespace}")}",
                "check labels and namespace"
            );
        }
    }

    /// <summary>Istio's own gateways come with its installation, and are seldom among a user's files.</summary>
    private static bool IsOfTheInstallation(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 1 && labels.GetValueOrDefault("istio") is "ingressgateway" or "egressgateway";

    /// <summary>A policy of a namespace in which nothing runs.</summary>
    private static void CheckEmptyNamespaces(AnalysisContext context)
    {
        if (context.Workloads.IsEmpty)
            return;
        foreach (var policy in context.Config.Of<AuthorizationPolicy>())
        {
            var isOfNamespace =
                policy.Namespace != context.RootNamespace
                && policy.Spec is { Selector: null, TargetRef: null, TargetRefs.Count: 0 };
            if (isOfNamespace && !context.Workloads.Select(policy.Namespace, s_anyLabels).Any())
                context.Tell(
                    policy,
                    IstioMessage.NoMatchingWorkloadsFound,
                    "spec",
                    $"nothing runs in {policy.Namespace}",
                    "check the namespace"
                );
        }
    }

    /// <summary>A workload has one resource of the kind; a namespace has one without a selector.</summary>
    private static void CheckSingle<T>(
        LabelsOf<T> labelsOf,
        IstioMessage twice,
        IstioMessage severalWithout,
        AnalysisContext context
    )
        where T : class
    {
        foreach (var group in context.Config.Of<T>().GroupBy(static resource => resource.Namespace))
        {
            var wide = group.Where(resource => labelsOf(resource.Spec) is not { Count: > 0 }).ToArray();
            foreach (var resource in wide.Length > 1 ? wide : [])
                context.Tell(
                    resource,
                    severalWithout,
                    "spec",
                    $"has no selector, and neither has {wide.First(other => other != resource).Key}: a namespace has one such",
                    "merge the two, or select workloads"
                );
            var selections = group
                .Where(resource => labelsOf(resource.Spec) is { Count: > 0 })
                .SelectMany(resource =>
                    context
                        .Workloads.Select(resource.Namespace, labelsOf(resource.Spec)!)
                        .Select(workload => (resource, workload))
                )
                .ToLookup(static pair => pair.workload, static pair => pair.resource);
            var told = new HashSet<ConfigKey>();
            foreach (var selection in selections)
            {
                foreach (var resource in selection)
                {
                    if (
                        selection.FirstOrDefault(other => other != resource) is not { } other
                        || !told.Add(resource.Key)
                    )
                        continue;
                    context.Tell(
                        resource,
                        twice,
                        "spec",
                        $"selects {selection.Key.Resource.Key}, which {other.Key} does too",
                        "let one of the two select it"
                    );
                }
            }
        }
    }
}
