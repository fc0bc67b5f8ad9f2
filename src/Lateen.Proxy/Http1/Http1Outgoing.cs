// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Http1;

/// <summary>A message that goes out over HTTP/1.1: staged in the loop's scratch space, so that head and body leave in one call.</summary>
internal sealed class Http1Outgoing
{
    /// <summary>What a chunk's frame, the last chunk and the empty line behind it need.</summary>
    private const int Reserve = (2 * Http1Writer.ChunkOverhead) + 8;

    private ByteStream _stream = null!;
    private HeaderMap? _lateTrailers;
    private int _staged;
    private bool _isChunked;
    private bool _isTunnel;
    private bool _isLast;

    /// <summary>The end of the message was staged.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Where the head is written, which <see cref="OnHead"/> then tells of.</summary>
    public Span<byte> Scratch => _stream.Loop.Scratch.AsSpan(_staged);

    public int Room => _stream.Loop.Scratch.Length - _staged - Reserve;

    public void Begin(ByteStream stream)
    {
        _stream = stream;
        _staged = 0;
        _isChunked = _isTunnel = _isLast = IsEnded = false;
        _lateTrailers = null;
    }

    /// <param name="isLast">The connection ends behind the message.</param>
    public void OnHead(int length, BodyFraming framing, bool isLast = false)
    {
        _staged += length;
        _isChunked = framing == BodyFraming.Chunked;
        _isLast = isLast;
    }

    public void BeginTunnel()
    {
        _isTunnel = true;
        IsEnded = false;
    }

    public void Append(ReadOnlySpan<byte> payload)
    {
        // An empty chunk would be the last one.
        if (payload.IsEmpty)
            return;
        var destination = Scratch;
        var at = _isChunked ? Http1Writer.WriteChunkHeader(payload.Length, destination) : 0;
        payload.CopyTo(destination[at..]);
        at += payload.Length;
        if (_isChunked)
        {
            "\r\n"u8.CopyTo(destination[at..]);
            at += 2;
        }
        _staged += at;
    }

    public void End(HeaderMap trailers)
    {
        if (IsEnded)
            return;
        IsEnded = true;
        if (!_isChunked)
            return;
        var length = Http1Writer.WriteLastChunk(trailers, Scratch);
        if (length < 0)
            _lateTrailers = trailers;
        else
            _staged += length;
    }

    public LoopTask<int> FlushAsync()
    {
        if (_lateTrailers is not null || (_isTunnel && IsEnded))
            return FinishAsync();
        var staged = _stream.Loop.Scratch.AsSpan(0, _staged);
        _staged = 0;
        return IsEnded && _isLast ? _stream.WriteLastAsync(staged) : _stream.WriteSoonAsync(staged);
    }

    /// <summary>The rare ends: trailers that did not fit behind the body, and a tunnel, which ends as TCP does.</summary>
    private async LoopTask<int> FinishAsync()
    {
        var trailers = _lateTrailers;
        _lateTrailers = null;
        var length = _staged;
        _staged = 0;
        var result = await _stream.WriteAsync(_stream.Loop.Scratch.AsSpan(0, length));
        if (result < 0)
            return result;
        if (_isTunnel)
            _stream.ShutdownWrite();
        if (trailers is null)
            return result;
        length = Http1Writer.WriteLastChunk(trailers, _stream.Loop.Scratch);
        return length < 0 ? IoResult.Failed : await _stream.WriteAsync(_stream.Loop.Scratch.AsSpan(0, length));
    }
}
