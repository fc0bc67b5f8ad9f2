// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters.Balancing;

namespace Lateen.Proxy.Health.Checks;

/// <summary>How long an endpoint is left alone between two checks, as Envoy reckons.</summary>
internal static class CheckIntervals
{
    /// <summary>Zero would check without a pause.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    /// <summary>Before the very first check.</summary>
    public static TimeSpan Initial(HealthCheckSpec spec, ulong random) => Part(spec.InitialJitter, random);

    /// <summary>After a check.</summary>
    /// <param name="passed">What it said.</param>
    /// <param name="transition">What it changed: an endpoint on the edge has intervals of its own.</param>
    /// <param name="hasTraffic">Whether anything was ever sent to the cluster.</param>
    public static TimeSpan After(
        HealthCheckSpec spec,
        bool passed,
        HealthTransition transition,
        bool hasTraffic,
        ulong random
    )
    {
        var interval = Base(spec, passed, isOnEdge: transition == HealthTransition.Pending, hasTraffic);
        var first = Draws.Mix(random);
        interval += Part(interval * spec.IntervalJitterPercent / 100, first);
        interval += Part(spec.IntervalJitter, Draws.Mix(first));
        return interval < s_least ? s_least : interval;
    }

    private static TimeSpan Base(HealthCheckSpec spec, bool passed, bool isOnEdge, bool hasTraffic)
    {
        if (!hasTraffic)
            return passed && !isOnEdge && spec.NoTrafficHealthyInterval is { } healthy
                ? healthy
                : spec.NoTrafficInterval;
        if (passed)
            return isOnEdge && spec.HealthyEdgeInterval is { } edge ? edge : spec.Interval;
        var unhealthy = spec.UnhealthyInterval ?? spec.Interval;
        return isOnEdge && spec.UnhealthyEdgeInterval is { } unhealthyEdge ? unhealthyEdge : unhealthy;
    }

    private static TimeSpan Part(TimeSpan most, ulong random) =>
        most <= TimeSpan.Zero ? TimeSpan.Zero : new TimeSpan((long)(random % (ulong)most.Ticks));
}
