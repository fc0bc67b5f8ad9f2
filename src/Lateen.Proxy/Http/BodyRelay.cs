// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;

namespace Lateen.Proxy.Http;

/// <summary>
/// Turns a body from the framing it comes in into the framing it goes on in. A value: a copy taken before can replay it.
/// </summary>
internal struct BodyRelay
{
    private readonly bool _writesChunks;
    private Http1BodyReader _reader;
    private bool _lastChunkWritten;

    public BodyRelay(BodyFraming from, long contentLength, BodyFraming to, Http1Limits limits)
    {
        _reader = new Http1BodyReader(from, contentLength, limits);
        _writesChunks = to == BodyFraming.Chunked;
        Bytes = 0;
    }

    /// <summary>Payload relayed so far.</summary>
    public long Bytes { get; private set; }

    public readonly bool IsComplete => _reader.IsComplete && (!_writesChunks || _lastChunkWritten);

    /// <summary>
    /// Moves what there is from <paramref name="input"/> to <paramref name="destination"/>, which should have room for 16 KiB.
    /// </summary>
    /// <returns>Bytes written to the destination.</returns>
    public int Fill(
        ReadOnlySpan<byte> input,
        HeaderMap trailers,
        Span<byte> destination,
        out int consumed,
        out Http1Fault fault
    )
    {
        consumed = 0;
        fault = Http1Fault.None;
        var at = 0;
        while (!_reader.IsComplete)
        {
            var room = destination.Length - at - (2 * Http1Writer.ChunkOverhead);
            if (room <= 0)
                return at;
            var window = input[consumed..];
            var status = _reader.Read(
                window.Length > room ? window[..room] : window,
                trailers,
                out var taken,
                out var payload,
                out fault
            );
            if (status == BodyStatus.Fault)
                return at;
            at += Put(payload, destination[at..]);
            Bytes += payload.Length;
            consumed += taken;
            if (taken == 0)
                break;
        }
        if (!_reader.IsComplete || !_writesChunks || _lastChunkWritten)
            return at;
        var last = Http1Writer.WriteLastChunk(trailers, destination[at..]);
        _lastChunkWritten = last >= 0;
        return at + Math.Max(0, last);
    }

    /// <summary>Tells that the sender ended its side.</summary>
    public Http1Fault OnEndOfStream() => _reader.OnEndOfStream();

    private readonly int Put(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        if (payload.IsEmpty)
            return 0;
        var at = _writesChunks ? Http1Writer.WriteChunkHeader(payload.Length, destination) : 0;
        payload.CopyTo(destination[at..]);
        at += payload.Length;
        if (!_writesChunks)
            return at;
        "\r\n"u8.CopyTo(destination[at..]);
        return at + 2;
    }
}
