// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Health;

/// <summary>
/// Watches how the endpoints of a cluster answer, leaves out those that fail, and takes them back when their time is over
/// (Envoy's outlier detection). Fed by the workers with one call a response; <see cref="OnInterval"/> is called by one thread.
/// </summary>
/// <remarks>
/// An endpoint's record and the statistics outlive the cluster's versions, as the ejection does, which is a failure of its
/// <see cref="EndpointState"/>.
/// </remarks>
public sealed class OutlierDetector(OutlierSpec spec, IReadOnlyList<EndpointEntry> endpoints, OutlierStats stats)
{
    private readonly Lock _gate = new();

    public OutlierSpec Spec { get; } = spec;

    /// <summary>Milliseconds, as <see cref="Environment.TickCount64"/>; tests put their own clock here.</summary>
    internal Func<long> Clock { get; init; } = static () => Environment.TickCount64;

    /// <summary>Draws up to 100, for enforcing percentages.</summary>
    internal Func<int> Draw { get; init; } = static () => Random.Shared.Next(100);

    /// <summary>The endpoint answered.</summary>
    public void OnResponse(EndpointState endpoint, int status)
    {
        if (endpoint.Record is not { } record)
            return;
        if (Spec.SplitsLocalOrigin)
        {
            record.ResetLocal();
            record.Local.Add(isSuccess: true);
        }
        OnStatus(endpoint, record, status);
    }

    /// <summary>The endpoint could not be reached, or did not answer in time.</summary>
    public void OnLocalFailure(EndpointState endpoint, LocalFailure failure)
    {
        if (endpoint.Record is not { } record)
            return;
        if (!Spec.SplitsLocalOrigin)
        {
            OnStatus(endpoint, record, failure == LocalFailure.TimedOut ? 504 : 503);
            return;
        }
        record.Local.Add(isSuccess: false);
        if (record.IsLocalReached(Spec.ConsecutiveLocal))
        {
            record.ResetLocal();
            Eject(endpoint, record, EjectionReason.ConsecutiveLocal, Spec.EnforcingLocal);
        }
    }

    /// <summary>A TCP connection was made: all there is to say of an endpoint without requests.</summary>
    public void OnConnected(EndpointState endpoint)
    {
        if (endpoint.Record is not { } record)
            return;
        if (Spec.SplitsLocalOrigin)
        {
            record.ResetLocal();
            record.Local.Add(isSuccess: true);
        }
        else
        {
            OnStatus(endpoint, record, 200);
        }
    }

    /// <summary>Ends ejections whose time is over, and looks at the rates of the interval.</summary>
    public void OnInterval()
    {
        var now = Clock();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.State.Record is { } record)
                Return(endpoint.State, record, now);
        }
        CheckRates(
            static record => record.External,
            EjectionReason.SuccessRate,
            Spec.SuccessRate.Enforcing,
            EjectionReason.FailurePercentage,
            Spec.FailurePercentage.Enforcing
        );
        if (Spec.SplitsLocalOrigin)
            CheckRates(
                static record => record.Local,
                EjectionReason.LocalSuccessRate,
                Spec.SuccessRate.EnforcingLocal,
                EjectionReason.LocalFailurePercentage,
                Spec.FailurePercentage.EnforcingLocal
            );
    }

    private void OnStatus(EndpointState endpoint, EndpointRecord record, int status)
    {
        record.External.Add(isSuccess: status < 500);
        if (status < 500)
        {
            record.Reset5xx();
            record.ResetGateway();
            return;
        }
        // Gateway failures first: they are 5xx too.
        if (status is not (502 or 503 or 504))
        {
            record.ResetGateway();
        }
        else if (record.IsGatewayReached(Spec.ConsecutiveGateway))
        {
            record.ResetGateway();
            Eject(endpoint, record, EjectionReason.ConsecutiveGateway, Spec.EnforcingGateway);
        }
        if (record.Is5xxReached(Spec.Consecutive5xx))
        {
            record.Reset5xx();
            Eject(endpoint, record, EjectionReason.Consecutive5xx, Spec.Enforcing5xx);
        }
    }

    /// <summary>Rare, and about the whole cluster: a lock keeps two workers from ejecting one endpoint more than may be.</summary>
    private void Eject(EndpointState endpoint, EndpointRecord record, EjectionReason reason, uint enforcing)
    {
        lock (_gate)
        {
            if (record.EjectedUntil != 0)
                return;
            stats.OnDetected(reason);
            if (Draw() >= enforcing)
                return;
            if (!MayEjectOneMore())
            {
                stats.OnOverflow();
                return;
            }
            record.Ejections++;
            record.EjectedUntil = Math.Max(1, Clock() + EjectionTime(record.Ejections));
            endpoint.SetFlags(HealthFlags.FailedOutlierCheck);
            stats.OnEjected(reason);
        }
    }

    private bool MayEjectOneMore()
    {
        var ejected = endpoints.Count(static endpoint => endpoint.State.Record is { EjectedUntil: not 0 });
        return (ejected == 0 && Spec.AlwaysEjectsOne)
            || 100 * (ejected + 1) <= Math.Min(100, Spec.MaxEjectionPercent) * (long)endpoints.Count;
    }

    private long EjectionTime(int ejections)
    {
        var longest = TimeSpan.FromTicks(Math.Max(Spec.MaxEjectionTime.Ticks, Spec.BaseEjectionTime.Ticks));
        var time = Math.Min((Spec.BaseEjectionTime * ejections).TotalMilliseconds, longest.TotalMilliseconds);
        return (long)(time + (Spec.MaxEjectionTimeJitter.TotalMilliseconds * Draw() / 100));
    }

    private void Return(EndpointState endpoint, EndpointRecord record, long now)
    {
        lock (_gate)
        {
            if (record.EjectedUntil == 0)
            {
                record.Ejections = Math.Max(0, record.Ejections - 1);
                return;
            }
            if (now < record.EjectedUntil)
                return;
            record.EjectedUntil = 0;
            record.Reset5xx();
            record.ResetGateway();
            record.ResetLocal();
            endpoint.ClearFlags(HealthFlags.FailedOutlierCheck);
        }
    }

    private void CheckRates(
        Func<EndpointRecord, RequestWindow> window,
        EjectionReason rateReason,
        uint enforcingRate,
        EjectionReason failureReason,
        uint enforcingFailures
    )
    {
        var rates = new List<EndpointRate>();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.State.Record is not { } record)
                continue;
            var (total, successes) = window(record).Take();
            if (record.EjectedUntil == 0 && total > 0)
                rates.Add(new EndpointRate(endpoint.State, record, total, 100.0 * successes / total));
        }
        foreach (var outlier in OutlierRates.BelowTheOthers(rates, Spec.SuccessRate, Spec.SuccessRateFactor))
            Eject(outlier.Endpoint, outlier.Record, rateReason, enforcingRate);
        foreach (var outlier in OutlierRates.AboveThreshold(rates, Spec.FailurePercentage, Spec.FailureThreshold))
            Eject(outlier.Endpoint, outlier.Record, failureReason, enforcingFailures);
    }
}
