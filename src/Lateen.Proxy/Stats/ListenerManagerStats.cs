// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Runtime;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>How listeners came, changed and went (Envoy <c>listener_manager.*</c>). Any thread.</summary>
public sealed class ListenerManagerStats
{
    private long _added;
    private long _modified;
    private long _removed;
    private long _inPlace;
    private long _created;
    private long _failed;
    private long _draining;
    private long _chainsDraining;

    public void OnAdded() => Interlocked.Increment(ref _added);

    public void OnModified() => Interlocked.Increment(ref _modified);

    public void OnRemoved() => Interlocked.Increment(ref _removed);

    /// <summary>Only filter chains have changed: connections of the others stay.</summary>
    public void OnUpdatedInPlace() => Interlocked.Increment(ref _inPlace);

    /// <summary>A listener serves on so many workers.</summary>
    public void OnCreated(int workers) => Interlocked.Add(ref _created, workers);

    /// <summary>A listener could not be opened.</summary>
    public void OnFailed() => Interlocked.Increment(ref _failed);

    internal void OnListenersDraining(int more) => Interlocked.Add(ref _draining, more);

    internal void OnChainsDraining(int more) => Interlocked.Add(ref _chainsDraining, more);

    public void Collect(ProxyRuntime runtime, List<Sample> samples)
    {
        Add("listener_added", _added, samples);
        Add("listener_modified", _modified, samples);
        Add("listener_removed", _removed, samples);
        Add("listener_in_place_updated", _inPlace, samples);
        Add("listener_create_success", _created, samples);
        Add("listener_create_failure", _failed, samples);
        Add("total_listeners_active", runtime.Listeners.Count, samples, SampleKind.Gauge);
        Add("total_listeners_warming", runtime.WarmingListeners, samples, SampleKind.Gauge);
        Add("total_listeners_draining", _draining, samples, SampleKind.Gauge);
        Add("total_filter_chains_draining", _chainsDraining, samples, SampleKind.Gauge);
    }

    private static void Add(string name, long value, List<Sample> samples, SampleKind kind = SampleKind.Counter) =>
        samples.Add(new Sample($"listener_manager.{name}", $"envoy_listener_manager_{name}", "", kind, value));
}
