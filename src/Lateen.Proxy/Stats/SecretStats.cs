// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>How a secret came and was exchanged (Envoy <c>sds.NAME.*</c>). Any thread.</summary>
public sealed class SecretStats(string name)
{
    private readonly string _labels = Labels.Of("xds_resource_name", name);
    private long _attempts;
    private long _successes;
    private long _rejections;
    private long _givenUp;
    private long _failedRotations;

    /// <summary>A stream brought it.</summary>
    public void OnUpdate(bool rejected)
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Increment(ref rejected ? ref _rejections : ref _successes);
    }

    /// <summary>It did not come in its <c>initial_fetch_timeout</c>.</summary>
    public void OnGivenUp() => Interlocked.Increment(ref _givenUp);

    /// <summary>Its files were exchanged for some that cannot be used; the last good ones stay in force.</summary>
    public void OnRotationFailed() => Interlocked.Increment(ref _failedRotations);

    public void Collect(List<Sample> samples)
    {
        Add("update_attempt", ref _attempts, samples);
        Add("update_success", ref _successes, samples);
        Add("update_rejected", ref _rejections, samples);
        Add("init_fetch_timeout", ref _givenUp, samples);
        Add("key_rotation_failed", ref _failedRotations, samples);
    }

    private void Add(string number, ref long value, List<Sample> samples) =>
        samples.Add(
            new Sample(
                $"sds.{name}.{number}",
                $"envoy_sds_{number}",
                _labels,
                SampleKind.Counter,
                Volatile.Read(ref value)
            )
        );
}
