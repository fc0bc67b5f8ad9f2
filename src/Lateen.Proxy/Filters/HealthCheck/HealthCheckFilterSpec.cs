// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Filters.HealthCheck;

/// <summary>How health checks of others are answered (Envoy <c>filters.http.health_check.v3.HealthCheck</c>).</summary>
internal sealed record HealthCheckFilterSpec
{
    /// <summary><c>headers</c>: requests that have all of them are health checks.</summary>
    public required HeaderCondition[] Headers { get; init; }

    /// <summary><c>pass_through_mode</c>: the workload answers; else the proxy does.</summary>
    public required bool PassesThrough { get; init; }

    /// <summary><c>cache_time</c>: for so long the workload's answer is given again; zero never.</summary>
    public TimeSpan CacheTime { get; init; }

    /// <summary><c>cluster_min_healthy_percentages</c>: the proxy is well when so many of these clusters' endpoints are.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> MinHealthyPercentages { get; init; } = [];
}
