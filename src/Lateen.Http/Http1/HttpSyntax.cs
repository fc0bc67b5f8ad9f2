// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lateen.Http.Http1;

/// <summary>Character classes of RFC 9110 §5.6 and RFC 3986, as sets that search with vector instructions.</summary>
internal static class HttpSyntax
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private const string TokenCharacters = "!#$%&'*+-.^_`|~" + Digits + Letters;

    private static readonly bool[] s_isToken = Table(TokenCharacters);

    /// <summary>RFC 3986 §3.2: unreserved, percent-encoded, sub-delims, brackets and colon; no user information.</summary>
    private static readonly SearchValues<byte> s_authority = Bytes("-._~%!$&'()*+,;=:[]" + Digits + Letters);

    /// <summary>Everything visible in ASCII. A fragment is for the connection manager to refuse, whatever protocol brings it.</summary>
    private static readonly SearchValues<byte> s_target = Bytes(
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + Digits + Letters
    );

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && TokenLength(text) == text.Length;

    /// <summary>Characters of a token that the text starts with. Names are short, so they are looked up one by one.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text)
    {
        var isToken = s_isToken;
        var length = 0;
        while (length < text.Length && isToken[text[length]])
            length++;
        return length;
    }

    /// <summary>A name of RFC 9110 §7.8, with or without a version: <c>websocket</c>, <c>name/1.0</c>.</summary>
    public static bool IsProtocol(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        return slash < 0 ? IsToken(text) : IsToken(text[..slash]) && IsToken(text[(slash + 1)..]);
    }

    public static bool IsAuthority(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_authority);

    /// <summary>RFC 9110 §9.3.6: what a CONNECT is to.</summary>
    public static bool IsHostAndPort(ReadOnlySpan<byte> text)
    {
        var colon = text.LastIndexOf((byte)':');
        return colon > 0
            && IsAuthority(text)
            && text.Length - colon - 1 is > 0 and <= 5
            && !text[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    public static bool IsTarget(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_target);

    public static bool IsFieldValue(ReadOnlySpan<byte> text) => FieldValueLength(text) == text.Length;

    /// <summary>Characters of a field's value that the text starts with (RFC 9110 §5.5): visible ones, space, tab, octets of 0x80 and on.</summary>
    public static int FieldValueLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (text.Length - length >= Vector256<byte>.Count)
        {
            var isControl = IsControl(Vector256.Create(text.Slice(length, Vector256<byte>.Count)));
            if (isControl != 0)
                return length + BitOperations.TrailingZeroCount(isControl);
            length += Vector256<byte>.Count;
        }
        while (length < text.Length && text[length] is >= (byte)' ' and not 0x7f or (byte)'\t')
            length++;
        return length;
    }

    /// <summary>Without spaces and tabs at either end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> TrimWhiteSpace(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] > ' ' && text[^1] > ' ') ? text : text.Trim(" \t"u8);

    /// <summary>A bit for each octet that no field's value may hold.</summary>
    private static uint IsControl(Vector256<byte> text)
    {
        var isLow = Vector256.LessThan(text, Vector256.Create((byte)' '));
        var isTab = Vector256.Equals(text, Vector256.Create((byte)'\t'));
        var isDelete = Vector256.Equals(text, Vector256.Create((byte)0x7f));
        return (Vector256.AndNot(isLow, isTab) | isDelete).ExtractMostSignificantBits();
    }

    private static SearchValues<byte> Bytes(string characters) =>
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));

    private static bool[] Table(string characters)
    {
        var table = new bool[256];
        foreach (var character in characters)
            table[character] = true;
        return table;
    }
}
