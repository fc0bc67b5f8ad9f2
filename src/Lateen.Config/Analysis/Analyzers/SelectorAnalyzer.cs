// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Extensions;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Selectors: those that hit nobody, and resources of which a workload can have but one.</summary>
internal static class SelectorAnalyzer
{
    private delegate IReadOnlyDictionary<string, string>? LabelsOf<in T>(T content);

    public static void Run(AnalysisContext context)
    {
        CheckMatches<AuthorizationPolicy>(static policy => policy.Selector?.MatchLabels, context);
        CheckMatches<RequestAuthentication>(static policy => policy.Selector?.MatchLabels, context);
        CheckMatches<PeerAuthentication>(static policy => policy.Selector?.MatchLabels, context);
        CheckMatches<TelemetryPolicy>(static policy => policy.Selector?.MatchLabels, context);
        CheckMatches<WasmPlugin>(static plugin => plugin.Selector?.MatchLabels, context);
        CheckMatches<Sidecar>(static sidecar => sidecar.WorkloadSelector?.Labels, context);
        CheckMatches<EnvoyFilter>(static filter => filter.WorkloadSelector?.Labels, context);
        CheckMatches<Gateway>(static gateway => gateway.Selector, context, inAllNamespaces: true);
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
    }

    private static void CheckMatches<T>(LabelsOf<T> labelsOf, AnalysisContext context, bool inAllNamespaces = false)
        where T : class
    {
        if (context.Workloads.IsEmpty)
            return;
        foreach (var resource in context.Config.Of<T>())
        {
            if (labelsOf(resource.Spec) is not { Count: > 0 } labels)
                continue;
            var isWide = inAllNamespaces || resource.Namespace == context.RootNamespace;
            if (context.Workloads.Select(isWide ? null : resource.Namespace, labels).Any())
                continue;
            var text = string.Join(", ", labels.Select(static label => $"{label.Key}={label.Value}"));
            context.Tell(
                resource,
                IstioMessage.NoMatchingWorkloadsFound,
                "spec",
                $"no workload has the labels {text}{(isWide ? "" : $" in {resource.Namespace}")}",
                "check labels and namespace"
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
            foreach (var resource in wide.Skip(1))
                context.Tell(
                    resource,
                    severalWithout,
                    "spec",
                    $"has no selector, and neither has {wide[0].Key}: a namespace has one such",
                    "merge the two, or select workloads"
                );
            var owners = new Dictionary<KnownWorkload, ConfigResource<T>>();
            foreach (var resource in group)
            {
                if (labelsOf(resource.Spec) is not { Count: > 0 } labels)
                    continue;
                foreach (var workload in context.Workloads.Select(resource.Namespace, labels))
                {
                    if (owners.TryAdd(workload, resource) || owners[workload] == resource)
                        continue;
                    context.Tell(
                        resource,
                        twice,
                        "spec",
                        $"selects {workload.Resource.Key}, which {owners[workload].Key} does too",
                        "let one of the two select it"
                    );
                    break;
                }
            }
        }
    }
}
