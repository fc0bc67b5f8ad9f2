// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>The codec behind a loopback socket, with <see cref="TestApplication"/> behind it: a thread for each connection.</summary>
internal sealed class CodecServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Http2Options _options;
    private readonly Thread _acceptor;

    public CodecServer(Http2Options options)
    {
        _options = options;
        _listener.Start();
        _acceptor = new Thread(Accept) { IsBackground = true };
        _acceptor.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Stop();
        _acceptor.Join();
        _listener.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = _listener.AcceptTcpClient();
            }
            catch (SocketException)
            {
                return; // stopped
            }
            new Thread(() => Serve(client)) { IsBackground = true }.Start();
        }
    }

    private void Serve(TcpClient client)
    {
        using var owned = client;
        var connection = new TestApplication(_options).Connection;
        var input = new byte[Http2Connection.MaxFrame];
        var length = 0;
        try
        {
            var stream = client.GetStream();
            while (connection.Fault == Http2Fault.None)
            {
                Write(stream, connection);
                var read = stream.Read(input, length, input.Length - length);
                if (read == 0)
                    break;
                length += read;
                connection.Receive(input.AsSpan(0, length), now: 0, out var consumed);
                input.AsSpan(consumed, length - consumed).CopyTo(input);
                length -= consumed;
            }
            Write(stream, connection);
            Linger(client, stream);
        }
        catch (IOException)
        {
            // The peer has what it wanted and left.
        }
        connection.Terminate(Http2ErrorCode.Cancel);
    }

    private static void Write(NetworkStream stream, Http2Connection connection)
    {
        while (!connection.Output.IsEmpty)
        {
            var count = connection.Output.Length;
            stream.Write(connection.Output);
            connection.OnWritten(count);
        }
    }

    /// <summary>Reads on to the peer's end: a socket closed with unread input resets, and GOAWAY would be lost.</summary>
    private static void Linger(TcpClient client, NetworkStream stream)
    {
        client.Client.Shutdown(SocketShutdown.Send);
        client.ReceiveTimeout = 1000;
        var rest = new byte[4096];
        while (stream.Read(rest) > 0) { }
    }
}
