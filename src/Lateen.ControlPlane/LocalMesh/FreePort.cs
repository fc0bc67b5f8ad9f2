// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>Finds ports of this machine that nobody uses.</summary>
public static class FreePort
{
    /// <summary>The wanted port if it is free, else any other.</summary>
    public static int Near(int wanted) =>
        Try(wanted) ?? Try(0) ?? throw new IOException("this machine has no free port");

    private static int? Try(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
