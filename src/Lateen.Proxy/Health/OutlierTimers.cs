// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Runtime;

namespace Lateen.Proxy.Health;

/// <summary>Gives every outlier detector its intervals, on one worker's loop. On that loop's thread only.</summary>
internal sealed class OutlierTimers(EventLoop loop)
{
    private readonly Dictionary<string, ClusterTimer> _timers = new(StringComparer.Ordinal);

    /// <summary>Follows the clusters of a runtime.</summary>
    public void Apply(ProxyRuntime runtime)
    {
        foreach (var (name, cluster) in runtime.Clusters)
        {
            if (cluster.Outliers is null)
                continue;
            if (!_timers.TryGetValue(name, out var timer))
                _timers[name] = timer = new ClusterTimer(loop);
            timer.Follow(cluster);
        }
        foreach (var name in _timers.Keys.ToArray())
        {
            if (runtime.Clusters.GetValueOrDefault(name)?.Outliers is null && _timers.Remove(name, out var timer))
                timer.Stop();
        }
    }

    private sealed class ClusterTimer
    {
        private readonly EventLoop _loop;
        private readonly LoopTimer _timer;
        private OutlierDetector? _detector;

        public ClusterTimer(EventLoop loop)
        {
            _loop = loop;
            _timer = new LoopTimer(static self => ((ClusterTimer)self).OnInterval(), this);
        }

        public void Follow(ClusterRuntime cluster)
        {
            var isNew = _detector is null || _detector.Spec.Interval != cluster.Outliers!.Spec.Interval;
            _detector = cluster.Outliers!;
            if (isNew)
                _loop.Arm(_timer, _detector.Spec.Interval);
        }

        public void Stop() => _loop.Disarm(_timer);

        private void OnInterval()
        {
            _detector!.OnInterval();
            _loop.Arm(_timer, _detector.Spec.Interval);
        }
    }
}
