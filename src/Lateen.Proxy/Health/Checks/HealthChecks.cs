// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// Active health checks of all clusters, on one worker's loop, since an endpoint is asked once for the whole proxy. On that
/// loop's thread only.
/// </summary>
internal sealed class HealthChecks(Worker worker)
{
    private readonly Dictionary<string, ClusterChecks> _clusters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];

    /// <summary>For the heads of checks under way.</summary>
    public SpareStore<StreamInfo> Streams { get; } = new(static () => new StreamInfo());

    /// <summary>Follows the clusters of a runtime; of those that have one, the version that waits to be in force.</summary>
    public void Apply(ProxyRuntime runtime)
    {
        _wanted.Clear();
        foreach (var cluster in runtime.Warming)
            Follow(cluster);
        foreach (var cluster in runtime.Clusters.Values)
        {
            if (!_wanted.Contains(cluster.Spec.Name))
                Follow(cluster);
        }
        foreach (var (name, checks) in _clusters)
        {
            if (!_wanted.Contains(name))
            {
                checks.StopAll();
                _gone.Add(name);
            }
        }
        foreach (var name in _gone)
            _clusters.Remove(name);
        _gone.Clear();
    }

    private void Follow(ClusterRuntime cluster)
    {
        if (cluster.Spec.HealthCheck is null)
            return;
        _wanted.Add(cluster.Spec.Name);
        if (!_clusters.TryGetValue(cluster.Spec.Name, out var checks))
            _clusters[cluster.Spec.Name] = checks = new ClusterChecks(worker, this);
        checks.Follow(cluster);
    }
}
