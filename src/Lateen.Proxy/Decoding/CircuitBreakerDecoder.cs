// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters.CircuitBreaking;
using Api = Envoy.Config.Cluster.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Circuit breakers → <see cref="CircuitBreakerSpec"/>.</summary>
internal static class CircuitBreakerDecoder
{
    /// <summary>The thresholds of a priority; the first that are listed for it count, as in Envoy.</summary>
    public static CircuitBreakerSpec Decode(
        Api.CircuitBreakers? breakers,
        CoreApi.RoutingPriority priority,
        DecodeContext context
    )
    {
        for (var i = 0; i < (breakers?.Thresholds.Count ?? 0); i++)
        {
            if (breakers!.Thresholds[i].Priority == priority)
                return Thresholds(breakers.Thresholds[i], $"circuit_breakers.thresholds[{i}]", context);
        }
        return CircuitBreakerSpec.Default;
    }

    private static CircuitBreakerSpec Thresholds(
        Api.CircuitBreakers.Types.Thresholds thresholds,
        string path,
        DecodeContext context
    )
    {
        var budget = thresholds.RetryBudget;
        return new CircuitBreakerSpec
        {
            MaxConnections = thresholds.MaxConnections ?? 1024,
            MaxPendingRequests = thresholds.MaxPendingRequests ?? 1024,
            MaxRequests = thresholds.MaxRequests ?? 1024,
            MaxRetries = thresholds.MaxRetries ?? 3,
            TrackRemaining = thresholds.TrackRemaining,
            RetryBudget = budget is null
                ? null
                : new RetryBudgetSpec(
                    context.Percent(budget.BudgetPercent, 20, $"{path}.retry_budget.budget_percent"),
                    budget.MinRetryConcurrency ?? 3
                ),
        };
    }
}
