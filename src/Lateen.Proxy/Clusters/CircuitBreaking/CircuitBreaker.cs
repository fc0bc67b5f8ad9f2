// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Stats;
using Lateen.Telemetry;

namespace Lateen.Proxy.Clusters.CircuitBreaking;

/// <summary>
/// Admits or refuses connections, requests and retries of one routing priority of a cluster. A refusal counts in the
/// cluster's statistics and is for the caller to answer: 503, flag UO, <c>x-envoy-overloaded</c>. What was acquired is released
/// exactly once, on any version of the cluster. Any thread; allocates nothing.
/// </summary>
/// <remarks>
/// As Envoy has it, a request first is pending (it waits for a connection), then active; a connection beyond the limit is
/// still opened when its endpoint has none at all, else nothing could ever go there (<see cref="ForceConnection"/>).
/// </remarks>
public sealed class CircuitBreaker(CircuitBreakerSpec spec, ResourceCounts counts, ClusterStats stats)
{
    public CircuitBreakerSpec Spec { get; } = spec;

    public bool TryAcquireConnection(int worker) =>
        OrConnectionOverflow(counts.Connections.TryAcquire(Spec.MaxConnections), worker);

    /// <summary>Whether there may be one more connection, without taking it.</summary>
    public bool AdmitsConnection(int worker) =>
        OrConnectionOverflow((uint)counts.Connections.Used < Spec.MaxConnections, worker);

    /// <summary>Counts a connection that is opened beyond the limit, or one that came with a refusal.</summary>
    public void ForceConnection() => counts.Connections.Acquire();

    public void ReleaseConnection() => counts.Connections.Release();

    public bool TryAcquirePending(int worker) =>
        OrOverflow(counts.PendingRequests.TryAcquire(Spec.MaxPendingRequests), worker);

    public void ReleasePending() => counts.PendingRequests.Release();

    public bool TryAcquireRequest(int worker) => OrOverflow(counts.Requests.TryAcquire(Spec.MaxRequests), worker);

    public void ReleaseRequest() => counts.Requests.Release();

    public bool TryAcquireRetry(int worker)
    {
        if (counts.Retries.TryAcquire(RetryLimit))
            return true;
        stats.OnRetryOverflow(worker);
        return false;
    }

    public void ReleaseRetry() => counts.Retries.Release();

    private uint RetryLimit
    {
        get
        {
            if (Spec.RetryBudget is not { } budget)
                return Spec.MaxRetries;
            var underWay = counts.Requests.Used + counts.PendingRequests.Used;
            return Math.Max(budget.MinConcurrency, (uint)(underWay * budget.Percent / 100));
        }
    }

    /// <summary>Adds Envoy's <c>circuit_breakers.&lt;priority&gt;.*</c>.</summary>
    /// <param name="scope">The cluster's.</param>
    internal void Collect(StatScope scope, string priority, List<Sample> samples)
    {
        var at = $"circuit_breakers.{priority}.";
        Collect(scope, at, "cx", counts.Connections, Spec.MaxConnections, samples);
        Collect(scope, at, "rq_pending", counts.PendingRequests, Spec.MaxPendingRequests, samples);
        Collect(scope, at, "rq", counts.Requests, Spec.MaxRequests, samples);
        Collect(scope, at, "rq_retry", counts.Retries, RetryLimit, samples);
    }

    private void Collect(StatScope scope, string at, string name, ResourceCount count, uint limit, List<Sample> samples)
    {
        var used = (uint)Math.Max(0, count.Used);
        scope.Collect($"{at}{name}_open", SampleKind.Gauge, used >= limit ? 1 : 0, samples);
        if (!Spec.TrackRemaining)
            return;
        // Envoy's names of what is left are not those of what is open.
        var left = name switch
        {
            "cx" => "remaining_cx",
            "rq" => "remaining_rq",
            "rq_pending" => "remaining_pending",
            _ => "remaining_retries",
        };
        scope.Collect(at + left, SampleKind.Gauge, used >= limit ? 0 : limit - used, samples);
    }

    private bool OrConnectionOverflow(bool admitted, int worker)
    {
        if (!admitted)
            stats.OnConnectionOverflow(worker);
        return admitted;
    }

    private bool OrOverflow(bool admitted, int worker)
    {
        if (!admitted)
            stats.OnPendingOverflow(worker);
        return admitted;
    }
}
