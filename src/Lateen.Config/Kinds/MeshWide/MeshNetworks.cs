// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Networks that reach each other by gateways: a document of its own, as in the ConfigMap <c>istio</c> under <c>meshNetworks</c>.</summary>
public sealed record MeshNetworks
{
    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Network> Networks { get; init; } = new Dictionary<string, Network>();
}

/// <summary>Workloads that reach each other directly.</summary>
public sealed record Network
{
    /// <summary>Its workloads.</summary>
    public IReadOnlyList<NetworkEndpoints> Endpoints { get; init; } = [];

    /// <summary>How others reach them.</summary>
    public IReadOnlyList<NetworkGateway> Gateways { get; init; } = [];
}

/// <summary>Workloads of a network.</summary>
public sealed record NetworkEndpoints
{
    /// <summary>Those with addresses in the range.</summary>
    [OneOf("ne", IsRequired = true)]
    public string? FromCidr { get; init; }

    /// <summary>Those of the cluster.</summary>
    [OneOf("ne", IsRequired = true)]
    public string? FromRegistry { get; init; }
}

/// <summary>A gateway into a network; mutual TLS of the mesh is all that it takes.</summary>
public sealed record NetworkGateway
{
    /// <summary>Host of its service.</summary>
    [OneOf("gw", IsRequired = true)]
    public string? RegistryServiceName { get; init; }

    /// <summary>Its address or DNS name.</summary>
    [OneOf("gw", IsRequired = true)]
    public string? Address { get; init; }

    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary><c>region/zone/subzone</c>.</summary>
    public string Locality { get; init; } = "";
}
