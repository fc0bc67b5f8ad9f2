// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Filters;
using Api = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>TCP proxies → <see cref="TcpProxySpec"/>.</summary>
internal static class TcpProxyDecoder
{
    public static TcpProxySpec Decode(Api.TcpProxy proxy, string path, DecodeContext context)
    {
        if (proxy.MaxConnectAttempts == 0)
            context.Add($"{path}.max_connect_attempts", "is 0; give at least 1");
        return new TcpProxySpec
        {
            StatPrefix = proxy.StatPrefix,
            Clusters = Clusters(proxy, path, context),
            Subset = MetadataDecoder.Subset(proxy.MetadataMatch, null),
            IdleTimeout = context.Duration(proxy.IdleTimeout, TimeSpan.FromHours(1), $"{path}.idle_timeout"),
            MaxConnectAttempts = (int)Math.Clamp(proxy.MaxConnectAttempts ?? 1, 1, int.MaxValue),
            MaxConnectionDuration = context.Duration(
                proxy.MaxDownstreamConnectionDuration,
                TimeSpan.Zero,
                $"{path}.max_downstream_connection_duration"
            ),
            AccessLogs = AccessLogDecoder.Decode(proxy.AccessLog, $"{path}.access_log", context),
        };
    }

    private static IReadOnlyList<WeightedClusterName> Clusters(Api.TcpProxy proxy, string path, DecodeContext context)
    {
        if (proxy.WeightedClusters is not { } weighted)
        {
            if (proxy.Cluster.Length == 0)
                context.Add($"{path}.cluster_specifier", "names no cluster; give cluster or weighted_clusters");
            return [new WeightedClusterName(proxy.Cluster, 1)];
        }
        var clusters = new List<WeightedClusterName>();
        for (var i = 0; i < weighted.Clusters.Count; i++)
        {
            var cluster = weighted.Clusters[i];
            var at = $"{path}.weighted_clusters.clusters[{i}]";
            if (cluster.Name.Length == 0)
                context.Add($"{at}.name", "is missing");
            if (cluster.Weight == 0)
                context.Add($"{at}.weight", "is 0; give at least 1");
            var subset = cluster.MetadataMatch is null
                ? null
                : MetadataDecoder.Subset(cluster.MetadataMatch, proxy.MetadataMatch);
            clusters.Add(new WeightedClusterName(cluster.Name, cluster.Weight, subset));
        }
        if (clusters.Count == 0)
            context.Add($"{path}.weighted_clusters.clusters", "is empty; give at least one");
        return clusters;
    }
}
