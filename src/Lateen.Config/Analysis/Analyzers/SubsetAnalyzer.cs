// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>DestinationRules for hosts that nobody defines, and subsets that no workload is in.</summary>
internal static class SubsetAnalyzer
{
    /// <summary>Labels that pods have of their nodes.</summary>
    private static readonly string[] s_places =
    [
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "topology.istio.io/subzone",
    ];

    /// <summary>Labels that registries add, and that no file has.</summary>
    private static readonly string[] s_ofRegistries =
    [
        "kubernetes.io/hostname",
        "topology.istio.io/cluster",
        "topology.istio.io/network",
    ];

    /// <summary>Where no host at all is known, they are kept elsewhere, and nothing can be said.</summary>
    public static void Run(AnalysisContext context)
    {
        if (context.Hosts.IsEmpty)
            return;
        var nodes = context
            .Config.Of<Node>()
            .ToDictionary(static node => node.Name, static node => node.Metadata.Labels);
        foreach (var rule in context.Config.Of<DestinationRule>())
        {
            var host = HostNames.Resolve(rule.Spec.Host, rule.Namespace);
            if (context.Hosts.Find(host, rule.Namespace) is { } known)
                CheckSubsets(rule, WorkloadsOf(known, nodes, context), context);
            else if (!host.StartsWith('*') || !context.Hosts.HasAnyBelow(host))
                context.Tell(
                    rule,
                    IstioMessage.UnknownDestinationRuleHost,
                    "spec.host",
                    $"no Service and no ServiceEntry is called {host}, so the rule is for nobody",
                    "check the name and the namespace"
                );
        }
    }

    /// <param name="workloads">Of the rule's host; where none is known, they are kept elsewhere, and nothing can be said.</param>
    private static void CheckSubsets(
        ConfigResource<DestinationRule> rule,
        IReadOnlyList<PlacedLabels> workloads,
        AnalysisContext context
    )
    {
        for (var i = 0; i < rule.Spec.Subsets.Count && workloads.Count > 0; i++)
        {
            var subset = rule.Spec.Subsets[i];
            if (!workloads.Any(workload => subset.Labels.All(workload.Has)))
                context.Tell(
                    rule,
                    IstioMessage.DestinationRuleSubsetNotSelectPods,
                    $"spec.subsets[{i}].labels",
                    $"no workload of {rule.Spec.Host} has these labels, so requests to the subset {subset.Name} get 503 (UH)",
                    "check the labels"
                );
        }
    }

    /// <summary>None where they are not by labels: names of DNS, addresses, and Endpoints that somebody else writes.</summary>
    private static IReadOnlyList<PlacedLabels> WorkloadsOf(
        KnownHost host,
        Dictionary<string, IReadOnlyDictionary<string, string>> nodes,
        AnalysisContext context
    )
    {
        return host.Origin switch
        {
            ConfigResource<Service> { Spec: { Selector: { Count: > 0 } labels, Type: not "ExternalName" } } => Select(
                labels
            ),
            ConfigResource<ServiceEntry> { Spec.WorkloadSelector.Labels: var labels } => Select(labels),
            ConfigResource<ServiceEntry> { Spec.Endpoints: var endpoints } => endpoints
                .Select(static endpoint => new PlacedLabels(endpoint.Labels, null))
                .ToArray(),
            _ => [],
        };

        PlacedLabels[] Select(IReadOnlyDictionary<string, string> labels) =>
            context
                .Workloads.Select(host.Origin.Namespace, labels)
                .Select(workload => new PlacedLabels(workload.Labels, PlaceOf(workload, nodes)))
                .ToArray();
    }

    private static IReadOnlyDictionary<string, string>? PlaceOf(
        KnownWorkload workload,
        Dictionary<string, IReadOnlyDictionary<string, string>> nodes
    ) => workload.Pod is { IsTemplate: false, Spec.NodeName: var name } ? nodes.GetValueOrDefault(name) : null;

    /// <param name="Place">Labels of the workload's node; null where nobody knows where it runs, which may be anywhere.</param>
    private sealed record PlacedLabels(
        IReadOnlyDictionary<string, string> Labels,
        IReadOnlyDictionary<string, string>? Place
    )
    {
        public bool Has(KeyValuePair<string, string> wanted)
        {
            if (Labels.TryGetValue(wanted.Key, out var value))
                return value == wanted.Value;
            if (s_ofRegistries.Contains(wanted.Key))
                return true;
            // A node without the label is nowhere, and not in a place without a name.
            return s_places.Contains(wanted.Key)
                && (Place is null || (wanted.Value.Length > 0 && Place.GetValueOrDefault(wanted.Key) == wanted.Value));
        }
    }
}
