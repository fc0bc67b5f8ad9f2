// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health.Checks;

/// <summary>What a check's outcome meant for its endpoint, and what an event log is told of it.</summary>
internal readonly record struct CheckVerdict(HealthTransition Transition, CheckEvents Events, bool IsFirst)
{
    public CheckVerdict With(HealthTransition transition, CheckEvents more) =>
        this with
        {
            Transition = transition,
            Events = Events | more,
        };
}

/// <summary>Envoy's <c>HealthTransition</c>.</summary>
internal enum HealthTransition : byte
{
    Unchanged,

    /// <summary>The endpoint's health, or whether it is reckoned with, is another.</summary>
    Changed,

    /// <summary>It will be, if the next checks say the same.</summary>
    Pending,
}

/// <summary>Envoy's events of health checks (<c>data.core.v3.HealthCheckEvent</c>).</summary>
[Flags]
internal enum CheckEvents : byte
{
    None = 0,
    EjectUnhealthy = 1,
    AddHealthy = 2,
    Success = 4,
    Failure = 8,
    Degraded = 16,
    NoLongerDegraded = 32,
}

/// <summary>Why a check failed (Envoy <c>HealthCheckFailureType</c>).</summary>
internal enum CheckFailure : byte
{
    /// <summary>The answer says so.</summary>
    Active,

    /// <summary>An answer to ordinary traffic says so.</summary>
    Passive,

    /// <summary>No connection, or it broke.</summary>
    Network,

    NetworkTimeout,
}
