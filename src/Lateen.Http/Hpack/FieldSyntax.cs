// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Lateen.Http.Http1;

namespace Lateen.Http.Hpack;

/// <summary>What names and values look like in HTTP/2 (RFC 9113 §8.2.1), and which field a name is.</summary>
internal static class FieldSyntax
{
    private static readonly SearchValues<byte> s_name = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8
    );

    public static bool IsName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(s_name);

    public static bool IsValue(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return true;
        return !IsWhiteSpace(value[0]) && !IsWhiteSpace(value[^1]) && HttpSyntax.IsFieldValue(value);
    }

    public static PseudoHeader PseudoOf(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] != ':')
            return PseudoHeader.None;
        return name.Length switch
        {
            5 when name.SequenceEqual(":path"u8) => PseudoHeader.Path,
            7 when name.SequenceEqual(":method"u8) => PseudoHeader.Method,
            7 when name.SequenceEqual(":scheme"u8) => PseudoHeader.Scheme,
            7 when name.SequenceEqual(":status"u8) => PseudoHeader.Status,
            9 when name.SequenceEqual(":protocol"u8) => PseudoHeader.Protocol,
            10 when name.SequenceEqual(":authority"u8) => PseudoHeader.Authority,
            _ => PseudoHeader.Unknown,
        };
    }

    private static bool IsWhiteSpace(byte octet) => octet is (byte)' ' or (byte)'\t';
}
