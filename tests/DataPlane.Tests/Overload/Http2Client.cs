// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Http2;

namespace DataPlane.Tests.Overload;

/// <summary>A client's HTTP/2 connection, frame by frame. It sends what it is told, and reads only when it is told.</summary>
internal sealed class Http2Client : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <param name="settings">Its own SETTINGS, as whole frames.</param>
    /// <param name="isNarrow">See <see cref="Client(IPEndPoint, IPAddress, bool)"/>.</param>
    public Http2Client(IPEndPoint at, byte[]? settings = null, bool isNarrow = false)
    {
        Socket = Client.Connect(at, from: null, isNarrow);
        Send(Frames.Preface, settings ?? Frames.EmptySettings);
    }

    public Socket Socket { get; }

    /// <summary>Payload of DATA that was read.</summary>
    public long Bytes { get; private set; }

    public void Send(params byte[][] frames) => Socket.Send(Frames.Join(frames));

    /// <summary>Opens a request without a body.</summary>
    public void Get(uint id, string path = "/") =>
        Send(
            Frames.Headers(
                id,
                Frames.EndStream | Frames.EndHeaders,
                Frames.Block(":method: GET", ":scheme: http", $":path: {path}", ":authority: a.test")
            )
        );

    /// <summary>Opens a request with a body to come.</summary>
    public void Post(uint id) =>
        Send(
            Frames.Headers(
                id,
                Frames.EndHeaders,
                Frames.Block(":method: POST", ":scheme: http", ":path: /", ":authority: a.test")
            )
        );

    /// <summary>Reads up to a frame whose description begins so.</summary>
    public string WaitFor(string line)
    {
        var seen = new List<string>();
        while (Read() is { } frame)
        {
            if (frame.StartsWith(line, StringComparison.Ordinal))
                return frame;
            seen.Add(frame);
        }
        Assert.Fail($"the connection ended before {line}, after {string.Join(", ", seen)}");
        return "";
    }

    /// <summary>Reads to the end; what came before it.</summary>
    public List<string> WaitForEnd()
    {
        var seen = new List<string>();
        while (Read() is { } frame)
            seen.Add(frame);
        return seen;
    }

    /// <summary>The frames that have come so far.</summary>
    public List<string> ReadReceived()
    {
        var seen = new List<string>();
        while ((_end - _start >= Length() || Socket.Available > 0) && Read() is { } frame)
            seen.Add(frame);
        return seen;
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>The next frame as a line, null at the end of the connection.</summary>
    private string? Read()
    {
        while (Length() is var length)
        {
            if (length <= _end - _start)
            {
                var frame = _buffer.AsSpan(_start, length);
                _start += length;
                if (frame[3] == 0)
                    Bytes += length - 9;
                return Frames.Describe(frame).Single();
            }
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var got = Receive();
            if (got == 0)
                return null;
            _end += got;
        }
        return null;
    }

    /// <summary>Bytes of the frame that begins here, as far as that is known.</summary>
    private int Length() =>
        _end - _start < 9 ? 9 : 9 + (BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start)) >>> 8);

    private int Receive()
    {
        try
        {
            return Socket.Receive(_buffer.AsSpan(_end));
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
