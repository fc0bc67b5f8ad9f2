// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataPlane.Tests.Server;

/// <summary>An upstream that does, connection by connection, what a test tells it. It keeps what it received.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private readonly Action<ScriptedServer, Socket, int> _script;
    private int _connections;

    /// <param name="script">Gets the connection and its number, from 0; the connection is closed when it returns.</param>
    /// <param name="address">Where it listens.</param>
    public ScriptedServer(Action<ScriptedServer, Socket, int> script, string address = "127.0.0.1")
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        _listener.Listen();
        _thread = new Thread(Accept) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Answers every request with its own text as body, for as long as the client stays.</summary>
    public static ScriptedServer Echo() =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is { } head)
                    Send(socket, $"HTTP/1.1 200 OK\r\ncontent-length: {head.Length}\r\n\r\n{head}");
            }
        );

    /// <summary>Answers every request with the same bytes.</summary>
    public static ScriptedServer Always(string response) =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                    Send(socket, response);
            }
        );

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Connections => Volatile.Read(ref _connections);

    public static void Send(Socket socket, string text) => socket.Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads up to the end of a head; null when the connection ends first. Bytes behind it must not have come yet.</summary>
    public string? ReadHead(Socket socket) => ReadUntil(socket, "\r\n\r\n");

    public static string? ReadUntil(Socket socket, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!EndsWith(text, end))
        {
            try
            {
                if (socket.Receive(buffer) == 0)
                    return null;
            }
            catch (SocketException)
            {
                return null;
            }
            text.Append((char)buffer[0]);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static bool EndsWith(StringBuilder text, string end)
    {
        if (text.Length < end.Length)
            return false;
        for (var i = 0; i < end.Length; i++)
        {
            if (text[text.Length - end.Length + i] != end[i])
                return false;
        }
        return true;
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                var number = Interlocked.Increment(ref _connections) - 1;
                new Thread(() => Serve(socket, number)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // disposed
        }
        catch (ObjectDisposedException)
        {
            // disposed
        }
    }

    private void Serve(Socket socket, int number)
    {
        using (socket)
        {
            try
            {
                _script(this, socket, number);
            }
            catch (SocketException)
            {
                // The proxy closed first, which scripts need not foresee.
            }
        }
    }
}
