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
    private readonly LoopTimer _pause;
    private readonly LoopSignal<bool> _paused = new();

    public ForwardTimers(EventLoop loop, StreamTimers stream, Action<Interruption> interrupt)
    {
        _loop = loop;
        _stream = stream;
        _interrupt = interrupt;
        _route = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.RouteTimeout), this);
        _try = new LoopTimer(static self => ((ForwardTimers)self)._interrupt(Interruption.TryTimeout), this);
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
        _loop.Disarm(_try);
    }
}
