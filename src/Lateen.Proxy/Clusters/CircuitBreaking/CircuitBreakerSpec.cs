// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.CircuitBreaking;

/// <summary>Limits of one routing priority (Envoy <c>CircuitBreakers.Thresholds</c>). Defaults are Envoy's; istiod sends 2^32-1.</summary>
public sealed record CircuitBreakerSpec
{
    public static CircuitBreakerSpec Default { get; } = new();

    /// <summary><c>max_connections</c>: 1024.</summary>
    public uint MaxConnections { get; init; } = 1024;

    /// <summary><c>max_pending_requests</c>, requests that wait for a connection: 1024.</summary>
    public uint MaxPendingRequests { get; init; } = 1024;

    /// <summary><c>max_requests</c>, requests under way: 1024.</summary>
    public uint MaxRequests { get; init; } = 1024;

    /// <summary><c>max_retries</c>, retries under way: 3. A <see cref="RetryBudget"/> takes its place.</summary>
    public uint MaxRetries { get; init; } = 3;

    /// <summary><c>retry_budget</c>.</summary>
    public RetryBudgetSpec? RetryBudget { get; init; }

    /// <summary><c>track_remaining</c>: publishes how much of each limit is left.</summary>
    public bool TrackRemaining { get; init; }
}

/// <summary>Retries as a share of the requests under way (Envoy <c>RetryBudget</c>).</summary>
/// <param name="Percent"><c>budget_percent</c>: 20.</param>
/// <param name="MinConcurrency"><c>min_retry_concurrency</c>, always admitted: 3.</param>
public sealed record RetryBudgetSpec(double Percent = 20, uint MinConcurrency = 3);

/// <summary>Envoy <c>RoutingPriority</c>: each has limits of its own.</summary>
public enum RoutingPriority : byte
{
    Default,
    High,
}
