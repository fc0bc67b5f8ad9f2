// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lateen.Http.Hpack;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>A client that sends frames as bytes, right or wrong, over a socket, and reads what becomes of a stream.</summary>
internal sealed class RawHttp2Client : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
    private readonly HpackDecoder _decoder = new(new HpackScratch());
    private readonly Dictionary<uint, Http2Answer> _answers = [];
    private readonly Queue<byte[]> _pings = [];

    public RawHttp2Client(IPEndPoint at)
    {
        _socket.Connect(at);
        Send(Frames.Preface, Frames.EmptySettings);
    }

    /// <summary>Takes over a socket on which the server speaks HTTP/2 already.</summary>
    public RawHttp2Client(Socket socket)
    {
        _socket.Dispose();
        _socket = socket;
    }

    /// <summary>How the connection ended, as <c>GOAWAY 1 ProtocolError</c> or <c>closed</c>; null while it goes on.</summary>
    public string? Ended { get; private set; }

    public void Send(params byte[][] frames) => _socket.Send(Frames.Join(frames));

    /// <summary>Reads until the stream's response is there whole, the stream was reset, or the connection ended.</summary>
    public Http2Answer Read(uint stream) =>
        ReadUntil(stream, static answer => answer.IsComplete || answer.Reset is not null);

    /// <summary>Reads until the stream's response has begun, or it was reset, or the connection ended.</summary>
    public Http2Answer ReadHead(uint stream) =>
        ReadUntil(stream, static answer => answer.Status is not null || answer.Reset is not null);

    /// <summary>Reads until a condition holds, the stream ended, or the connection did.</summary>
    public Http2Answer ReadUntil(uint stream, Func<Http2Answer, bool> isEnough)
    {
        var answer = AnswerOf(stream);
        while (!isEnough(answer) && !answer.IsComplete && answer.Reset is null && Ended is null)
            ReadFrame();
        return answer;
    }

    /// <summary>Reads until the connection has ended.</summary>
    public string ReadToEnd()
    {
        while (Ended is null)
            ReadFrame();
        return Ended;
    }

    /// <summary>PINGs that came and that no one took yet.</summary>
    public int Pings => _pings.Count;

    /// <summary>Reads until a PING has come that no one took yet; its payload.</summary>
    public byte[] ReadPing()
    {
        while (_pings.Count == 0)
        {
            Assert.Null(Ended);
            ReadFrame();
        }
        return _pings.Dequeue();
    }

    public void Dispose() => _socket.Dispose();

    private Http2Answer AnswerOf(uint stream)
    {
        if (!_answers.TryGetValue(stream, out var answer))
            _answers[stream] = answer = new Http2Answer();
        return answer;
    }

    private void ReadFrame()
    {
        var header = new byte[9];
        if (!TryFill(header))
        {
            Ended = "closed";
            return;
        }
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
        if (!TryFill(payload))
        {
            Ended = "closed";
            return;
        }
        var stream = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5));
        switch (header[3])
        {
            case 0x0:
                AnswerOf(stream).Add(payload);
                break;
            case 0x1:
                AnswerOf(stream).Add(Hpack.FieldList.Decode(_decoder, payload).Lines);
                break;
            case 0x3:
                AnswerOf(stream).Reset = ((Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload)).ToString();
                break;
            case 0x6 when header[4] == 0:
                _pings.Enqueue(payload);
                break;
            case 0x7:
                // A server that drains says so first, and goes on.
                if (BinaryPrimitives.ReadUInt32BigEndian(payload) != int.MaxValue)
                    Ended = Frames.Describe([.. header, .. payload])[0];
                break;
        }
        if (header[3] is 0x0 or 0x1 && (header[4] & Frames.EndStream) != 0)
            AnswerOf(stream).IsComplete = true;
    }

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
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
    }
}

/// <summary>What a stream brought.</summary>
internal sealed class Http2Answer
{
    private readonly StringBuilder _body = new();

    /// <summary>Status of the last head; null before there is one.</summary>
    public string? Status { get; private set; }

    /// <summary>Lines of all heads, and of the trailers.</summary>
    public List<string> Lines { get; } = [];

    public string Body => _body.ToString();

    /// <summary>The response is here whole.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Code of the RST_STREAM; null without one.</summary>
    public string? Reset { get; set; }

    public void Add(List<string> lines)
    {
        Lines.AddRange(lines);
        if (lines[0].StartsWith(":status: ", StringComparison.Ordinal))
            Status = lines[0][9..];
    }

    public void Add(byte[] body) => _body.Append(Encoding.Latin1.GetString(body));
}
