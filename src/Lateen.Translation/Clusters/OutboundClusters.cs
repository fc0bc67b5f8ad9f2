// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;
using Lateen.Translation.Endpoints;
using Lateen.Xds;
using Api = Envoy.Config.Cluster.V3;

namespace Lateen.Translation.Clusters;

/// <summary>A service → its clusters, one for each port and subset, and the endpoints of those that take them by EDS.</summary>
internal sealed record OutboundClusters(IReadOnlyList<NamedResource> Clusters, IReadOnlyList<NamedResource> Endpoints)
{
    /// <summary>How often names are resolved again, at most: 60 s (Istio's <c>dnsRefreshRate</c>).</summary>
    private static readonly TimeSpan s_dnsRefreshRate = TimeSpan.FromSeconds(60);

    public static OutboundClusters Translate(OutboundService outbound)
    {
        var clusters = new List<NamedResource>();
        var endpoints = new List<NamedResource>();
        foreach (var port in outbound.Service.Ports)
        {
            Add(outbound, port, null, clusters, endpoints);
            foreach (var subset in outbound.Policy.Subsets)
                Add(outbound, port, subset, clusters, endpoints);
        }
        return new OutboundClusters(clusters, endpoints);
    }

    private static void Add(
        OutboundService outbound,
        MeshPort port,
        Subset? subset,
        List<NamedResource> clusters,
        List<NamedResource> endpoints
    )
    {
        var service = outbound.Service;
        var subsetName = subset?.Name ?? "";
        var name = ClusterNames.Outbound(port.Number, subsetName, service.Host);
        var policy = outbound.Policy.For(port.Number, subset);
        var cluster = ClusterSettings.Create(name, TypeOf(service), policy, outbound.Mesh.ConnectTimeout);
        switch (service.Resolution)
        {
            case ServiceResolution.Static:
                cluster.EdsClusterConfig = new() { EdsConfig = ByAds(), ServiceName = name };
                endpoints.Add(Packing.Resource(name, Assignment()));
                break;
            case ServiceResolution.Dns:
                cluster.LoadAssignment = Assignment();
                // A name that resolves to nothing has no cluster: its routes answer 503 NC rather than wait (Istio).
                if (cluster.LoadAssignment.Endpoints.Count == 0)
                    return;
                cluster.DnsRefreshRate = Packing.Duration(s_dnsRefreshRate);
                cluster.RespectDnsTtl = true;
                cluster.DnsLookupFamily = Api.Cluster.Types.DnsLookupFamily.V4Only;
                break;
        }
        ClusterSettings.AddHttpOptions(cluster, port, policy);
        cluster.Metadata = ClusterMetadata.Of(service, subsetName, port.Number, outbound.Policy.Rules);
        clusters.Add(Packing.Resource(name, cluster));

        Envoy.Config.Endpoint.V3.ClusterLoadAssignment Assignment() =>
            LoadAssignments.Translate(name, port, outbound.EndpointsOf(subset), outbound.Mesh);
    }

    private static Api.Cluster.Types.DiscoveryType TypeOf(MeshService service) =>
        service.Resolution switch
        {
            ServiceResolution.Static => Api.Cluster.Types.DiscoveryType.Eds,
            ServiceResolution.Dns => Api.Cluster.Types.DiscoveryType.StrictDns,
            _ => Api.Cluster.Types.DiscoveryType.OriginalDst,
        };

    /// <summary>A timeout of 0 waits for the first answer as long as it takes.</summary>
    public static ConfigSource ByAds() =>
        new()
        {
            Ads = new AggregatedConfigSource(),
            InitialFetchTimeout = Packing.Zero,
            ResourceApiVersion = ApiVersion.V3,
        };
}
