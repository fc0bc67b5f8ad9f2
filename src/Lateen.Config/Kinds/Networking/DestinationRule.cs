// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>What happens to traffic once its service is known.</summary>
[Kind("networking.istio.io", "destinationrules", "v1", "v1beta1", "v1alpha3", ShortNames = ["dr"])]
public sealed record DestinationRule
{
    /// <summary>A service's name, short (of the rule's own namespace) or in full, or a wildcard.</summary>
    [Required]
    public string Host { get; init; } = "";

    /// <summary>Settings for the whole service.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }

    /// <summary>Parts of the service, by labels of its workloads.</summary>
    public IReadOnlyList<Subset> Subsets { get; init; } = [];

    /// <summary>Namespaces whose proxies see it: <c>*</c> for all, which is the default, <c>.</c> for its own.</summary>
    public IReadOnlyList<string> ExportTo { get; init; } = [];

    /// <summary>Workloads of its own namespace whose proxies apply it, and nobody else's; all when it is not there.</summary>
    public LabelSelector? WorkloadSelector { get; init; }
}

/// <summary>Workloads of the service that carry all the labels.</summary>
public sealed record Subset
{
    /// <summary>What routes call it.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Labels of its workloads.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings that win over the service's.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }
}

/// <summary>Selects by labels, all of which must be there.</summary>
public sealed record LabelSelector
{
    /// <summary>Empty selects everything.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = new Dictionary<string, string>();
}
