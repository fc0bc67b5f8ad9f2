// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Admin;

/// <summary>Serves the admin interface on one event loop of its own, with the proxy's own codec: it costs next to no memory.</summary>
public sealed class AdminServer : IDisposable
{
    private readonly EventLoop _loop = new("admin");
    private readonly List<ListenSocket> _sockets = [];
    private readonly AdminHandlers _handlers;
    private Thread? _thread;

    public AdminServer(AdminHandlers handlers) => _handlers = handlers;

    /// <summary>Opens an address; before <see cref="Start"/>.</summary>
    /// <returns>Where it listens, with the port the kernel chose where 0 was asked for.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not of this machine.</exception>
    public NetAddress Listen(in NetAddress address, AdminRole role)
    {
        var socket = ListenSocket.Bind(address);
        _sockets.Add(socket);
        _loop.Post(() => _loop.Listen(socket, new Handler(_handlers, role)));
        return socket.Address;
    }

    public void Start() => _thread = _loop.Start();

    public void Dispose()
    {
        _loop.Stop();
        _thread?.Join();
        _loop.Dispose();
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private sealed class Handler(AdminHandlers handlers, AdminRole role) : IConnectionHandler
    {
        public void OnConnected(ByteStream stream) => new AdminConnection(stream, handlers, role).ServeAsync().Detach();
    }
}
