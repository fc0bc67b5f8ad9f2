// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Loop;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http;

/// <summary>
/// The clocks that a connection manager sets every exchange, whatever becomes of its request: until the head's last byte, until
/// the request's, for the exchange as a whole, and for the time without a byte in either direction.
/// </summary>
internal sealed class StreamTimers
{
    private readonly Worker _worker;
    private readonly Action<Interruption> _expired;
    private readonly LoopTimer _head;
    private readonly LoopTimer _request;
    private readonly LoopTimer _duration;
    private readonly LoopTimer _idle;
    private TimeSpan _idleTimeout;
    private long _lastActivity;

    public StreamTimers(Worker worker, Action<Interruption> expired)
    {
        _worker = worker;
        _expired = expired;
        _head = new LoopTimer(static self => ((StreamTimers)self)._expired(Interruption.HeadTimeout), this);
        _request = new LoopTimer(static self => ((StreamTimers)self)._expired(Interruption.RequestTimeout), this);
        _duration = new LoopTimer(static self => ((StreamTimers)self)._expired(Interruption.MaxDuration), this);
        _idle = new LoopTimer(static self => ((StreamTimers)self).OnIdle(), this);
    }

    private EventLoop Loop => _worker.Loop;

    /// <summary>Envoy <c>request_headers_timeout</c>: from the head's first byte to its last; off by default.</summary>
    public void StartHead(TimeSpan timeout) => Start(_head, timeout);

    public void EndHead() => Loop.Disarm(_head);

    /// <summary>Envoy <c>request_timeout</c>: until the request's last byte; off by default.</summary>
    public void StartRequest(TimeSpan timeout) => Start(_request, timeout);

    public void EndRequest() => Loop.Disarm(_request);

    /// <summary>Envoy <c>max_stream_duration</c> and gRPC's own timeout: for the whole exchange. The last one given counts.</summary>
    public void StartDuration(TimeSpan limit) => Start(_duration, limit);

    public void EndDuration() => Loop.Disarm(_duration);

    /// <summary>Envoy <c>stream_idle_timeout</c>, or a route's <c>idle_timeout</c>; shorter under pressure. The last one given counts.</summary>
    public void StartIdle(TimeSpan timeout)
    {
        _idleTimeout = timeout;
        Touch();
        Loop.Disarm(_idle);
        Start(_idle, Scaled);
    }

    /// <summary>Something moved.</summary>
    public void Touch() => _lastActivity = Loop.NowMilliseconds;

    /// <summary>Time since something moved.</summary>
    public TimeSpan Quiet => TimeSpan.FromMilliseconds(Loop.NowMilliseconds - _lastActivity);

    /// <summary>Pressure has changed, and with it how long quiet may last.</summary>
    public void Rescale()
    {
        if (_idle.IsArmed)
            ArmForRest();
    }

    public void Disarm()
    {
        Loop.Disarm(_head);
        Loop.Disarm(_request);
        Loop.Disarm(_duration);
        Loop.Disarm(_idle);
    }

    private TimeSpan Scaled => _worker.Overload.State.Scale(ScaledTimer.HttpDownstreamStreamIdle, _idleTimeout);

    private TimeSpan Rest => Scaled - Quiet;

    private void Start(LoopTimer timer, TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
            Loop.Arm(timer, timeout);
    }

    /// <summary>Arming a timer at every byte would cost more than looking once in a while.</summary>
    private void OnIdle()
    {
        if (Rest > TimeSpan.Zero)
            ArmForRest();
        else
            _expired(Interruption.Idle);
    }

    private void ArmForRest() => Loop.Arm(_idle, Rest);
}
