// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Lateen.Translation.Endpoints;
using Lateen.Xds;
using Api = Envoy.Config.Cluster.V3;

namespace Lateen.Translation.Clusters;

/// <summary>Clusters that are no service: the application behind a sidecar, and the two for what the mesh does not know.</summary>
internal static class SpecialClusters
{
    public static NamedResource Passthrough(MeshConfig mesh)
    {
        var cluster = ClusterSettings.Create(
            ClusterNames.Passthrough,
            Api.Cluster.Types.DiscoveryType.OriginalDst,
            new TrafficPolicy(),
            mesh.ConnectTimeout
        );
        ClusterSettings.UseDownstreamProtocol(cluster);
        return Packing.Resource(cluster.Name, cluster);
    }

    public static NamedResource BlackHole(MeshConfig mesh)
    {
        var cluster = ClusterSettings.Create(
            ClusterNames.BlackHole,
            Api.Cluster.Types.DiscoveryType.Static,
            new TrafficPolicy(),
            mesh.ConnectTimeout
        );
        return Packing.Resource(cluster.Name, cluster);
    }

    /// <summary>The application's own port, where it listens when nothing is intercepted.</summary>
    public static NamedResource Application(InboundPort port, string address, MeshConfig mesh)
    {
        var cluster = ClusterSettings.Create(
            ClusterNames.Inbound(port.Number),
            Api.Cluster.Types.DiscoveryType.Static,
            new TrafficPolicy(),
            mesh.ConnectTimeout
        );
        cluster.LoadAssignment = LoadAssignments.Single(cluster.Name, address, port.Number);
        ClusterSettings.AddHttpOptions(cluster, port.ServicePort, new TrafficPolicy());
        cluster.Metadata = ClusterMetadata.Of(port.Service, "", null, []);
        return Packing.Resource(cluster.Name, cluster);
    }
}
