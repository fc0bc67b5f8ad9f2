// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;

namespace Lateen.Proxy.Tcp;

/// <summary>The clocks of a relayed connection: time without a byte, time in all.</summary>
internal sealed class TcpTimers
{
    private readonly EventLoop _loop;
    private readonly Action<TcpDeadline> _expired;
    private readonly LoopTimer _idle;
    private readonly LoopTimer _duration;
    private TimeSpan _idleTimeout;
    private long _lastActivity;

    public TcpTimers(EventLoop loop, Action<TcpDeadline> expired)
    {
        _loop = loop;
        _expired = expired;
        _idle = new LoopTimer(static self => ((TcpTimers)self).OnIdle(), this);
        _duration = new LoopTimer(static self => ((TcpTimers)self)._expired(TcpDeadline.Duration), this);
    }

    /// <summary><c>max_downstream_connection_duration</c>, from the connection's start.</summary>
    public void StartDuration(TimeSpan limit) => Arm(_duration, limit);

    /// <summary><c>idle_timeout</c>.</summary>
    public void StartIdle(TimeSpan limit)
    {
        _idleTimeout = limit;
        Touch();
        Arm(_idle, limit);
    }

    /// <summary>A byte moved.</summary>
    public void Touch() => _lastActivity = _loop.NowMilliseconds;

    public void Disarm()
    {
        _loop.Disarm(_idle);
        _loop.Disarm(_duration);
    }

    /// <summary>Arming a timer at every byte would cost more than looking once in a while.</summary>
    private void OnIdle()
    {
        var quiet = TimeSpan.FromMilliseconds(_loop.NowMilliseconds - _lastActivity);
        if (quiet < _idleTimeout)
            _loop.Arm(_idle, _idleTimeout - quiet);
        else
            _expired(TcpDeadline.Idle);
    }

    private void Arm(LoopTimer timer, TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            _loop.Arm(timer, limit);
    }
}

/// <summary>What is over.</summary>
internal enum TcpDeadline : byte
{
    Idle,
    Duration,
}
