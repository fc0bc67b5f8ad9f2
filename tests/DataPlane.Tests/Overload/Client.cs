// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataPlane.Tests.Overload;

/// <summary>A client's connection, byte by byte.</summary>
internal sealed class Client : IDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <param name="from">The client's own address; any by default.</param>
    /// <param name="isNarrow">The kernel takes some KiB while nobody reads, instead of megabytes.</param>
    public Client(IPEndPoint at, IPAddress? from = null, bool isNarrow = false) => Socket = Connect(at, from, isNarrow);

    public Socket Socket { get; }

    public void Send(string text) => Socket.Send(Encoding.Latin1.GetBytes(text));

    /// <summary>A request and its answer, head and body, which ends the connection only if it says so.</summary>
    public string Ask(string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    {
        Send(request);
        return ReadAnswer();
    }

    /// <summary>An answer with a content-length; what there is when the connection ends before.</summary>
    public string ReadAnswer()
    {
        var text = new StringBuilder();
        var whole = int.MaxValue;
        while (text.Length < whole && Receive() is var got and > 0)
        {
            text.Append(Encoding.Latin1.GetString(_buffer, 0, got));
            if (whole == int.MaxValue)
                whole = LengthOf(text.ToString());
        }
        return text.ToString();
    }

    /// <summary>Waits for the end of the connection, by FIN or by RST; what came before it is dropped.</summary>
    public bool WaitForEnd()
    {
        int got;
        while ((got = Receive()) > 0) { }
        return got == 0;
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>A socket that is connected.</summary>
    internal static Socket Connect(IPEndPoint at, IPAddress? from, bool isNarrow)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000, NoDelay = true };
        if (isNarrow)
            socket.ReceiveBufferSize = 4096;
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(at);
        return socket;
    }

    /// <summary>0 for the end, however it came.</summary>
    private int Receive()
    {
        try
        {
            return Socket.Receive(_buffer);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private static int LengthOf(string text)
    {
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return int.MaxValue;
        const string Length = "content-length: ";
        var at = text.IndexOf(Length, 0, head, StringComparison.Ordinal);
        return at < 0
            ? int.MaxValue
            : head + 4 + int.Parse(text.AsSpan(at + Length.Length, text.IndexOf('\r', at) - at - Length.Length));
    }
}
