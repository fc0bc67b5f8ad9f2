// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Some addresses of a service; the label <c>kubernetes.io/service-name</c> says which.</summary>
[Kind("discovery.k8s.io", "endpointslices", "v1", "v1beta1", IsWhole = true, IsNotInForce = true)]
public sealed record EndpointSlice
{
    /// <summary>What its addresses are.</summary>
    [Required]
    public EndpointAddressType? AddressType { get; init; }

    /// <summary>The addresses.</summary>
    public IReadOnlyList<Endpoint> Endpoints { get; init; } = [];

    /// <summary>Their ports.</summary>
    public IReadOnlyList<EndpointPort> Ports { get; init; } = [];
}

/// <summary>What addresses are.</summary>
[PascalWords]
public enum EndpointAddressType : byte
{
    /// <summary>Of IPv4.</summary>
    IPv4,

    /// <summary>Of IPv6.</summary>
    IPv6,

    /// <summary>Names of DNS.</summary>
    [Word("FQDN")]
    Fqdn,
}

/// <summary>A workload of a service.</summary>
public sealed record Endpoint
{
    /// <summary>Its addresses, all of the same workload.</summary>
    [Required]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Whether it may be sent traffic.</summary>
    public EndpointConditions? Conditions { get; init; }

    /// <summary>Its host name.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The node that it is on.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The zone that it is in.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Who should use it.</summary>
    public EndpointHints? Hints { get; init; }

    /// <summary>The pod that it is of.</summary>
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Labels of the node; of v1beta1.</summary>
    public IReadOnlyDictionary<string, string> DeprecatedTopology { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels of the node; of v1beta1.</summary>
    public IReadOnlyDictionary<string, string> Topology { get; init; } = new Dictionary<string, string>();
}

/// <summary>Whether an endpoint may be sent traffic.</summary>
public sealed record EndpointConditions
{
    /// <summary>It may: true by default.</summary>
    public bool? Ready { get; init; }

    /// <summary>It could, whether it ends or not: as ready by default.</summary>
    public bool? Serving { get; init; }

    /// <summary>It ends: false by default.</summary>
    public bool? Terminating { get; init; }
}

/// <summary>Who should use an endpoint.</summary>
public sealed record EndpointHints
{
    /// <summary>Clients in these zones.</summary>
    public IReadOnlyList<EndpointHint> ForZones { get; init; } = [];

    /// <summary>Clients on these nodes.</summary>
    public IReadOnlyList<EndpointHint> ForNodes { get; init; } = [];
}

/// <summary>A zone or node.</summary>
public sealed record EndpointHint
{
    /// <summary>Of the zone or node.</summary>
    [Required]
    public string Name { get; init; } = "";
}
