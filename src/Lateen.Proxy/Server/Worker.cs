// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Lateen.Core;
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Net;
using Lateen.Net.Loop;
using Lateen.Proxy.Http.Mirroring;
using Lateen.Proxy.Http1;
using Lateen.Proxy.Http2;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Server;

/// <summary>One thread of the data plane with everything its connections share. Nothing here is touched by another thread.</summary>
public sealed class Worker
{
    private static readonly TimeSpan s_trimInterval = TimeSpan.FromSeconds(5);

    private readonly LoopTimer _trim;
    private readonly Dictionary<NetAddress, ActiveListener> _listeners = [];
    private readonly Published<ProxyRuntime> _runtime;
    private readonly TimeProvider _time;
    private readonly byte[] _date = new byte[29];
    private long _dateSecond = -1;
    private ulong _random0;
    private ulong _random1;

    public Worker(
        int index,
        Published<ProxyRuntime> runtime,
        ProxyTelemetry telemetry,
        OverloadManager overload,
        TimeProvider time
    )
    {
        Index = index;
        Overload = overload;
        _runtime = runtime;
        _time = time;
        Telemetry = telemetry;
        PrematureResetTotalStreamCount = overload.Runtime.Number(
            RuntimeValues.PrematureResetTotalStreamCount,
            long.MaxValue
        );
        PrematureResetMinStreamLifetimeSeconds = overload.Runtime.Number(
            RuntimeValues.PrematureResetMinStreamLifetimeSeconds,
            long.MaxValue
        );
        Loop = new EventLoop(string.Create(CultureInfo.InvariantCulture, $"worker-{index}"), time);
        _trim = new LoopTimer(static self => ((Worker)self).TrimUnused(), this);
        Http1Streams = new SpareStore<Http1ServerStream>(() => new Http1ServerStream(this), hasSurplus: TrimLater);
        Http2Streams = new SpareStore<Http2ServerStream>(() => new Http2ServerStream(this), hasSurplus: TrimLater);
        Http2ClientStreams = new SpareStore<Http2ClientStream>(
            () => new Http2ClientStream(Loop),
            hasSurplus: TrimLater
        );
        Mirrors = new SpareStore<MirrorRequest>(() => new MirrorRequest(this), hasSurplus: TrimLater);
        Handshakes = new SpareStore<ServerHandshake>(() => new ServerHandshake(this), hasSurplus: TrimLater);
        // Not .NET's cryptography: it would load OpenSSL, 4 MB of memory, into proxies that never speak TLS.
        _random0 = (ulong)Random.Shared.NextInt64() | 1;
        _random1 = (ulong)Random.Shared.NextInt64();
    }

    public int Index { get; }

    public EventLoop Loop { get; }

    public ProxyTelemetry Telemetry { get; }

    public OverloadManager Overload { get; }

    internal RuntimeNumber PrematureResetTotalStreamCount { get; }

    internal RuntimeNumber PrematureResetMinStreamLifetimeSeconds { get; }

    internal SpareStore<Http1ServerStream> Http1Streams { get; }

    internal SpareStore<Http2ServerStream> Http2Streams { get; }

    internal SpareStore<Http2ClientStream> Http2ClientStreams { get; }

    internal SpareStore<MirrorRequest> Mirrors { get; }

    internal SpareStore<ServerHandshake> Handshakes { get; }

    /// <summary>Buffers that HTTP/2 connections of this worker share.</summary>
    internal Http2Workspace Http2Workspace => field ??= new Http2Workspace(TrimLater);

    /// <summary>Timers that run for connections and exchanges. Any thread may look.</summary>
    public int TimersArmed => Loop.TimersArmed - (_trim.IsArmed ? 1 : 0);

    public ProxyRuntime Runtime => _runtime.Current;

    /// <summary>Its listeners, draining ones too.</summary>
    internal HashSet<ActiveListener> Listeners { get; } = [];

    /// <summary>Which listeners drain with the proxy.</summary>
    internal DrainScope Drain { get; set; }

    /// <summary>Pressure keeps listeners from accepting.</summary>
    internal bool IsAcceptingStopped { get; set; }

    private bool HasSurplus =>
        Http1Streams.HasSurplus
        || Http2Streams.HasSurplus
        || Http2ClientStreams.HasSurplus
        || Mirrors.HasSurplus
        || Handshakes.HasSurplus
        || Http2Workspace.HasSurplus;

    internal bool Drains(TrafficDirection direction) =>
        Drain == DrainScope.All || (Drain == DrainScope.Inbound && direction == TrafficDirection.Inbound);

    /// <summary>
    /// The listener at an address, or at its port on every address: whom a connection goes to that was redirected from
    /// there. Null when there is none but the one that has it.
    /// </summary>
    internal ActiveListener? ListenerAt(in NetAddress address, ActiveListener except)
    {
        if (!_listeners.TryGetValue(address, out var found))
            _listeners.TryGetValue(AnyAddress(address), out found);
        return ReferenceEquals(found, except) ? null : found;
    }

    /// <summary>Makes a listener known by its address, instead of the one before it.</summary>
    internal void Register(in NetAddress address, ActiveListener listener) => _listeners[address] = listener;

    internal void Unregister(in NetAddress address, ActiveListener listener)
    {
        if (_listeners.TryGetValue(address, out var known) && ReferenceEquals(known, listener))
            _listeners.Remove(address);
    }

    private static NetAddress AnyAddress(in NetAddress address) =>
        NetAddress.From(address.Family == AddressFamilyKind.IPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port);

    /// <summary>Gives up what is kept for the next use. On the worker's thread.</summary>
    internal void Trim()
    {
        Http1Streams.TrimAll();
        Http2Streams.TrimAll();
        Http2ClientStreams.TrimAll();
        Mirrors.TrimAll();
        Handshakes.TrimAll();
        Http2Workspace.TrimAll();
        Loop.Trim();
    }

    private void TrimLater()
    {
        if (!_trim.IsArmed)
            Loop.Arm(_trim, s_trimInterval);
    }

    /// <summary>A burst is over, or not: what nobody has used for a while goes.</summary>
    private void TrimUnused()
    {
        Http1Streams.TrimUnused();
        Http2Streams.TrimUnused();
        Http2ClientStreams.TrimUnused();
        Mirrors.TrimUnused();
        Handshakes.TrimUnused();
        Http2Workspace.TrimUnused();
        if (HasSurplus)
            TrimLater();
    }

    /// <summary>xorshift128+: fast and even, not secret.</summary>
    public ulong NextRandom()
    {
        var x = _random0;
        var y = _random1;
        _random0 = y;
        x ^= x << 23;
        _random1 = x ^ y ^ (x >> 17) ^ (y >> 26);
        return _random1 + y;
    }

    /// <summary>Wall clock in <see cref="TimeSpan"/> ticks since the Unix epoch.</summary>
    public long UnixTicks() => _time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks;

    /// <summary>Value of the Date header (RFC 9110 §6.6.1), made once a second.</summary>
    public ReadOnlySpan<byte> Date()
    {
        var second = Loop.NowMilliseconds / 1000;
        if (second != _dateSecond)
        {
            _dateSecond = second;
            _time.GetUtcNow().TryFormat(_date, out _, "r", CultureInfo.InvariantCulture);
        }
        return _date;
    }
}
