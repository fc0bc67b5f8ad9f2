// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Mesh;
using Lateen.Translation.Clusters;

namespace Lateen.Translation.Listeners;

/// <summary>Filters of a chain that passes bytes on.</summary>
internal static class TcpProxies
{
    /// <summary>To the targets of a route, each with its share of the connections.</summary>
    public static IEnumerable<Filter> Outbound(IReadOnlyList<RouteTarget> targets, MeshConfig mesh)
    {
        var proxy = new TcpProxy();
        if (targets is [var single])
        {
            proxy.Cluster = ClusterNames.Of(single);
            proxy.StatPrefix = proxy.Cluster;
        }
        else
        {
            proxy.StatPrefix = string.Join(',', targets.Select(ClusterNames.Of));
            proxy.WeightedClusters = new();
            foreach (var target in targets)
                proxy.WeightedClusters.Clusters.Add(
                    new TcpProxy.Types.WeightedCluster.Types.ClusterWeight
                    {
                        Name = ClusterNames.Of(target),
                        Weight = (uint)target.Weight,
                    }
                );
        }
        return Chain(proxy, StatsFilter.Outbound, mesh);
    }

    /// <summary>To the application.</summary>
    public static IEnumerable<Filter> Inbound(InboundPort port, MeshConfig mesh)
    {
        var cluster = ClusterNames.Inbound(port.Number);
        return Chain(new TcpProxy { Cluster = cluster, StatPrefix = cluster }, StatsFilter.Inbound, mesh);
    }

    private static Filter[] Chain(TcpProxy proxy, Any stats, MeshConfig mesh)
    {
        proxy.AccessLog.AddRange(AccessLogs.OfFilter(mesh));
        return
        [
            new Filter { Name = StatsFilter.Name, TypedConfig = stats },
            new Filter { Name = "envoy.filters.network.tcp_proxy", TypedConfig = Any.Pack(proxy) },
        ];
    }
}
