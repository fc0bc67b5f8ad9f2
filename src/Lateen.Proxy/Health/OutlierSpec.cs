// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health;

/// <summary>When endpoints that fail requests are left out for a while (Envoy <c>OutlierDetection</c>). Defaults are Envoy's.</summary>
public sealed record OutlierSpec
{
    /// <summary><c>consecutive_5xx</c>: 5.</summary>
    public uint Consecutive5xx { get; init; } = 5;

    /// <summary><c>enforcing_consecutive_5xx</c>, percent of the cases: 100.</summary>
    public uint Enforcing5xx { get; init; } = 100;

    /// <summary><c>consecutive_gateway_failure</c>, 502, 503 and 504: 5.</summary>
    public uint ConsecutiveGateway { get; init; } = 5;

    /// <summary><c>enforcing_consecutive_gateway_failure</c>: 0.</summary>
    public uint EnforcingGateway { get; init; }

    /// <summary><c>split_external_local_origin_errors</c>: failures to reach an endpoint count apart from its answers.</summary>
    public bool SplitsLocalOrigin { get; init; }

    /// <summary><c>consecutive_local_origin_failure</c>: 5.</summary>
    public uint ConsecutiveLocal { get; init; } = 5;

    /// <summary><c>enforcing_consecutive_local_origin_failure</c>: 100.</summary>
    public uint EnforcingLocal { get; init; } = 100;

    /// <summary><c>interval</c> between looks at rates and at ejections that are over: 10 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>base_ejection_time</c>, times the number of ejections in a row: 30 s.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>max_ejection_time</c>: 300 s, or the base where that is more.</summary>
    public TimeSpan MaxEjectionTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary><c>max_ejection_time_jitter</c>: up to this much is added to each ejection; 0.</summary>
    public TimeSpan MaxEjectionTimeJitter { get; init; }

    /// <summary><c>max_ejection_percent</c> of the cluster's endpoints: 10.</summary>
    public uint MaxEjectionPercent { get; init; } = 10;

    /// <summary><c>always_eject_one_host</c>, however few there are.</summary>
    public bool AlwaysEjectsOne { get; init; }

    /// <summary><c>success_rate_*</c>.</summary>
    public RateRule SuccessRate { get; init; } =
        new(Enforcing: 100, EnforcingLocal: 100, MinHosts: 5, MinRequests: 100);

    /// <summary><c>success_rate_stdev_factor</c>, in thousandths: 1900.</summary>
    public uint SuccessRateFactor { get; init; } = 1900;

    /// <summary><c>failure_percentage_*</c>.</summary>
    public RateRule FailurePercentage { get; init; } =
        new(Enforcing: 0, EnforcingLocal: 0, MinHosts: 5, MinRequests: 50);

    /// <summary><c>failure_percentage_threshold</c>: 85.</summary>
    public uint FailureThreshold { get; init; } = 85;
}

/// <summary>When a rate over one interval counts.</summary>
/// <param name="Enforcing">Percent of the cases in which it ejects.</param>
/// <param name="EnforcingLocal">The same for failures to reach the endpoint, where they count apart.</param>
/// <param name="MinHosts">Endpoints with enough requests that there must be.</param>
/// <param name="MinRequests">Requests in the interval that are enough.</param>
public sealed record RateRule(uint Enforcing, uint EnforcingLocal, uint MinHosts, uint MinRequests);
