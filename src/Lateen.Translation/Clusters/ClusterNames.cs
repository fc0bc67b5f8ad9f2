// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;

namespace Lateen.Translation.Clusters;

/// <summary>Istio's cluster names.</summary>
public static class ClusterNames
{
    /// <summary>Where the connection was going anyway.</summary>
    public const string Passthrough = "PassthroughCluster";

    /// <summary>Nowhere.</summary>
    public const string BlackHole = "BlackHoleCluster";

    /// <param name="subset">Empty for the whole service.</param>
    public static string Outbound(int port, string subset, string host) => $"outbound|{port}|{subset}|{host}";

    public static string Inbound(int port) => $"inbound|{port}||";

    internal static string Of(RouteTarget target) => Outbound(target.Port, target.Subset, target.Host);
}
