// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Http.Http1;

/// <summary>
/// Writes heads and framing into a caller's buffer. Each method returns the bytes written, or -1 when they might not fit,
/// and then has written nothing of use: the caller comes back with a larger buffer.
/// </summary>
public static class Http1Writer
{
    /// <summary>Bytes that <see cref="WriteChunkHeader"/> and the line break behind a chunk need at the most.</summary>
    public const int ChunkOverhead = 12;

    /// <summary>Start line, framing and connection lines, with room to spare.</summary>
    private const int FixedRoom = 256;

    /// <summary>Writes a request head in origin-form, as clients and proxies send it to a server.</summary>
    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public static int WriteRequestHead(
        RequestHead head,
        BodyFraming framing,
        long contentLength,
        Span<byte> destination
    )
    {
        var needed = FixedRoom + head.Headers.MaxWireLength;
        if (destination.Length < needed)
            return -1;
        var at = 0;
        Put(destination, ref at, head.Method);
        destination[at++] = (byte)' ';
        Put(destination, ref at, head.Path.IsEmpty ? head.Authority : head.Path);
        Put(destination, ref at, " HTTP/1.1\r\nhost: "u8);
        Put(destination, ref at, head.Authority);
        Put(destination, ref at, "\r\n"u8);
        at += head.Headers.WriteLines(destination[at..]);
        WriteFraming(framing, contentLength, destination, ref at);
        if (head.Headers.Contains(KnownHeader.Upgrade))
            Put(destination, ref at, "connection: upgrade\r\n"u8);
        Put(destination, ref at, "\r\n"u8);
        return at;
    }

    /// <summary>Writes a response head. To a client of HTTP/1.0 a connection that goes on is announced (RFC 9112 §9.3).</summary>
    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public static int WriteResponseHead(
        ResponseHead head,
        BodyFraming framing,
        long contentLength,
        bool keepAlive,
        HttpVersion clientVersion,
        Span<byte> destination
    )
    {
        if (destination.Length < FixedRoom + head.Headers.MaxWireLength)
            return -1;
        var at = 0;
        Put(destination, ref at, "HTTP/1.1 "u8);
        head.Status.TryFormat(destination[at..], out var digits, default, CultureInfo.InvariantCulture);
        at += digits;
        destination[at++] = (byte)' ';
        Put(destination, ref at, ReasonPhrases.Of(head.Status));
        Put(destination, ref at, "\r\n"u8);
        at += head.Headers.WriteLines(destination[at..]);
        WriteFraming(framing, contentLength, destination, ref at);
        if (head.Headers.Contains(KnownHeader.Upgrade))
            Put(destination, ref at, "connection: upgrade\r\n"u8);
        else if (!keepAlive)
            Put(destination, ref at, "connection: close\r\n"u8);
        else if (clientVersion == HttpVersion.Http10)
            Put(destination, ref at, "connection: keep-alive\r\n"u8);
        Put(destination, ref at, "\r\n"u8);
        return at;
    }

    /// <summary>Writes a chunk's size line; the payload and a line break follow.</summary>
    public static int WriteChunkHeader(int length, Span<byte> destination)
    {
        if (
            !length.TryFormat(destination, out var at, "x", CultureInfo.InvariantCulture)
            || destination.Length < at + 2
        )
            return -1;
        Put(destination, ref at, "\r\n"u8);
        return at;
    }

    /// <summary>Writes the last chunk with its trailers.</summary>
    public static int WriteLastChunk(HeaderMap? trailers, Span<byte> destination)
    {
        if (destination.Length < 5 + (trailers?.MaxWireLength ?? 0))
            return -1;
        var at = 0;
        Put(destination, ref at, "0\r\n"u8);
        if (trailers is not null)
            at += trailers.WriteLines(destination[at..]);
        Put(destination, ref at, "\r\n"u8);
        return at;
    }

    private static void WriteFraming(BodyFraming framing, long contentLength, Span<byte> destination, ref int at)
    {
        if (framing == BodyFraming.Chunked)
        {
            Put(destination, ref at, "transfer-encoding: chunked\r\n"u8);
            return;
        }
        if (contentLength < 0)
            return;
        Put(destination, ref at, "content-length: "u8);
        contentLength.TryFormat(destination[at..], out var digits, default, CultureInfo.InvariantCulture);
        at += digits;
        Put(destination, ref at, "\r\n"u8);
    }

    private static void Put(Span<byte> destination, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination[at..]);
        at += text.Length;
    }
}
