// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;

namespace Lateen.Proxy.Http;

/// <summary>
/// The clocks of a request that is forwarded, beside those that every exchange has: the route's timeout, from the request's last
/// byte, the try's, and the pause before a retry.
/// </summary>
internal sealed class ForwardTimers
{
    private readonly EventLoop _loop;
    private readonly StreamTimers _stream;
    private readonly Action<Interruption> _interrupt;
    private readonly LoopTimer _route;
    private readonly LoopTimer _try;
    private readonly LoopTimer _tryIdle;
    private readonly LoopTimer _pause;
    private readonly LoopSignal<bool> _paused = new();
    private TimeSpan _tryIdleTimeout;

    public ForwardTimers(EventLoop loop, StreamTimers stream, Action<Interruption> interrupt)
    {
        _loop = loop;
        _stream = stream;
        _interrupt = interrupt;
        _route = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.RouteTimeout), this);
        _try = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.TryTimeout), this);
        _tryIdle = new LoopTimer(static self => ((ForwardTimers)self).OnTryIdle(), this);
        _pause = new LoopTimer(static self => ((ForwardTimers)self)._paused.Complete(true), this);
    }

    /// <summary>Envoy <c>RouteAction.timeout</c>: runs from the request's last byte to the response's last; once.</summary>
    public void StartRoute(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero && !_route.IsArmed)
            _loop.Arm(_route, timeout);
    }

    /// <summary>
    /// Envoy <c>RetryPolicy.per_try_timeout</c>, until the response's head, and <c>per_try_idle_timeout</c>, time without a byte
    /// of the try until its end.
    /// </summary>
    public void StartTry(TimeSpan timeout, TimeSpan idleTimeout)
    {
        if (timeout > TimeSpan.Zero)
            _loop.Arm(_try, timeout);
        if (idleTimeout <= TimeSpan.Zero)
            return;
        _tryIdleTimeout = idleTimeout;
        Touch();
        _loop.Arm(_tryIdle, idleTimeout);
    }

    /// <summary>The try has a head: how long that took is of no more interest.</summary>
    public void OnTryAnswered() => _loop.Disarm(_try);

    public void EndTry()
    {
        _loop.Disarm(_try);
        _loop.Disarm(_tryIdle);
    }

    public void EndRoute() => _loop.Disarm(_route);

    /// <summary>Something moved.</summary>
    public void Touch() => _stream.Touch();

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
        EndTry();
    }

    /// <summary>Looks once in a while, as the stream's own idle timer does.</summary>
    private void OnTryIdle()
    {
        var rest = _tryIdleTimeout - _stream.Quiet;
        if (rest > TimeSpan.Zero)
            _loop.Arm(_tryIdle, rest);
        else
            _interrupt(Interruption.TryIdle);
    }
}
