// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;

namespace Lateen.Net.Loop;

/// <summary>
/// The kernel's way of doing I/O, behind which epoll can be exchanged for io_uring. Used by one <see cref="EventLoop"/>;
/// only <see cref="Wake"/> may be called by other threads.
/// </summary>
internal interface IIoBackend : IDisposable
{
    /// <summary>Waits for events and dispatches them. 0 only looks, -1 waits without limit.</summary>
    void WaitAndDispatch(int timeoutMilliseconds);

    /// <summary>Makes a wait under way, or the next one, return at once.</summary>
    void Wake();

    /// <summary>Starts accepting from a socket; every connection goes to the handler.</summary>
    IDisposable Listen(ListenSocket socket, IConnectionHandler handler);

    /// <summary>Starts connecting; <see cref="ByteStream.ConnectAsync"/> tells the outcome.</summary>
    ByteStream? Connect(in NetAddress address, ConnectOptions options);
}

/// <summary>Takes accepted connections, on the loop's thread.</summary>
public interface IConnectionHandler
{
    void OnConnected(ByteStream stream);
}
