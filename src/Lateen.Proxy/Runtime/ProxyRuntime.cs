// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Runtime;

/// <summary>
/// All a worker needs to serve a request: whole, consistent, never changed once published. A request reads it at its
/// head and keeps it to its end.
/// </summary>
public sealed record ProxyRuntime(
    long Revision,
    FrozenDictionary<string, ListenerRuntime> Listeners,
    FrozenDictionary<string, RouteTable> Routes,
    FrozenDictionary<string, ClusterRuntime> Clusters
)
{
    /// <summary>Versions of clusters that serve nobody yet: they wait for the first round of their health checks.</summary>
    public IReadOnlyList<ClusterRuntime> Warming { get; init; } = [];

    /// <summary>Versions of listeners that serve nobody yet: they wait for their routes or secrets.</summary>
    public int WarmingListeners { get; init; }

    public static ProxyRuntime Empty { get; } =
        new(
            0,
            FrozenDictionary<string, ListenerRuntime>.Empty,
            FrozenDictionary<string, RouteTable>.Empty,
            FrozenDictionary<string, ClusterRuntime>.Empty
        );
}
