// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Lateen.Net.Buffers;
using Lateen.Net.Epolling;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace Lateen.Net.Loop;

/// <summary>
/// One thread, one epoll: everything that is alive on it is touched by this thread only, so nothing on it locks.
/// Other threads reach it through <see cref="Post"/>.
/// </summary>
/// <remarks>
/// A turn: wait for events, receive what they tell of, act on it, send what came of that, take the mailbox, run the ready
/// queue as it stood at that point, fire timers. Work queued meanwhile waits for the next turn, so no connection can starve
/// another. Each phase is done for all connections before the next: a processor's caches hold the code of one of them.
/// </remarks>
public sealed class EventLoop : IDisposable
{
    /// <summary>So that a connection storm leaves room for the connections there are; ours, Envoy takes all there are.</summary>
    public const int DefaultAcceptsPerEvent = 64;

    private readonly IIoBackend _backend;
    private readonly TimerWheel _timers;
    private readonly Queue<IReadyItem> _ready = new();
    private readonly Queue<IStagedOutput> _staged = new();
    private readonly ConcurrentQueue<IReadyItem> _mailbox = new();
    private int _wakePending;
    private long _acceptingPauses;
    private readonly TimeProvider _time;
    private readonly long _ticksPerStep;
    private volatile bool _stopping;

    /// <param name="time">What timers go by; the system's clock unless in tests, which have to wake the loop after they moved theirs.</param>
    public EventLoop(string name, TimeProvider? time = null)
    {
        Name = name;
        _time = time ?? TimeProvider.System;
        _ticksPerStep = Stopwatch.Frequency / _time.TimestampFrequency;
        UpdateClock();
        _timers = new TimerWheel(NowMilliseconds);
        _backend = new EpollBackend(this);
        Handshakes = new HandshakePacer(this);
        TlsEngines = new TlsEngines(Buffers);
    }

    public string Name { get; }

    /// <summary>Monotonic time at the start of this turn, in <see cref="Stopwatch"/> ticks.</summary>
    public long NowTimestamp { get; private set; }

    /// <summary>The same in milliseconds.</summary>
    public long NowMilliseconds { get; private set; }

    /// <summary>Counts the turns, so that budgets know when theirs is new.</summary>
    internal long Turn { get; private set; }

    internal BufferPool Buffers { get; } = new();

    /// <summary>Times that a socket was left alone for a moment, since the system had no room for one more connection. Any thread may look.</summary>
    public long AcceptingPauses => Volatile.Read(ref _acceptingPauses);

    /// <summary>Native buffers that connections hold. Any thread may look.</summary>
    public int BuffersRented => Buffers.Rented;

    /// <summary>Timers that are armed. Any thread may look.</summary>
    public int TimersArmed => _timers.Armed;

    /// <summary>Pipes for <see cref="ByteStream.SpliceAsync"/>.</summary>
    public SplicePipePool Pipes { get; } = new();

    internal HandshakePacer Handshakes { get; }

    internal TlsEngines TlsEngines { get; }

    /// <summary>
    /// Scratch space of 64 KiB for building what is written next. Its content is gone at the next suspension, since every
    /// connection of the loop shares it.
    /// </summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(BufferPool.LargeSize, pinned: true);

    /// <summary>Runs the loop on the calling thread until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            Turn++;
            _backend.WaitAndDispatch(_ready.Count > 0 ? 0 : _timers.UntilNext(NowMilliseconds));
            FlushStaged();
            UpdateClock();
            TakeMailbox();
            for (var count = _ready.Count; count > 0; count--)
                _ready.Dequeue().Run();
            _timers.Advance(NowMilliseconds);
            FlushStaged();
        }
    }

    /// <summary>Runs the loop on a thread of its own.</summary>
    public Thread Start()
    {
        var thread = new Thread(Run) { Name = Name, IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Ends <see cref="Run"/> after the current turn. Any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        _backend.Wake();
    }

    /// <summary>Brings work from any thread to the loop. Allocates; requests never need it.</summary>
    public void Post(IReadyItem item)
    {
        _mailbox.Enqueue(item);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
            _backend.Wake();
    }

    /// <inheritdoc cref="Post(IReadyItem)"/>
    public void Post(Action action) => Post(new PostedAction(action));

    /// <summary>Queues work for the next turn. Loop's thread only.</summary>
    public void Enqueue(IReadyItem item) => _ready.Enqueue(item);

    /// <summary>Arms a timer to fire once after a delay; a timer that is armed already is moved.</summary>
    public void Arm(LoopTimer timer, TimeSpan delay) =>
        _timers.Arm(timer, NowMilliseconds + Math.Max(0, (long)Math.Ceiling(delay.TotalMilliseconds)));

    public void Disarm(LoopTimer timer) => _timers.Disarm(timer);

    /// <summary>Starts accepting from a socket, on the loop's thread.</summary>
    /// <param name="acceptsPerEvent">Connections taken before the loop looks after those it has; what is left comes with the next turn.</param>
    public IAccepting Listen(
        ListenSocket socket,
        IConnectionHandler handler,
        int acceptsPerEvent = DefaultAcceptsPerEvent
    ) => _backend.Listen(socket, handler, acceptsPerEvent);

    /// <summary>Starts connecting. Null when the system has no more descriptors or refuses the source address.</summary>
    public ByteStream? Connect(in NetAddress address, ConnectOptions? options = null) =>
        _backend.Connect(address, options ?? ConnectOptions.Default);

    /// <summary>Frees the buffers that are kept for their next use. On the loop's thread.</summary>
    public void Trim()
    {
        Buffers.Trim();
        Pipes.Dispose();
        TlsEngines.Trim();
    }

    /// <summary>Frees what the stopped loop held. Its thread must have ended.</summary>
    public void Dispose()
    {
        _backend.Dispose();
        Buffers.Dispose();
        Pipes.Dispose();
        TlsEngines.Trim();
    }

    internal void OnAcceptingPaused() => Volatile.Write(ref _acceptingPauses, _acceptingPauses + 1);

    internal void UpdateClock()
    {
        NowTimestamp = _time.GetTimestamp() * _ticksPerStep;
        NowMilliseconds = NowTimestamp / (Stopwatch.Frequency / 1000);
    }

    /// <summary>Has output sent before the loop goes on to something else.</summary>
    internal void Stage(IStagedOutput output) => _staged.Enqueue(output);

    private void FlushStaged()
    {
        foreach (var output in _staged)
            output.SealStaged();
        while (_staged.TryDequeue(out var output))
            output.FlushStaged();
    }

    private void TakeMailbox()
    {
        if (Volatile.Read(ref _wakePending) == 0)
            return;
        // Cleared first: what is posted from here on wakes the loop again.
        Volatile.Write(ref _wakePending, 0);
        Interlocked.MemoryBarrier();
        while (_mailbox.TryDequeue(out var item))
            _ready.Enqueue(item);
    }

    private sealed class PostedAction(Action action) : IReadyItem
    {
        public void Run() => action();
    }
}
