// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Weighted clusters of a route → <see cref="WeightedClusterSpec"/>.</summary>
internal static class WeightedClusterDecoder
{
    public static IReadOnlyList<WeightedClusterSpec> Decode(Api.RouteAction action, string path, DecodeContext context)
    {
        var weighted = action.WeightedClusters;
        var clusters = new List<WeightedClusterSpec>();
        for (var i = 0; i < weighted.Clusters.Count; i++)
            clusters.Add(Cluster(weighted.Clusters[i], action, $"{path}.clusters[{i}]", context));
        var total = clusters.Sum(static cluster => (long)cluster.Weight);
        if (total is 0 or > uint.MaxValue)
            context.Add($"{path}.clusters", $"has weights that sum up to {total}; the sum is 1 to {uint.MaxValue}");
        if (weighted.TotalWeight is { } declared && declared != total)
            context.Add($"{path}.total_weight", $"is {declared}, but the weights sum up to {total}");
        return clusters;
    }

    private static WeightedClusterSpec Cluster(
        Api.WeightedCluster.Types.ClusterWeight cluster,
        Api.RouteAction action,
        string path,
        DecodeContext context
    )
    {
        if (cluster.ClusterHeader.Length > 0)
            context.Add($"{path}.cluster_header", "is not served; give a name");
        else if (cluster.Name.Length == 0)
            context.Add($"{path}.name", "is missing");
        var headers = RouteDecoder.Mutations(
            cluster.RequestHeadersToAdd,
            cluster.RequestHeadersToRemove,
            cluster.ResponseHeadersToAdd,
            cluster.ResponseHeadersToRemove,
            path,
            context
        );
        var host = cluster.HostRewriteLiteral.Length == 0 ? null : cluster.HostRewriteLiteral;
        return new WeightedClusterSpec(cluster.Name, cluster.Weight ?? 0, headers, host)
        {
            Subset = cluster.MetadataMatch is null
                ? null
                : MetadataDecoder.Subset(cluster.MetadataMatch, action.MetadataMatch),
        };
    }
}
