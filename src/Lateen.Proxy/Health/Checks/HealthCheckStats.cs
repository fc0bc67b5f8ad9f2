// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Envoy's <c>cluster.&lt;name&gt;.health_check.*</c>. Checks are few, so these are plain atomics.</summary>
public sealed class HealthCheckStats
{
    private long _attempts;
    private long _successes;
    private long _failures;
    private long _passiveFailures;
    private long _networkFailures;
    private long _verified;

    internal void OnAttempt() => Interlocked.Increment(ref _attempts);

    internal void OnSuccess() => Interlocked.Increment(ref _successes);

    internal void OnFailure(CheckFailure failure)
    {
        Interlocked.Increment(ref _failures);
        if (failure == CheckFailure.Passive)
            Interlocked.Increment(ref _passiveFailures);
        else if (failure is CheckFailure.Network or CheckFailure.NetworkTimeout)
            Interlocked.Increment(ref _networkFailures);
    }

    /// <summary>An answer was asked for the name of its service.</summary>
    internal void OnVerified() => Interlocked.Increment(ref _verified);

    /// <param name="healthy">Endpoints that are checked and pass.</param>
    /// <param name="degraded">Those that say they are degraded.</param>
    internal void Collect(StatScope scope, int healthy, int degraded, List<Sample> samples)
    {
        Count("attempt", ref _attempts);
        Count("success", ref _successes);
        Count("failure", ref _failures);
        Count("passive_failure", ref _passiveFailures);
        Count("network_failure", ref _networkFailures);
        Count("verify_cluster", ref _verified);
        scope.Collect("health_check.healthy", SampleKind.Gauge, healthy, samples);
        scope.Collect("health_check.degraded", SampleKind.Gauge, degraded, samples);
        void Count(string name, ref long value) =>
            scope.Collect($"health_check.{name}", SampleKind.Counter, Volatile.Read(ref value), samples);
    }
}
