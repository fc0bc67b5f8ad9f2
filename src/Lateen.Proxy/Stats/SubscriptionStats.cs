// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>How the updates of one xDS type went (Envoy <c>cluster_manager.cds.*</c>, <c>listener_manager.lds.*</c>).</summary>
/// <param name="prefix">As <c>cluster_manager.cds</c>.</param>
public sealed class SubscriptionStats(string prefix)
{
    private readonly string _family = $"envoy_{prefix.Replace('.', '_')}_";
    private long _attempts;
    private long _successes;
    private long _rejections;
    private long _givenUp;
    private long _failures;
    private string _version = "";

    public long Successes => Volatile.Read(ref _successes);

    public string Version => Volatile.Read(ref _version);

    /// <summary>An update was applied: whole, or all but the resources that were bad.</summary>
    public void OnUpdate(string version, bool rejected)
    {
        Interlocked.Increment(ref _attempts);
        if (rejected)
        {
            Interlocked.Increment(ref _rejections);
            return;
        }
        Interlocked.Increment(ref _successes);
        Volatile.Write(ref _version, version);
    }

    /// <summary>There was something that is no update at all. Any thread.</summary>
    public void OnFailed()
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Increment(ref _failures);
    }

    /// <summary>A resource did not come in its <c>initial_fetch_timeout</c>. Any thread.</summary>
    public void OnGivenUp() => Interlocked.Increment(ref _givenUp);

    public void Collect(List<Sample> samples)
    {
        Add("update_attempt", ref _attempts, samples);
        Add("update_success", ref _successes, samples);
        Add("update_rejected", ref _rejections, samples);
        Add("update_failure", ref _failures, samples);
        Add("init_fetch_timeout", ref _givenUp, samples);
        samples.Add(new Sample($"{prefix}.version_text", _family, "", SampleKind.Text, Text: Version));
    }

    private void Add(string name, ref long value, List<Sample> samples) =>
        samples.Add(new Sample($"{prefix}.{name}", _family + name, "", SampleKind.Counter, Volatile.Read(ref value)));
}
