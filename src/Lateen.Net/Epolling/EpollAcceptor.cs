// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;
using Lateen.Net.Loop;

namespace Lateen.Net.Epolling;

/// <summary>Accepts from one listening socket on one loop. Level-triggered and exclusive, so a shared socket wakes one loop at a time.</summary>
internal sealed unsafe class EpollAcceptor : IEpollTarget, IAccepting
{
    /// <summary>How long to leave a system without room alone. The pending connection would wake the loop at once, again and again.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly EpollBackend _backend;
    private readonly EventLoop _loop;
    private readonly ListenSocket _socket;
    private readonly IConnectionHandler _handler;
    private readonly int _acceptsPerEvent;
    private readonly LoopTimer _resume;
    private int _slot;

    /// <summary>How many to ask for with the next event.</summary>
    private int _attempts = 1;

    public EpollAcceptor(
        EpollBackend backend,
        EventLoop loop,
        ListenSocket socket,
        IConnectionHandler handler,
        int acceptsPerEvent
    )
    {
        _backend = backend;
        _loop = loop;
        _socket = socket;
        _handler = handler;
        _acceptsPerEvent = acceptsPerEvent;
        _resume = new LoopTimer(static self => ((EpollAcceptor)self).Resume(), this);
        _slot = -1;
        Resume();
    }

    /// <summary>
    /// Asking in vain costs as much as a connection, since the kernel makes a socket first. An event stands for one; while
    /// there are as many as were asked for, twice as many are the next time.
    /// </summary>
    public void OnEvents(uint events)
    {
        var most = Math.Min(_attempts, _acceptsPerEvent);
        _attempts = Take(most) < most ? 1 : most * 2;
    }

    public void TakeAll()
    {
        if (_slot >= 0)
            _ = Take(int.MaxValue);
    }

    public void Dispose()
    {
        _loop.Disarm(_resume);
        if (_slot >= 0)
            _backend.Unregister(_slot, _socket.Descriptor);
        _slot = -1;
    }

    private int Take(int most)
    {
        var taken = 0;
        while (taken < most && _slot >= 0 && TakeOne())
            taken++;
        _handler.OnAccepted(taken);
        return taken;
    }

    /// <summary>False when there is no connection, or no room for one.</summary>
    private bool TakeOne()
    {
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        uint length = NetAddress.MaxSocketAddressLength;
        var descriptor = Accept(raw, &length);
        if (descriptor < 0)
            return false;
        if (!_handler.Admits())
        {
            _ = Libc.Close(descriptor);
            return true;
        }
        var remote = NetAddress.ReadSocketAddress(new ReadOnlySpan<byte>(raw, (int)length));
        if (_backend.Open(descriptor, remote, ConnectState.Connected, _socket) is not { } stream)
        {
            _handler.OnLost();
            Pause();
            return false;
        }
        _handler.OnConnected(stream);
        if (Descriptors.IsForTraffic(descriptor))
            return true;
        Pause();
        return false;
    }

    private int Accept(byte* raw, uint* length)
    {
        while (true)
        {
            const int Flags = Sockets.NonBlocking | Sockets.CloseOnExec;
            var descriptor = Libc.Accept(_socket.Descriptor, raw, length, Flags);
            if (descriptor >= 0)
                return descriptor;
            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.TryAgain:
                    return -1;
                case Errno.ConnectionAborted or Errno.Interrupted or Errno.ProtocolError or Errno.NotPermitted:
                    continue; // that connection is gone; there may be others
                default:
                    // No descriptors, no memory: what is pending stays so, and would be told of again at once.
                    Pause();
                    return -1;
            }
        }
    }

    private void Pause()
    {
        _loop.OnAcceptingPaused();
        Dispose();
        _loop.Arm(_resume, s_pause);
    }

    private void Resume()
    {
        if (Descriptors.HasTrafficRoom(_socket.Descriptor))
            _slot = _backend.Register(_socket.Descriptor, this, Epoll.In | Epoll.Exclusive);
        if (_slot < 0)
            _loop.Arm(_resume, s_pause);
    }
}
