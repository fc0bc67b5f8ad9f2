// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Lateen.Net;

namespace Lateen.Proxy.Clusters;

/// <summary>Endpoints of a cluster (Envoy <c>ClusterLoadAssignment</c>).</summary>
public sealed record EndpointSetSpec(IReadOnlyList<EndpointSpec> Endpoints)
{
    public static EndpointSetSpec Empty { get; } = new([]);

    /// <summary><c>policy.overprovisioning_factor</c>, in percent: 140.</summary>
    public int OverprovisioningFactor { get; init; } = 140;

    /// <summary><c>policy.drop_overloads</c>, each a share of requests in millionths; one after the other looks at what is left.</summary>
    public IReadOnlyList<uint> DropOverloads { get; init; } = [];
}

/// <summary>One endpoint with what its locality says of it.</summary>
/// <param name="HostName">A DNS name that is still to be resolved; null where <paramref name="Address"/> is the endpoint.</param>
/// <param name="Weight"><c>load_balancing_weight</c>: 1.</param>
/// <param name="Priority">0 is the highest.</param>
public sealed record EndpointSpec(
    NetAddress Address,
    string? HostName = null,
    int Port = 0,
    uint Weight = 1,
    int Priority = 0,
    EndpointHealth Health = EndpointHealth.Healthy
)
{
    public LocalitySpec Locality { get; init; } = LocalitySpec.None;

    /// <summary><c>endpoint.hostname</c>, else the DNS name: what <c>auto_host_rewrite</c> puts into requests.</summary>
    public string? RewriteHost { get; init; }

    /// <summary><c>metadata.filter_metadata["envoy.lb"]</c>, values as JSON.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary><c>metadata.filter_metadata["envoy.transport_socket_match"]</c>, values as JSON.</summary>
    public IReadOnlyDictionary<string, string> SocketMetadata { get; init; } = FrozenDictionary<string, string>.Empty;
}

/// <summary>Where endpoints are (Envoy <c>Locality</c>), with their <c>load_balancing_weight</c>; weight 0 stands for none set.</summary>
public sealed record LocalitySpec(string Region, string Zone, string SubZone, uint Weight)
{
    public static LocalitySpec None { get; } = new("", "", "", 0);
}

/// <summary>Whether an endpoint is used.</summary>
public enum EndpointHealth : byte
{
    Healthy,

    /// <summary>Used when healthy ones do not suffice.</summary>
    Degraded,

    /// <summary>Used in a panic only.</summary>
    Unhealthy,
}
