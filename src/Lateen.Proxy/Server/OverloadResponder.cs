// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.Server;

/// <summary>
/// Does what the overload manager asks for beyond what workers see for themselves: stops and resumes listeners, shortens
/// timeouts, resets streams, gives memory back. Told on the manager's thread, it acts on each worker's own.
/// </summary>
internal sealed class OverloadResponder
{
    /// <summary>Envoy's number of streams that a worker resets with each refresh.</summary>
    private const int MostResets = 50;

    /// <summary>Envoy's classes of memory: each holds twice as much as the one before.</summary>
    private const int MemoryClasses = 8;

    /// <summary>Envoy's <c>ShrinkHeapConfig.timer_interval</c>.</summary>
    private static readonly TimeSpan s_shrinkInterval = TimeSpan.FromSeconds(10);

    private readonly OverloadManager _manager;
    private readonly IReadOnlyList<Worker> _workers;
    private readonly TimeProvider _time;
    private long? _lastShrink;
    private int _lastReduction;

    public OverloadResponder(OverloadManager manager, IReadOnlyList<Worker> workers, TimeProvider time)
    {
        _manager = manager;
        _workers = workers;
        _time = time;
        manager.Acted += OnAct;
    }

    /// <summary>
    /// What a stream must hold to be reset: with little pressure only the largest of <see cref="MemoryClasses"/>, with all of it
    /// everything from the least on.
    /// </summary>
    public static long BytesToReset(int value, int leastPowerOfTwo)
    {
        var classes = 1 + (int)((long)value * MemoryClasses / OverloadState.Saturated);
        return 1L << (leastPowerOfTwo + MemoryClasses - Math.Min(classes, MemoryClasses));
    }

    private void OnAct(OverloadAction action, int value)
    {
        switch (action)
        {
            case OverloadAction.StopAcceptingConnections:
                OnEach(worker => StopAccepting(worker, value == OverloadState.Saturated));
                break;
            case OverloadAction.ReduceTimeouts when value != _lastReduction:
                _lastReduction = value;
                OnEach(static worker => Rescale(worker));
                break;
            case OverloadAction.ResetHighMemoryStream when value > 0:
                var bytes = BytesToReset(value, _manager.MinimumAccountToTrackPowerOfTwo);
                OnEach(worker => ShedStreams(worker, bytes));
                break;
            case OverloadAction.ShrinkHeap when value == OverloadState.Saturated:
                Shrink();
                break;
        }
    }

    private void OnEach(Action<Worker> act)
    {
        foreach (var worker in _workers)
            worker.Loop.Post(() => act(worker));
    }

    private static void StopAccepting(Worker worker, bool isStopped)
    {
        if (worker.IsAcceptingStopped == isStopped)
            return;
        worker.IsAcceptingStopped = isStopped;
        foreach (var listener in worker.Listeners)
        {
            if (!isStopped)
                listener.Resume();
            else if (!listener.BypassesOverload)
                listener.Pause();
        }
    }

    private static void Rescale(Worker worker)
    {
        foreach (var listener in worker.Listeners)
            listener.Rescale();
    }

    private void ShedStreams(Worker worker, long bytes)
    {
        var shed = 0;
        foreach (var listener in worker.Listeners)
            shed += listener.ShedStreams(bytes, MostResets - shed);
        if (shed > 0)
            _manager.Counters.AddResetStreams(shed);
    }

    /// <summary>Every now and then: collecting garbage stops the workers for a moment.</summary>
    private void Shrink()
    {
        if (_lastShrink is { } last && _time.GetElapsedTime(last) < s_shrinkInterval)
            return;
        _lastShrink = _time.GetTimestamp();
        OnEach(static worker => worker.Trim());
        NativeHeap.Trim();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _manager.Counters.AddShrink();
    }
}
