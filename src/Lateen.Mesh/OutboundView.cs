// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>
/// What workloads of one namespace can call. One object for all of them, and the same one from build to build while
/// nothing in it changes.
/// </summary>
public sealed class OutboundView
{
    public required MeshConfig Mesh { get; init; }

    /// <summary>Sorted by host.</summary>
    public required IReadOnlyList<OutboundService> Services { get; init; }

    /// <summary>Sorted by host, then port.</summary>
    public required IReadOnlyList<HttpHost> HttpHosts { get; init; }

    /// <summary>Sorted by host, then port.</summary>
    public required IReadOnlyList<TcpRoute> TcpRoutes { get; init; }
}

/// <summary>A service with the policy that applies to its clients here.</summary>
public sealed class OutboundService(MeshService service, DestinationPolicy policy, MeshConfig mesh)
{
    public MeshService Service => service;

    public DestinationPolicy Policy => policy;

    public MeshConfig Mesh => mesh;

    /// <summary>Endpoints of the whole service (null) or of a subset.</summary>
    public IEnumerable<WorkloadEndpoint> EndpointsOf(Subset? subset) =>
        subset is null
            ? service.Endpoints
            : service.Endpoints.Where(endpoint => Labels.Carry(endpoint.Labels, subset.Labels));
}
