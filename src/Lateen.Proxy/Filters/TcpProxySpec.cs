// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters.Balancing;

namespace Lateen.Proxy.Filters;

/// <summary>Relays bytes (Envoy <c>TcpProxy</c>).</summary>
public sealed record TcpProxySpec : NetworkFilterSpec
{
    /// <summary>One entry for <c>cluster</c>, several for <c>weighted_clusters</c>.</summary>
    public required IReadOnlyList<WeightedClusterName> Clusters { get; init; }

    /// <summary><c>idle_timeout</c>: 1 hour; zero turns it off.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>max_connect_attempts</c>: 1.</summary>
    public int MaxConnectAttempts { get; init; } = 1;

    /// <summary><c>max_downstream_connection_duration</c>: a connection older than that is closed; zero for no limit.</summary>
    public TimeSpan MaxConnectionDuration { get; init; }

    /// <summary><c>metadata_match</c>: the subset of endpoints.</summary>
    public SubsetKey? Subset { get; init; }

    /// <summary>The cluster a connection goes to.</summary>
    public WeightedClusterName ClusterFor(ulong random)
    {
        if (Clusters.Count == 1)
            return Clusters[0];
        ulong total = 0;
        foreach (var cluster in Clusters)
            total += cluster.Weight;
        var at = total == 0 ? 0 : random % total;
        foreach (var cluster in Clusters)
        {
            if (at < cluster.Weight)
                return cluster;
            at -= cluster.Weight;
        }
        return Clusters[0];
    }
}

/// <summary>A cluster with its share of connections.</summary>
/// <param name="Subset"><c>metadata_match</c>; null leaves it to the filter's.</param>
public sealed record WeightedClusterName(string Name, uint Weight, SubsetKey? Subset = null);
