// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Loop;

/// <summary>A bound, listening socket. Made on any thread; accepted from by the loops that <see cref="EventLoop.Listen"/> gives it to.</summary>
public sealed unsafe class ListenSocket : IDisposable
{
    private int _descriptor;

    private ListenSocket(int descriptor, NetAddress address)
    {
        _descriptor = descriptor;
        Address = address;
        IsOfOneAddress = !address.IsWildcard;
    }

    /// <summary>The bound address, with the port the kernel chose where 0 was asked for.</summary>
    public NetAddress Address { get; }

    /// <summary>Whether all its connections come to <see cref="Address"/>, so that nobody needs to ask the kernel.</summary>
    internal bool IsOfOneAddress { get; }

    internal int Descriptor => _descriptor;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is taken, not ours, or not permitted; the message says which.</exception>
    public static ListenSocket Bind(in NetAddress address, ListenOptions? options = null)
    {
        options ??= ListenOptions.Default;
        if (address is { Family: AddressFamilyKind.Unix, Path: [not '@', ..] path })
            File.Delete(path);
        var descriptor = SocketCalls.CreateStream(address.Family);
        try
        {
            if (address.Family != AddressFamilyKind.Unix)
            {
                SocketCalls.SetOption(descriptor, Interop.Sockets.LevelSocket, Interop.Sockets.ReuseAddress, 1);
                if (options.ReusePort)
                    SocketCalls.SetOption(descriptor, Interop.Sockets.LevelSocket, Interop.Sockets.ReusePort, 1);
                // Accepted connections inherit it.
                SocketCalls.SetOption(descriptor, Interop.Sockets.LevelTcp, Interop.Sockets.NoDelay, 1);
            }
            Span<byte> raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
            var length = address.WriteSocketAddress(raw);
            fixed (byte* pointer = raw)
            {
                if (Libc.Bind(descriptor, pointer, (uint)length) != 0)
                    throw SocketCalls.Failure($"bind {address}");
            }
            if (Libc.Listen(descriptor, options.Backlog) != 0)
                throw SocketCalls.Failure($"listen on {address}");
            return new ListenSocket(descriptor, SocketCalls.LocalAddress(descriptor));
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Stops listening: the kernel refuses new connections and resets those nobody accepted.</summary>
    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
            _ = Libc.Close(descriptor);
    }
}
