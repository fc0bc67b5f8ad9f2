// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2.Heads;

/// <summary>Writes heads and trailers as header blocks, into a buffer that has room for them.</summary>
internal static class HeadEncoder
{
    /// <summary>Pseudo-headers and Content-Length beside their text, with room to spare.</summary>
    private const int FixedRoom = 160 + HpackEncoder.BlockOverhead;

    /// <summary>Bytes that a head or trailers need at the most.</summary>
    public static int RoomFor(HeaderMap headers) => FixedRoom + headers.MaxHpackLength;

    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public static void WriteRequest(
        HpackEncoder encoder,
        RequestHead head,
        long contentLength,
        Span<byte> output,
        ref int at
    )
    {
        encoder.BeginBlock(output, ref at);
        var isExtendedConnect = head.Headers.TryGet(KnownHeader.Upgrade, out var protocol);
        var method = isExtendedConnect ? "CONNECT"u8 : head.Method;
        encoder.WritePseudo(output, ref at, PseudoHeader.Method, method);
        if (isExtendedConnect)
            encoder.WritePseudo(output, ref at, PseudoHeader.Protocol, protocol);
        if (isExtendedConnect || !method.SequenceEqual("CONNECT"u8))
        {
            var scheme = head.Scheme.IsEmpty ? "http"u8 : head.Scheme;
            encoder.WritePseudo(output, ref at, PseudoHeader.Scheme, scheme);
            encoder.WritePseudo(output, ref at, PseudoHeader.Path, head.Path);
        }
        if (!head.Authority.IsEmpty)
            encoder.WritePseudo(output, ref at, PseudoHeader.Authority, head.Authority);
        WriteFields(encoder, head.Headers, output, ref at);
        WriteContentLength(encoder, contentLength, output, ref at);
    }

    /// <param name="status">As it goes over the wire.</param>
    /// <param name="contentLength">Written when not negative; -1 for none.</param>
    public static void WriteResponse(
        HpackEncoder encoder,
        ResponseHead head,
        int status,
        long contentLength,
        Span<byte> output,
        ref int at
    )
    {
        encoder.BeginBlock(output, ref at);
        Span<byte> digits =
        [
            (byte)('0' + (status / 100)),
            (byte)('0' + (status / 10 % 10)),
            (byte)('0' + (status % 10)),
        ];
        encoder.WritePseudo(output, ref at, PseudoHeader.Status, digits);
        WriteFields(encoder, head.Headers, output, ref at);
        WriteContentLength(encoder, contentLength, output, ref at);
    }

    public static void WriteTrailers(HpackEncoder encoder, HeaderMap trailers, Span<byte> output, ref int at)
    {
        encoder.BeginBlock(output, ref at);
        WriteFields(encoder, trailers, output, ref at);
    }

    private static void WriteFields(HpackEncoder encoder, HeaderMap headers, Span<byte> output, ref int at)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            ref readonly var field = ref headers[i];
            if (!field.IsRemoved && IsSent(field.Id, headers.Value(i)))
                encoder.WriteField(output, ref at, field.Id, headers.Name(i), headers.Value(i));
        }
    }

    /// <summary>What concerns an HTTP/1 connection alone stays behind (RFC 9113 §8.2.2); Host and Content-Length go their own way.</summary>
    private static bool IsSent(KnownHeader id, ReadOnlySpan<byte> value) =>
        id switch
        {
            KnownHeader.Host or KnownHeader.ContentLength => false,
            KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection => false,
            KnownHeader.TransferEncoding or KnownHeader.Upgrade => false,
            KnownHeader.Te => Ascii.EqualsIgnoreCase(value, "trailers"u8),
            _ => true,
        };

    private static void WriteContentLength(HpackEncoder encoder, long length, Span<byte> output, ref int at)
    {
        if (length < 0)
            return;
        Span<byte> digits = stackalloc byte[20];
        length.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        encoder.WriteField(output, ref at, KnownHeader.ContentLength, "content-length"u8, digits[..count]);
    }
}
