// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>A service that no registry knows.</summary>
[Kind("networking.istio.io", "serviceentries", "v1", "v1beta1", "v1alpha3", ShortNames = ["se"])]
public sealed record ServiceEntry
{
    /// <summary>Its names; a <c>*.</c> wildcard is allowed in front.</summary>
    [Required]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Its virtual addresses, or CIDR ranges.</summary>
    [NotInForce]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Its ports.</summary>
    [ListKeys("name")]
    public IReadOnlyList<Port> Ports { get; init; } = [];

    /// <summary>MESH_EXTERNAL by default.</summary>
    public ServiceLocation Location { get; init; }

    /// <summary>NONE by default.</summary>
    public ServiceResolution Resolution { get; init; }

    /// <summary>Its workloads.</summary>
    public IReadOnlyList<WorkloadEntry> Endpoints { get; init; } = [];

    /// <summary>WorkloadEntries and pods that belong to it, instead of endpoints.</summary>
    public WorkloadSelector? WorkloadSelector { get; init; }

    /// <summary>Namespaces whose proxies see it: <c>*</c> for all, which is the default, <c>.</c> for its own, <c>~</c> for none.</summary>
    public IReadOnlyList<string> ExportTo { get; init; } = [];

    /// <summary>Names that its workloads' certificates have.</summary>
    [NotInForce]
    public IReadOnlyList<string> SubjectAltNames { get; init; } = [];
}

/// <summary>A port of a service.</summary>
public sealed record Port
{
    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Number { get; init; }

    /// <summary>HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP or TLS; TCP by default.</summary>
    public string Protocol { get; init; } = "TCP";

    /// <summary>Unique among the service's ports.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The workload's port; the same number when it is not there.</summary>
    [Range(1, 65535)]
    public int? TargetPort { get; init; }
}

/// <summary>Selects workloads by labels, all of which must be there.</summary>
public sealed record WorkloadSelector
{
    /// <summary>Empty selects everything in the namespace.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>Whether a service is part of the mesh.</summary>
public enum ServiceLocation : byte
{
    /// <summary>No proxy stands in front of its workloads.</summary>
    MeshExternal,

    /// <summary>Its workloads are in the mesh.</summary>
    MeshInternal,
}

/// <summary>How a proxy finds the endpoints of a service.</summary>
public enum ServiceResolution : byte
{
    /// <summary>Connections go where they were going.</summary>
    None,

    /// <summary>Endpoints are addresses.</summary>
    Static,

    /// <summary>Endpoints, or the hosts themselves, are DNS names.</summary>
    Dns,

    /// <summary>As DNS, and new connections go to the first address alone.</summary>
    DnsRoundRobin,

    /// <summary>The name that the client asked for is resolved; for wildcards.</summary>
    DynamicDns,
}
