// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Overload;

/// <summary>
/// Looks at the resources every now and then, and puts actions in force: some of them workers find in <see cref="State"/> where
/// they decide, the others are told by <see cref="Acted"/>. One thread at a time calls <see cref="Refresh"/>.
/// </summary>
public sealed class OverloadManager
{
    private readonly OverloadSpec _spec;
    private readonly Resource[] _resources;

    /// <param name="monitors">More monitors than those that the specification asks for.</param>
    /// <exception cref="ArgumentException">A trigger names a monitor that is not there.</exception>
    public OverloadManager(OverloadSpec spec, RuntimeValues runtime, params IReadOnlyList<IResourceMonitor> monitors)
    {
        _spec = spec;
        Runtime = runtime;
        State = new OverloadState(spec, runtime);
        var resources = new List<Resource>();
        if (spec.MaxHeapSizeBytes is { } bytes)
            resources.Add(new Resource(new FixedHeapMonitor(bytes)));
        foreach (var monitor in monitors)
            resources.Add(new Resource(monitor));
        _resources = resources.ToArray();
        foreach (var trigger in spec.Actions.SelectMany(static action => action.Triggers))
        {
            if (Find(trigger.Monitor) is null)
                throw new ArgumentException(
                    $"there is no monitor {trigger.Monitor} to trigger an action",
                    nameof(spec)
                );
        }
    }

    public OverloadState State { get; }

    public RuntimeValues Runtime { get; }

    public TimeSpan RefreshInterval => _spec.RefreshInterval;

    /// <summary>See <see cref="OverloadSpec.MinimumAccountToTrackPowerOfTwo"/>.</summary>
    public int MinimumAccountToTrackPowerOfTwo => _spec.MinimumAccountToTrackPowerOfTwo;

    /// <summary>Told of every action whose value has changed, and of each that is in force with every refresh.</summary>
    public event Action<OverloadAction, int>? Acted;

    /// <summary>Told when an action comes wholly into force, and when it is so no more.</summary>
    public event Action<OverloadAction, bool>? Switched;

    /// <summary>Counts of what actions did, by Envoy's name.</summary>
    public OverloadCounters Counters { get; } = new();

    /// <summary>Reads every resource and sets the actions by what they say.</summary>
    public void Refresh()
    {
        foreach (var resource in _resources)
            resource.Update();
        foreach (var action in _spec.Actions)
        {
            var before = State.ValueOf(action.Action);
            var value = (int)(OverloadState.Saturated * ValueOf(action));
            State.Set(action.Action, value);
            if (value != before || value != 0)
                Acted?.Invoke(action.Action, value);
            if (value == OverloadState.Saturated != (before == OverloadState.Saturated))
                Switched?.Invoke(action.Action, value == OverloadState.Saturated);
        }
    }

    /// <summary>Refreshes until told to stop.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        if (_resources.Length == 0)
            return;
        using var timer = new PeriodicTimer(_spec.RefreshInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                Refresh();
        }
        catch (OperationCanceledException)
        {
            // told to stop
        }
    }

    public void Collect(List<Sample> samples)
    {
        foreach (var resource in _resources)
        {
            Add($"{resource.Monitor.Name}.pressure", SampleKind.Gauge, (long)(resource.Pressure * 100), samples);
            Add($"{resource.Monitor.Name}.failed_updates", SampleKind.Counter, resource.FailedUpdates, samples);
        }
        if (State.MaxActiveDownstreamConnections is var limit and not long.MaxValue)
            Add(
                $"{ResourceMonitorNames.GlobalDownstreamMaxConnections}.pressure",
                SampleKind.Gauge,
                limit == 0 ? 100 : State.ActiveDownstreamConnections * 100 / limit,
                samples
            );
        foreach (var action in _spec.Actions)
        {
            var name = OverloadActionNames.NameOf(action.Action);
            var value = State.ValueOf(action.Action);
            Add($"{name}.active", SampleKind.Gauge, value == OverloadState.Saturated ? 1 : 0, samples);
            Add($"{name}.scale_percent", SampleKind.Gauge, value * 100L / OverloadState.Saturated, samples);
        }
        foreach (var (name, count) in Counters.All())
            Add(name, SampleKind.Counter, count, samples);
    }

    private Resource? Find(string monitor) => Array.Find(_resources, resource => resource.Monitor.Name == monitor);

    private double ValueOf(OverloadActionSpec action)
    {
        var value = 0.0;
        foreach (var trigger in action.Triggers)
            value = Math.Max(value, trigger.ValueAt(Find(trigger.Monitor)!.Pressure));
        return value;
    }

    private static void Add(string name, SampleKind kind, long value, List<Sample> samples) =>
        samples.Add(
            new Sample($"overload.{name}", $"envoy_overload_{name.Replace('.', '_')}", "", kind, value)
            {
                IsSet = kind == SampleKind.Gauge,
            }
        );

    private sealed class Resource(IResourceMonitor monitor)
    {
        private double _pressure;
        private long _failedUpdates;

        public IResourceMonitor Monitor => monitor;

        public double Pressure => Volatile.Read(ref _pressure);

        public long FailedUpdates => Volatile.Read(ref _failedUpdates);

        public void Update()
        {
            if (monitor.TryRead(out var pressure))
                Volatile.Write(ref _pressure, pressure);
            else
                Interlocked.Increment(ref _failedUpdates);
        }
    }
}
