// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>One workload outside Kubernetes.</summary>
[Kind("networking.istio.io", "workloadentries", "v1", "v1beta1", "v1alpha3", ShortNames = ["we"])]
public sealed record WorkloadEntry
{
    /// <summary>An IP address, a DNS name where the service resolves by DNS, or <c>unix:///path</c>; may be empty with a network.</summary>
    public string Address { get; init; } = "";

    /// <summary>The workload's port for each service port's name.</summary>
    [Range(1, 65535)]
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    /// <summary>Labels that services and policies select by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Workloads of one network reach each other directly; others by a gateway.</summary>
    [NotInForce]
    public string Network { get; init; } = "";

    /// <summary><c>region/zone/subzone</c>.</summary>
    public string Locality { get; init; } = "";

    /// <summary>Share of the load relative to others; 1 by default.</summary>
    [Range(0)]
    public int Weight { get; init; } = 1;

    /// <summary>Who the workload is.</summary>
    public string ServiceAccount { get; init; } = "";
}
