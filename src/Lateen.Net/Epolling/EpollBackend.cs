// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Net.Epolling;

/// <summary>
/// Edge-triggered epoll. A descriptor is registered once for its whole life; event data carry its slot and the slot's
/// generation, so an event that names a descriptor closed and reused earlier in the same batch finds nobody.
/// </summary>
internal sealed unsafe class EpollBackend : IIoBackend
{
    private const int BatchSize = 512;

    /// <summary>Events whose bytes are received before any of them is acted on; each may rent a buffer for it.</summary>
    private const int GatheredTogether = 16;

    private const uint StreamEvents = Epoll.In | Epoll.Out | Epoll.PeerClosed | Epoll.EdgeTriggered;

    private readonly EventLoop _loop;
    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly EpollEvent* _batch;
    private readonly Stack<int> _freeSlots = new();
    private IEpollTarget?[] _targets = new IEpollTarget?[64];
    private uint[] _generations = new uint[64];
    private int _slotCount;

    public EpollBackend(EventLoop loop)
    {
        _loop = loop;
        _epoll = Libc.EpollCreate(Epoll.CloseOnExec);
        _wakeUp = Libc.EventFd(0, Sockets.NonBlocking | Sockets.CloseOnExec);
        if (_epoll < 0 || _wakeUp < 0)
            throw SocketCalls.Failure("epoll_create1 or eventfd");
        _batch = (EpollEvent*)NativeMemory.Alloc(BatchSize, (nuint)sizeof(EpollEvent));
        if (Register(_wakeUp, new WakeUp(_wakeUp), Epoll.In) < 0)
            throw SocketCalls.Failure("epoll_ctl add");
    }

    public void WaitAndDispatch(int timeoutMilliseconds)
    {
        var count = Libc.EpollWait(_epoll, _batch, BatchSize, timeoutMilliseconds);
        if (count < 0)
        {
            if (Marshal.GetLastPInvokeError() == Errno.Interrupted)
                return;
            throw SocketCalls.Failure("epoll_wait");
        }
        _loop.UpdateClock();
        for (var start = 0; start < count; start += GatheredTogether)
            Dispatch(start, Math.Min(start + GatheredTogether, count));
    }

    private void Dispatch(int start, int end)
    {
        for (var i = start; i < end; i++)
            TargetOf(_batch[i])?.Gather(_batch[i].Events);
        for (var i = start; i < end; i++)
            TargetOf(_batch[i])?.OnEvents(_batch[i].Events);
    }

    /// <summary>Whom an event is for; nobody, if its descriptor was closed after the kernel told of it.</summary>
    private IEpollTarget? TargetOf(in EpollEvent told)
    {
        var slot = (int)(uint)told.Data;
        return _generations[slot] == (uint)(told.Data >> 32) ? _targets[slot] : null;
    }

    public void Wake()
    {
        ulong one = 1;
        // A full counter (EAGAIN) means that a wake-up is pending, which is all that is wanted.
        _ = Libc.Write(_wakeUp, &one, sizeof(ulong));
    }

    public IAccepting Listen(ListenSocket socket, IConnectionHandler handler, int acceptsPerEvent) =>
        new EpollAcceptor(this, _loop, socket, handler, acceptsPerEvent);

    public ByteStream? Connect(in NetAddress address, ConnectOptions options)
    {
        var descriptor = OpenFor(address, options);
        if (descriptor < 0)
            return null;
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        var length = address.WriteSocketAddress(new Span<byte>(raw, NetAddress.MaxSocketAddressLength));
        var result = Libc.Connect(descriptor, raw, (uint)length);
        var error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        var state =
            error == 0 ? ConnectState.Connected
            : error == Errno.InProgress ? ConnectState.UnderWay
            : ConnectState.Refused;
        return Open(descriptor, address, state);
    }

    /// <summary>A stream for a socket; null, with the socket closed, when the system has no room for one more to wait on.</summary>
    /// <param name="from">Who accepted it; null for one of ours.</param>
    public EpollStream? Open(int descriptor, in NetAddress remote, ConnectState state, ListenSocket? from = null)
    {
        var stream = new EpollStream(_loop, this, descriptor, remote, state, from);
        if (stream.IsRegistered)
            return stream;
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Registers a descriptor for its life.</summary>
    /// <returns>Its slot; -1 when the system has no room for it.</returns>
    public int Register(int descriptor, IEpollTarget target, uint events = StreamEvents)
    {
        var slot = _freeSlots.Count > 0 ? _freeSlots.Pop() : NewSlot();
        var generation = ++_generations[slot];
        _targets[slot] = target;
        var registration = new EpollEvent { Events = events, Data = ((ulong)generation << 32) | (uint)slot };
        if (Libc.EpollControl(_epoll, Epoll.Add, descriptor, &registration) == 0)
            return slot;
        Unregister(slot);
        return -1;
    }

    /// <summary>Forgets a slot. Closing the descriptor takes it out of epoll; one that lives on must be taken out here.</summary>
    public void Unregister(int slot, int descriptor = -1)
    {
        if (descriptor >= 0)
            _ = Libc.EpollControl(_epoll, Epoll.Delete, descriptor, null);
        _targets[slot] = null;
        _generations[slot]++;
        _freeSlots.Push(slot);
    }

    public void Dispose()
    {
        for (var slot = 0; slot < _slotCount; slot++)
            (_targets[slot] as EpollStream)?.Release();
        _ = Libc.Close(_wakeUp);
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_batch);
    }

    private int NewSlot()
    {
        if (_slotCount == _targets.Length)
        {
            Array.Resize(ref _targets, _slotCount * 2);
            Array.Resize(ref _generations, _slotCount * 2);
        }
        return _slotCount++;
    }

    private static int OpenFor(in NetAddress address, ConnectOptions options)
    {
        var descriptor = SocketCalls.CreateForTraffic(address.Family);
        if (descriptor < 0)
            return -1; // the caller answers as for any upstream it cannot reach
        if (address.Family != AddressFamilyKind.Unix)
            SocketCalls.SetOption(descriptor, Sockets.LevelTcp, Sockets.NoDelay, 1);
        if (options.KeepAlive is { } keepAlive)
            SocketCalls.SetKeepAlive(descriptor, keepAlive);
        if (options.Source.IsNone)
            return descriptor;
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        var length = options.Source.WriteSocketAddress(new Span<byte>(raw, NetAddress.MaxSocketAddressLength));
        if (Libc.Bind(descriptor, raw, (uint)length) == 0)
            return descriptor;
        _ = Libc.Close(descriptor);
        return -1;
    }

    private sealed class WakeUp(int descriptor) : IEpollTarget
    {
        public void OnEvents(uint events)
        {
            ulong count;
            _ = Libc.Read(descriptor, &count, sizeof(ulong));
        }
    }
}

/// <summary>Whom an event is for.</summary>
internal interface IEpollTarget
{
    /// <summary>
    /// Receives what has come, and does not act on it yet: one receives after the other, then one acts after the other. The
    /// processor's caches hold the code of the one or of the other, not of both.
    /// </summary>
    void Gather(uint events) { }

    void OnEvents(uint events);
}

/// <summary>How far a connection is.</summary>
internal enum ConnectState : byte
{
    Connected,
    UnderWay,
    Refused,
}
