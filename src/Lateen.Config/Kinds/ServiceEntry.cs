// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>A service that no registry knows (Istio <c>networking.istio.io ServiceEntry</c>).</summary>
public sealed record ServiceEntry
{
    public required IReadOnlyList<string> Hosts { get; init; }

    public required IReadOnlyList<ServicePort> Ports { get; init; }

    /// <summary>False for <c>MESH_EXTERNAL</c>, the default.</summary>
    public bool IsInternal { get; init; }

    /// <summary>NONE by default.</summary>
    public ServiceResolution Resolution { get; init; }

    public IReadOnlyList<WorkloadEntry> Endpoints { get; init; } = [];

    /// <summary>Labels of WorkloadEntries that belong to it; null when it lists its endpoints itself.</summary>
    public IReadOnlyDictionary<string, string>? WorkloadSelector { get; init; }
}

public enum ServiceResolution : byte
{
    /// <summary>Connections go where they were going.</summary>
    None,

    /// <summary>Endpoints are addresses.</summary>
    Static,

    /// <summary>Endpoints, or the hosts themselves, are DNS names.</summary>
    Dns,
}

/// <summary>One workload outside Kubernetes (Istio <c>networking.istio.io WorkloadEntry</c>).</summary>
public sealed record WorkloadEntry
{
    /// <summary>An IP address, or a DNS name where the service resolves by DNS.</summary>
    public required string Address { get; init; }

    /// <summary>The workload's port for each service port's name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary><c>region/zone/subzone</c>.</summary>
    public string Locality { get; init; } = "";

    /// <summary>1 by default.</summary>
    public int Weight { get; init; } = 1;

    public string ServiceAccount { get; init; } = "";
}
