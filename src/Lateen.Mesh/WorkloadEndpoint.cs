// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>A running instance of a workload, whichever services it belongs to.</summary>
public sealed class WorkloadEndpoint
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>An IP address, or a DNS name in services that resolve by DNS.</summary>
    public required string Address { get; init; }

    /// <summary>Its ports by name; a service port of that name, or that names it as target, goes there.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public Locality Locality { get; init; } = Locality.None;

    /// <summary>Share of the load relative to others: 1 by default.</summary>
    public int Weight { get; init; } = 1;

    public string ServiceAccount { get; init; } = "";

    public EndpointHealth Health { get; init; }

    internal static WorkloadEndpoint From(ConfigResource<WorkloadEntry> resource) =>
        From(resource.Spec, resource.Name, resource.Namespace, resource.Metadata.Labels);

    /// <summary>Labels of the specification win over those of the resource.</summary>
    internal static WorkloadEndpoint From(
        WorkloadEntry entry,
        string name,
        string ns,
        IReadOnlyDictionary<string, string> resourceLabels
    )
    {
        var labels = new Dictionary<string, string>(resourceLabels, StringComparer.Ordinal);
        foreach (var (key, value) in entry.Labels)
            labels[key] = value;
        return new WorkloadEndpoint
        {
            Name = name,
            Namespace = ns,
            Address = entry.Address,
            Ports = entry.Ports,
            Labels = labels,
            Locality = Locality.Parse(entry.Locality),
            Weight = entry.Weight,
            ServiceAccount = entry.ServiceAccount,
        };
    }
}

/// <summary>Whether an endpoint takes requests.</summary>
public enum EndpointHealth : byte
{
    Healthy,
    Unhealthy,

    /// <summary>It finishes what it has and takes nothing new.</summary>
    Draining,
}
