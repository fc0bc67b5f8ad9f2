// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;
using Lateen.Net.Loop;

namespace Lateen.Net.Epolling;

/// <summary>Accepts from one listening socket on one loop. Level-triggered and exclusive, so a shared socket wakes one loop at a time.</summary>
internal sealed unsafe class EpollAcceptor : IEpollTarget, IDisposable
{
    /// <summary>Accepted per event, so that a connection storm leaves room for the connections there are.</summary>
    private const int Burst = 64;

    /// <summary>How long to leave a full descriptor table alone. The pending connection would wake the loop at once, again and again.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly EpollBackend _backend;
    private readonly EventLoop _loop;
    private readonly ListenSocket _socket;
    private readonly IConnectionHandler _handler;
    private readonly LoopTimer _resume;
    private int _slot;

    public EpollAcceptor(EpollBackend backend, EventLoop loop, ListenSocket socket, IConnectionHandler handler)
    {
        _backend = backend;
        _loop = loop;
        _socket = socket;
        _handler = handler;
        _resume = new LoopTimer(static self => ((EpollAcceptor)self).Resume(), this);
        _slot = -1;
        Resume();
    }

    public void OnEvents(uint events)
    {
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        for (var i = 0; i < Burst && _slot >= 0; i++)
        {
            uint length = NetAddress.MaxSocketAddressLength;
            const int Flags = Sockets.NonBlocking | Sockets.CloseOnExec;
            var descriptor = Libc.Accept(_socket.Descriptor, raw, &length, Flags);
            if (descriptor < 0)
            {
                if (Marshal.GetLastPInvokeError() is Errno.TooManyFiles or Errno.FileTableFull)
                    Pause();
                else if (Marshal.GetLastPInvokeError() is Errno.ConnectionAborted or Errno.Interrupted)
                    continue;
                return;
            }
            var remote = NetAddress.ReadSocketAddress(new ReadOnlySpan<byte>(raw, (int)length));
            if (remote.Family != AddressFamilyKind.Unix)
                SocketCalls.SetOption(descriptor, Sockets.LevelTcp, Sockets.NoDelay, 1);
            _handler.OnConnected(new EpollStream(_loop, _backend, descriptor, remote, ConnectState.Connected));
        }
    }

    public void Dispose()
    {
        _loop.Disarm(_resume);
        if (_slot >= 0)
            _backend.Unregister(_slot, _socket.Descriptor);
        _slot = -1;
    }

    private void Pause()
    {
        Dispose();
        _loop.Arm(_resume, s_pause);
    }

    private void Resume() => _slot = _backend.Register(_socket.Descriptor, this, Epoll.In | Epoll.Exclusive);
}
