// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Text;
using Lateen.Http;
using Lateen.Net;

namespace Lateen.Proxy.Http;

/// <summary>The addresses that x-forwarded-for lists: client first, then each proxy's peer.</summary>
internal static class ForwardedFor
{
    /// <summary>Longest text of an IPv6 address.</summary>
    private const int MaxText = 45;

    private static readonly SearchValues<byte> s_ofIPv6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>An address counted from the end.</summary>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="isOnly">There is no other one.</param>
    /// <returns>Its text; empty when there is none, or none that is an address.</returns>
    public static ReadOnlySpan<byte> FromEnd(HeaderMap headers, int skip, out bool isOnly)
    {
        isOnly = false;
        if (!headers.TryGet(KnownHeader.XForwardedFor, out var list))
            return default;
        for (var i = 0; i < skip; i++)
        {
            var comma = list.LastIndexOf((byte)',');
            if (comma < 0)
                return default;
            list = list[..comma];
        }
        var last = list.LastIndexOf((byte)',');
        isOnly = last < 0 && skip == 0;
        return list[(last + 1)..].Trim(" \t"u8);
    }

    /// <summary>An address counted from the end, with port 0; none when there is none.</summary>
    public static NetAddress AddressFromEnd(HeaderMap headers, int skip)
    {
        Span<byte> address = stackalloc byte[16];
        return Parse(FromEnd(headers, skip, out _), address) is > 0 and var length
            ? NetAddress.From(address[..length], 0)
            : default;
    }

    /// <summary>The bytes of an address, 4 or 16; 0 for what is none.</summary>
    public static int Parse(ReadOnlySpan<byte> text, Span<byte> address)
    {
        if (TryParseIPv4(text, address))
            return 4;
        // The framework would also take "10.1", brackets and zones.
        if (text.Length is 0 or > MaxText || !text.Contains((byte)':') || text.ContainsAnyExcept(s_ofIPv6))
            return 0;
        Span<char> characters = stackalloc char[MaxText];
        Ascii.ToUtf16(text, characters, out var length);
        return IPAddress.TryParse(characters[..length], out var ip) && ip.TryWriteBytes(address, out var written)
            ? written
            : 0;
    }

    /// <summary>Puts the client's address behind the others; nothing where it has none.</summary>
    public static void Append(HeaderMap headers, ReadOnlySpan<byte> client)
    {
        if (!client.IsEmpty)
            headers.AppendValue(KnownHeader.XForwardedFor, ","u8, client);
    }

    /// <summary>Four decimal numbers, by hand, since most addresses are and nothing must be allocated for them.</summary>
    private static bool TryParseIPv4(ReadOnlySpan<byte> text, Span<byte> address)
    {
        var part = 0;
        var value = -1;
        foreach (var character in text)
        {
            if (char.IsAsciiDigit((char)character))
            {
                // "01" is octal to some.
                if (value == 0)
                    return false;
                value = (Math.Max(value, 0) * 10) + character - '0';
                if (value > 255)
                    return false;
            }
            else if (character == '.' && value >= 0 && part < 3)
            {
                address[part++] = (byte)value;
                value = -1;
            }
            else
            {
                return false;
            }
        }
        if (part != 3 || value < 0)
            return false;
        address[3] = (byte)value;
        return true;
    }
}
