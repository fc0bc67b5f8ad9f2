// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// Counts an endpoint's successes and failures in a row and decides about its health. The first check counts at once when
/// it passes; a failure that is an answer counts at once, others, and retriable answers, when there are enough of them.
/// </summary>
internal sealed class CheckHistory(HealthCheckSpec spec)
{
    private const HealthFlags Lifted =
        HealthFlags.FailedActiveCheck | HealthFlags.ActiveCheckTimeout | HealthFlags.ExcludedByImmediateFailure;

    private uint _successes;
    private uint _failures;
    private bool _isFirst = true;

    public CheckVerdict OnSuccess(EndpointState endpoint, bool degraded)
    {
        _failures = 0;
        var verdict = default(CheckVerdict) with { IsFirst = _isFirst };
        if (Has(endpoint, HealthFlags.FailedActiveCheck))
        {
            if (_isFirst || ++_successes >= spec.HealthyThreshold)
            {
                _successes = 0;
                endpoint.ClearFlags(Lifted);
                verdict = verdict.With(HealthTransition.Changed, CheckEvents.AddHealthy);
            }
            else
            {
                verdict = verdict with { Transition = HealthTransition.Pending };
            }
        }
        if (verdict.Transition != HealthTransition.Changed && spec.AlwaysLogsSuccesses)
            verdict = verdict with { Events = verdict.Events | CheckEvents.Success };
        verdict = ClearPending(endpoint, verdict);
        verdict = SetDegraded(endpoint, degraded, verdict);
        _isFirst = false;
        return verdict;
    }

    public CheckVerdict OnFailure(EndpointState endpoint, CheckFailure failure, bool retriable = false)
    {
        _successes = 0;
        var verdict = default(CheckVerdict) with { IsFirst = _isFirst };
        if (!Has(endpoint, HealthFlags.FailedActiveCheck))
        {
            var countsAtOnce = failure is CheckFailure.Active or CheckFailure.Passive && !retriable;
            if (countsAtOnce || ++_failures >= spec.UnhealthyThreshold)
            {
                _failures = 0;
                endpoint.SetFlags(HealthFlags.FailedActiveCheck);
                verdict = verdict.With(HealthTransition.Changed, CheckEvents.EjectUnhealthy);
            }
            else
            {
                verdict = verdict with { Transition = HealthTransition.Pending };
            }
        }
        // Told apart for as long as it fails, one way or the other.
        if (failure == CheckFailure.NetworkTimeout && Has(endpoint, HealthFlags.FailedActiveCheck))
            endpoint.SetFlags(HealthFlags.ActiveCheckTimeout);
        else
            endpoint.ClearFlags(HealthFlags.ActiveCheckTimeout);
        verdict = ClearPending(endpoint, verdict);
        if (_isFirst || spec.AlwaysLogsFailures)
            verdict = verdict with { Events = verdict.Events | CheckEvents.Failure };
        _isFirst = false;
        return verdict;
    }

    /// <summary>From the first check on the endpoint is reckoned with, whatever the check said.</summary>
    private static CheckVerdict ClearPending(EndpointState endpoint, CheckVerdict verdict) =>
        endpoint.ClearFlags(HealthFlags.PendingActiveCheck)
            ? verdict with
            {
                Transition = HealthTransition.Changed,
            }
            : verdict;

    private static CheckVerdict SetDegraded(EndpointState endpoint, bool degraded, CheckVerdict verdict)
    {
        if (degraded == Has(endpoint, HealthFlags.DegradedActiveCheck))
            return verdict;
        if (degraded)
            endpoint.SetFlags(HealthFlags.DegradedActiveCheck);
        else
            endpoint.ClearFlags(HealthFlags.DegradedActiveCheck);
        return verdict.With(
            verdict.Transition == HealthTransition.Unchanged ? HealthTransition.Changed : verdict.Transition,
            degraded ? CheckEvents.Degraded : CheckEvents.NoLongerDegraded
        );
    }

    private static bool Has(EndpointState endpoint, HealthFlags flag) => (endpoint.Flags & flag) != HealthFlags.None;
}
