// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Sockets;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Http2;

/// <summary>One connection of a server that says in frames what a test tells it, right or wrong.</summary>
internal sealed class RawHttp2Server
{
    private readonly Socket _socket;

    private RawHttp2Server(Socket socket) => _socket = socket;

    /// <summary>Serves; the script begins behind the client's preface, and the connection is closed when it returns.</summary>
    /// <param name="script">Gets the connection and its number, from 0.</param>
    public static ScriptedServer Serve(Action<RawHttp2Server, int> script) =>
        new(
            (_, socket, number) =>
            {
                var connection = new RawHttp2Server(socket);
                if (connection.TryFill(new byte[Frames.Preface.Length]))
                    script(connection, number);
            }
        );

    /// <summary>What came with the last line.</summary>
    public byte[] Payload { get; private set; } = [];

    /// <summary>Stream of the last line.</summary>
    public uint Stream { get; private set; }

    public void Send(params byte[][] frames) => _socket.Send(Frames.Join(frames));

    /// <summary>The next frame, as <see cref="Frames.Describe(ReadOnlySpan{byte})"/> has it; null at the end.</summary>
    public string? Read()
    {
        var header = new byte[9];
        if (!TryFill(header))
            return null;
        Payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
        if (!TryFill(Payload))
            return null;
        Stream = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5));
        return Frames.Describe([.. header, .. Payload])[0];
    }

    /// <summary>Reads up to a frame of a kind, as <c>HEADERS</c>; null when the connection ends first.</summary>
    public string? ReadUntil(string kind)
    {
        while (Read() is { } line)
        {
            if (line.StartsWith(kind + " ", StringComparison.Ordinal))
                return line;
        }
        return null;
    }

    /// <summary>Answers each request as soon as its head is here, for as long as the client stays.</summary>
    public void AnswerAll()
    {
        while (ReadUntil("HEADERS") is not null)
            Answer(Stream);
    }

    public void Answer(uint stream) =>
        Send(Frames.Headers(stream, Frames.EndStream | Frames.EndHeaders, Frames.Response()));

    private bool TryFill(byte[] buffer)
    {
        try
        {
            for (var got = 0; got < buffer.Length; )
            {
                var read = _socket.Receive(buffer.AsSpan(got));
                if (read == 0)
                    return false;
                got += read;
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
