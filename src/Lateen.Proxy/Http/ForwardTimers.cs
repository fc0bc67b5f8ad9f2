// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;

namespace Lateen.Proxy.Http;

/// <summary>
/// The clocks of an exchange that is forwarded: the request's timeout to its last byte, the route's from there, the try's, the
/// whole exchange's, the idle timeout between bytes, and the pause before a retry.
/// </summary>
internal sealed class ForwardTimers
{
    private readonly EventLoop _loop;
    private readonly Action<Interruption> _interrupt;
    private readonly LoopTimer _route;
    private readonly LoopTimer _try;
    private readonly LoopTimer _request;
    private readonly LoopTimer _duration;
    private readonly LoopTimer _idle;
    private readonly LoopTimer _pause;
    private readonly LoopSignal<bool> _paused = new();
    private TimeSpan _idleTimeout;
    private long _lastActivity;

    public ForwardTimers(EventLoop loop, Action<Interruption> interrupt)
    {
        _loop = loop;
        _interrupt = interrupt;
        _route = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.RouteTimeout), this);
        _try = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.TryTimeout), this);
        _request = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.RequestTimeout), this);
        _duration = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.MaxDuration), this);
        _idle = new LoopTimer(static self => ((ForwardTimers)self).OnIdle(), this);
        _pause = new LoopTimer(static self => ((ForwardTimers)self)._paused.Complete(true), this);
    }

    /// <summary>Envoy <c>RouteAction.timeout</c>: runs from the request's last byte to the response's last; once.</summary>
    public void StartRoute(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero && !_route.IsArmed)
            _loop.Arm(_route, timeout);
    }

    /// <summary>Envoy <c>RetryPolicy.per_try_timeout</c>: runs until the response's head.</summary>
    public void StartTry(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
            _loop.Arm(_try, timeout);
    }

    public void EndTry() => _loop.Disarm(_try);

    public void EndRoute() => _loop.Disarm(_route);

    /// <summary>Envoy <c>request_timeout</c>: until the request's last byte; off by default.</summary>
    public void StartRequest(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
            _loop.Arm(_request, timeout);
    }

    public void EndRequest() => _loop.Disarm(_request);

    /// <summary>Envoy <c>max_stream_duration</c> and gRPC's own timeout: for the whole exchange.</summary>
    public void StartDuration(TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            _loop.Arm(_duration, limit);
    }

    /// <summary>Envoy <c>stream_idle_timeout</c>: time without a byte in either direction.</summary>
    public void StartIdle(TimeSpan timeout)
    {
        _idleTimeout = timeout;
        Touch();
        if (timeout > TimeSpan.Zero)
            _loop.Arm(_idle, timeout);
    }

    /// <summary>Something moved.</summary>
    public void Touch() => _lastActivity = _loop.NowMilliseconds;

    /// <summary>Waits; false when it was cut short by <see cref="CutPause"/>.</summary>
    public LoopTask<bool> PauseAsync(TimeSpan time)
    {
        _loop.Arm(_pause, time);
        return _paused.Wait();
    }

    /// <summary>Ends a pause at the loop's next turn of timers.</summary>
    public void CutPause()
    {
        if (_paused.IsAwaited)
            _loop.Arm(_pause, TimeSpan.Zero);
    }

    public void Disarm()
    {
        _loop.Disarm(_route);
        _loop.Disarm(_try);
        _loop.Disarm(_request);
        _loop.Disarm(_duration);
        _loop.Disarm(_idle);
    }

    /// <summary>Arming a timer at every byte would cost more than looking once in a while.</summary>
    private void OnIdle()
    {
        var quiet = TimeSpan.FromMilliseconds(_loop.NowMilliseconds - _lastActivity);
        if (quiet < _idleTimeout)
            _loop.Arm(_idle, _idleTimeout - quiet);
        else
            _interrupt(Interruption.Idle);
    }
}
