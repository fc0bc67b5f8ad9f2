// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http2;

/// <summary>
/// Finds out by PINGs whether the peer of a connection is still there, and ends the connection when it is not (Envoy
/// <c>connection_keepalive</c>). Whatever the peer sends while its answer is awaited shows that it lives.
/// </summary>
internal sealed class Http2KeepAlive
{
    /// <summary>What our PINGs say, to be told from others.</summary>
    private const ulong Payload = 0x6b656570616c6976;

    private readonly Worker _worker;
    private readonly Http2KeepAliveOptions _options;
    private readonly ByteStream _stream;
    private readonly Http2Connection _codec;
    private readonly Http2Transport _transport;
    private readonly Http2Counters _counters;
    private readonly LoopTimer _timer;
    private long _askedAt;
    private bool _isAwaiting;

    private Http2KeepAlive(
        Worker worker,
        Http2KeepAliveOptions options,
        ByteStream stream,
        Http2Connection codec,
        Http2Transport transport,
        Http2Counters counters
    )
    {
        _worker = worker;
        _options = options;
        _stream = stream;
        _codec = codec;
        _transport = transport;
        _counters = counters;
        _timer = new LoopTimer(static self => ((Http2KeepAlive)self).OnTimer(), this);
    }

    /// <summary>Begins; null where nothing is to be asked.</summary>
    public static Http2KeepAlive? Start(
        Worker worker,
        Http2KeepAliveOptions? options,
        ByteStream stream,
        Http2Connection codec,
        Http2Transport transport,
        Http2Counters counters
    )
    {
        if (options is null)
            return null;
        var started = new Http2KeepAlive(worker, options, stream, codec, transport, counters);
        if (options.Interval > TimeSpan.Zero)
            worker.Loop.Arm(started._timer, options.Interval + started.Jitter());
        return started;
    }

    /// <summary>A client's request is about to be sent.</summary>
    public void OnRequest()
    {
        if (_options.IdleInterval > TimeSpan.Zero && !_isAwaiting && QuietSince(0) > _options.IdleInterval)
            Ask();
    }

    public void OnAnswered(ulong payload)
    {
        if (payload != Payload || !_isAwaiting)
            return;
        _isAwaiting = false;
        if (_options.Interval > TimeSpan.Zero)
            _worker.Loop.Arm(_timer, _options.Interval + Jitter());
        else
            Stop();
    }

    public void Stop() => _worker.Loop.Disarm(_timer);

    private void OnTimer()
    {
        if (!_isAwaiting)
        {
            Ask();
            return;
        }
        var rest = _options.Timeout - QuietSince(_askedAt);
        if (rest > TimeSpan.Zero)
        {
            _worker.Loop.Arm(_timer, rest);
            return;
        }
        _counters.Add(Http2Counter.KeepaliveTimeout);
        _stream.Abort();
    }

    private void Ask()
    {
        _isAwaiting = true;
        _askedAt = _worker.Loop.NowMilliseconds;
        _codec.SendPing(Payload);
        _transport.ScheduleFlush();
        _worker.Loop.Arm(_timer, _options.Timeout);
    }

    /// <summary>Time since the peer last sent something, or since a moment that is later.</summary>
    private TimeSpan QuietSince(long moment) =>
        TimeSpan.FromMilliseconds(_worker.Loop.NowMilliseconds - Math.Max(moment, _transport.LastReceived));

    private TimeSpan Jitter()
    {
        var most = (ulong)(_options.Interval.Ticks * _options.JitterPercent / 100);
        return most == 0 ? TimeSpan.Zero : new TimeSpan((long)(_worker.NextRandom() % most));
    }
}
