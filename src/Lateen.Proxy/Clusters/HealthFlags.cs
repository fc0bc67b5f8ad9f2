// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>What the proxy itself found out about an endpoint (Envoy's host health flags, without what configuration says).</summary>
[Flags]
public enum HealthFlags
{
    None = 0,

    /// <summary>Active health checks failed, or the first one has not been answered.</summary>
    FailedActiveCheck = 1 << 0,

    /// <summary>Ejected by outlier detection.</summary>
    FailedOutlierCheck = 1 << 1,

    /// <summary>A health check was answered with <c>x-envoy-degraded</c>.</summary>
    DegradedActiveCheck = 1 << 2,

    /// <summary>Discovery has dropped the endpoint, but its health checks pass: it stays until one fails.</summary>
    PendingRemoval = 1 << 3,

    /// <summary>
    /// Waits for its first check where <c>ignore_new_hosts_until_first_hc</c> keeps it out of what is reckoned with
    /// endpoints' numbers.
    /// </summary>
    PendingActiveCheck = 1 << 4,

    /// <summary>Said <c>x-envoy-immediate-health-check-fail</c>: not reckoned with until a check passes.</summary>
    ExcludedByImmediateFailure = 1 << 5,

    /// <summary>The latest failed check had no answer in time.</summary>
    ActiveCheckTimeout = 1 << 6,

    /// <summary>Any of these makes an endpoint unhealthy.</summary>
    Failed = FailedActiveCheck | FailedOutlierCheck,

    /// <summary>Any of these takes an endpoint out of the numbers that loads and panics are reckoned with.</summary>
    Excluded = PendingActiveCheck | ExcludedByImmediateFailure,
}
