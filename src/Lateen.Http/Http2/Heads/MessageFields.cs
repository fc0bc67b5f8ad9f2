// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2.Heads;

/// <summary>The ordinary fields of a request or a response: goes into the map, or is interpreted and left out.</summary>
internal ref struct MessageFields
{
    private readonly HeaderMap _headers;

    public MessageFields(HeaderMap headers)
    {
        _headers = headers;
        ContentLength = -1;
    }

    /// <summary>-1 when there is none.</summary>
    public long ContentLength { get; private set; }

    public bool ExpectsContinue { get; private set; }

    public Http2Fault Add(scoped in HpackField field)
    {
        switch (field.Id)
        {
            // RFC 9113 §8.2.2
            case KnownHeader.Connection:
            case KnownHeader.KeepAlive:
            case KnownHeader.ProxyConnection:
            case KnownHeader.TransferEncoding:
            case KnownHeader.Upgrade:
                return Http2Fault.ConnectionSpecificHeader;
            case KnownHeader.Te when !Ascii.EqualsIgnoreCase(field.Value, "trailers"u8):
                return Http2Fault.ConnectionSpecificHeader;
            case KnownHeader.ContentLength:
                return TakeContentLength(field.Value);
            case KnownHeader.Expect:
                ExpectsContinue |= Ascii.EqualsIgnoreCase(field.Value, "100-continue"u8);
                break;
        }
        _headers.AddCanonical(field.Id, field.Name, field.Value);
        return Http2Fault.None;
    }

    private Http2Fault TakeContentLength(ReadOnlySpan<byte> value)
    {
        // Eighteen digits always fit into 63 bits; the parser would also take a sign, so digits are looked for first.
        if (
            ContentLength >= 0
            || value.IsEmpty
            || value.Length > 18
            || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        )
            return Http2Fault.InvalidContentLength;
        if (!Utf8Parser.TryParse(value, out long length, out _))
            return Http2Fault.InvalidContentLength;
        ContentLength = length;
        return Http2Fault.None;
    }
}
