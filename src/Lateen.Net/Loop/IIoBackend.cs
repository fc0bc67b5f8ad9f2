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
    IAccepting Listen(ListenSocket socket, IConnectionHandler handler, int acceptsPerEvent);

    /// <summary>Starts connecting; <see cref="ByteStream.ConnectAsync"/> tells the outcome.</summary>
    ByteStream? Connect(in NetAddress address, ConnectOptions options);
}

/// <summary>Takes accepted connections, on the loop's thread.</summary>
public interface IConnectionHandler
{
    /// <summary>Asked for each connection that the kernel has, before anything is made for it; false closes it at once.</summary>
    bool Admits() => true;

    void OnConnected(ByteStream stream);

    /// <summary>A connection that was admitted is lost: the system had no room for one more.</summary>
    void OnLost() { }

    /// <summary>An event of the listening socket is dealt with.</summary>
    /// <param name="connections">Connections that it brought, those that were not admitted included.</param>
    void OnAccepted(int connections) { }
}

/// <summary>Accepting from a socket, on the loop's thread. Disposing stops it and leaves the socket open.</summary>
public interface IAccepting : IDisposable
{
    /// <summary>
    /// Takes the connections that wait in the kernel now, all of them: for the last time, since those that nobody took are
    /// reset with the socket's end.
    /// </summary>
    void TakeAll();
}
