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

    /// <summary><c>endpoint.health_check_config</c>.</summary>
    public EndpointCheckSpec Check { get; init; } = EndpointCheckSpec.Default;

    /// <summary><c>endpoint.hostname</c>, else the DNS name: what <c>auto_host_rewrite</c> puts into requests.</summary>
    public string? RewriteHost { get; init; }

    /// <summary><c>metadata.filter_metadata["envoy.lb"]</c>, values as JSON.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary><c>metadata.filter_metadata["envoy.transport_socket_match"]</c>, values as JSON.</summary>
    public IReadOnlyDictionary<string, string> SocketMetadata { get; init; } = FrozenDictionary<string, string>.Empty;
}

/// <summary>How an endpoint differs from the others for active health checks (Envoy <c>Endpoint.HealthCheckConfig</c>).</summary>
/// <param name="Address">Asked instead of the endpoint's own; none for that.</param>
/// <param name="Port">Instead of that address's; 0 for that.</param>
/// <param name="HostName">Host of the questions; empty leaves it to the check.</param>
/// <param name="IsDisabled"><c>disable_active_health_check</c>: never asked, and taken for healthy.</param>
public sealed record EndpointCheckSpec(NetAddress Address, int Port, string HostName, bool IsDisabled)
{
    public static EndpointCheckSpec Default { get; } = new(default, 0, "", false);

    /// <summary>Where an endpoint is asked.</summary>
    public NetAddress AddressFor(in NetAddress endpoint)
    {
        var address = Address.IsNone ? endpoint : Address;
        return Port == 0 ? address : address.WithPort(Port);
    }
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

    /// <summary>As unhealthy, but only for the sake of going away.</summary>
    Draining,
}
