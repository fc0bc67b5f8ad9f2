// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Lateen.Tests;

/// <summary>
/// Ports for servers that must know theirs before they listen. They lie below those that the kernel gives to clients and to
/// whoever asks for any (32768 and on): one of these might be taken between the asking and the listening.
/// </summary>
internal static class FreePorts
{
    private const int First = 21_000;
    private const int Count = 11_000;

    /// <summary>Each process of tests begins elsewhere.</summary>
    private static int s_next = Environment.ProcessId * 37;

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            if (IsFree(port))
                return port;
        }
        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} is free");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
