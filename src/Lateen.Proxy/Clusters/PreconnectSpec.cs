// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>
/// Connections that are opened before somebody needs them (Envoy <c>Cluster.PreconnectPolicy</c>). A ratio is how many streams
/// connections are to be there for, for each stream there is.
/// </summary>
/// <param name="PerUpstreamRatio"><c>per_upstream_preconnect_ratio</c>, of the streams of one endpoint: 1 to 3; 1.</param>
/// <param name="PredictiveRatio">
/// <c>predictive_preconnect_ratio</c>, of the streams of the cluster, at the endpoints whose turn comes next: 1 to 3; 1.
/// </param>
public sealed record PreconnectSpec(float PerUpstreamRatio = 1, float PredictiveRatio = 1)
{
    /// <summary>A connection for each stream that needs one.</summary>
    public static PreconnectSpec None { get; } = new();

    public bool IsOn => PerUpstreamRatio > 1 || PredictiveRatio > 1;

    /// <summary>One more connection is wanted: Envoy's <c>shouldConnect</c>.</summary>
    /// <param name="anticipated">Streams that are about to come.</param>
    public static bool Wants(in PoolLoad load, float ratio, int anticipated = 0) =>
        (load.Pending + load.Active + anticipated) * ratio > load.Capacity + load.Active;
}
