// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Health;

/// <summary>Envoy's <c>cluster.&lt;name&gt;.outlier_detection.*</c>. Ejections are rare, so these are plain atomics.</summary>
public sealed class OutlierStats
{
    private readonly long[] _detected = new long[s_names.Length];
    private readonly long[] _enforced = new long[s_names.Length];
    private long _overflows;

    private static readonly string[] s_names =
    [
        "consecutive_5xx",
        "consecutive_gateway_failure",
        "consecutive_local_origin_failure",
        "success_rate",
        "local_origin_success_rate",
        "failure_percentage",
        "local_origin_failure_percentage",
    ];

    internal void OnDetected(EjectionReason reason) => Interlocked.Increment(ref _detected[(int)reason]);

    internal void OnEjected(EjectionReason reason) => Interlocked.Increment(ref _enforced[(int)reason]);

    internal void OnOverflow() => Interlocked.Increment(ref _overflows);

    /// <param name="active">Endpoints that are left out now.</param>
    internal void Collect(StatScope scope, int active, List<Sample> samples)
    {
        scope.Collect("outlier_detection.ejections_active", SampleKind.Gauge, active, samples);
        Count("ejections_enforced_total", _enforced.Sum());
        Count("ejections_overflow", Volatile.Read(ref _overflows));
        for (var i = 0; i < s_names.Length; i++)
        {
            Count($"ejections_detected_{s_names[i]}", Volatile.Read(ref _detected[i]));
            Count($"ejections_enforced_{s_names[i]}", Volatile.Read(ref _enforced[i]));
        }
        void Count(string name, long value) =>
            scope.Collect($"outlier_detection.{name}", SampleKind.Counter, value, samples);
    }
}

/// <summary>What an endpoint was found by, in the order of their statistics.</summary>
internal enum EjectionReason : byte
{
    Consecutive5xx,
    ConsecutiveGateway,
    ConsecutiveLocal,
    SuccessRate,
    LocalSuccessRate,
    FailurePercentage,
    LocalFailurePercentage,
}
