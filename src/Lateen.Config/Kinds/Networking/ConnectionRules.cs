// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>One entry of <c>tcp</c>.</summary>
public sealed record TcpRule
{
    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<TcpMatch> Match { get; init; } = [];

    /// <summary>Destinations that share the connections by weight.</summary>
    [Required]
    public IReadOnlyList<ConnectionDestination> Route { get; init; } = [];
}

/// <summary>Conditions on a connection, which all must hold.</summary>
public sealed record TcpMatch
{
    /// <summary>CIDR ranges of the address that the client wanted.</summary>
    [NotInForce]
    public IReadOnlyList<string> DestinationSubnets { get; init; } = [];

    /// <summary>Port of the service; any when it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>CIDR range of the client.</summary>
    [NotInForce, Deprecated("use sourceLabels or sourceNamespace")]
    public string SourceSubnet { get; init; } = "";

    /// <summary>Labels of the workload that calls; for sidecars only.</summary>
    [NotInForce]
    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Overrides the resource's gateways; empty takes them.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Namespace of the workload that calls; for sidecars only.</summary>
    [NotInForce]
    public string SourceNamespace { get; init; } = "";
}

/// <summary>One entry of <c>tls</c>: connections that are passed through as they are.</summary>
public sealed record TlsRule
{
    /// <summary>Any of them is enough.</summary>
    [Required]
    public IReadOnlyList<TlsMatch> Match { get; init; } = [];

    /// <summary>Destinations that share the connections by weight.</summary>
    [Required]
    public IReadOnlyList<ConnectionDestination> Route { get; init; } = [];
}

/// <summary>Conditions on a TLS connection, which all must hold.</summary>
public sealed record TlsMatch
{
    /// <summary>Server names, with a <c>*.</c> in front for all below; each within the hosts of the resource.</summary>
    [Required]
    public IReadOnlyList<string> SniHosts { get; init; } = [];

    /// <summary>CIDR ranges of the address that the client wanted.</summary>
    public IReadOnlyList<string> DestinationSubnets { get; init; } = [];

    /// <summary>Port of the service; any when it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Labels of the workload that calls; for sidecars only.</summary>
    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Overrides the resource's gateways; empty takes them.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Namespace of the workload that calls; for sidecars only.</summary>
    public string SourceNamespace { get; init; } = "";
}

/// <summary>Where connections go, with their share.</summary>
public sealed record ConnectionDestination
{
    /// <summary>The service.</summary>
    [Required]
    public Destination Destination { get; init; } = new();

    /// <summary>Share relative to the sum of all weights; a single destination gets everything.</summary>
    [Range(0)]
    public int Weight { get; init; }
}
