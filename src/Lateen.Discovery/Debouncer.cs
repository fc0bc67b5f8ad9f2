// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Discovery;

/// <summary>
/// Turns a burst of changes into one: acts when nothing came for a while, or when the first change has waited long enough
/// (Istio <c>PILOT_DEBOUNCE_AFTER</c>, <c>PILOT_DEBOUNCE_MAX</c>).
/// </summary>
public sealed class Debouncer : IDisposable
{
    /// <summary>100 ms.</summary>
    public static readonly TimeSpan DefaultQuiet = TimeSpan.FromMilliseconds(100);

    /// <summary>10 s.</summary>
    public static readonly TimeSpan DefaultMax = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Action<long> _act;
    private readonly TimeProvider _time;
    private readonly TimeSpan _quiet;
    private readonly TimeSpan _max;
    private readonly ITimer _timer;
    private long _first;
    private bool _waiting;

    /// <param name="act">Gets the time of the first change of the burst, as a timestamp of the clock.</param>
    public Debouncer(Action<long> act, TimeProvider time, TimeSpan quiet, TimeSpan max)
    {
        _act = act;
        _time = time;
        _quiet = quiet;
        _max = max;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something changed.</summary>
    public void Touch()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (!_waiting)
                _first = now;
            _waiting = true;
            var left = _max - _time.GetElapsedTime(_first, now);
            var wait = left < _quiet ? left : _quiet;
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        long first;
        lock (_gate)
        {
            if (!_waiting)
                return;
            _waiting = false;
            first = _first;
        }
        _act(first);
    }
}
