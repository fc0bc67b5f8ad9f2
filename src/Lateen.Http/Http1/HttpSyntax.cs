// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Lateen.Http.Http1;

/// <summary>Character classes of RFC 9110 §5.6 and RFC 3986, as sets that search with vector instructions.</summary>
internal static class HttpSyntax
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private static readonly SearchValues<byte> s_token = Bytes("!#$%&'*+-.^_`|~" + Digits + Letters);

    /// <summary>RFC 3986 §3.2: unreserved, percent-encoded, sub-delims, brackets and colon; no user information.</summary>
    private static readonly SearchValues<byte> s_authority = Bytes("-._~%!$&'()*+,;=:[]" + Digits + Letters);

    /// <summary>Everything visible in ASCII. A fragment is for the connection manager to refuse, whatever protocol brings it.</summary>
    private static readonly SearchValues<byte> s_target = Bytes(
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + Digits + Letters
    );

    private static readonly SearchValues<byte> s_control = ControlCharacters();

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

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

    /// <summary>RFC 9110 §5.5: visible characters, space, tab, and octets of 0x80 and on.</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAny(s_control);

    public static ReadOnlySpan<byte> TrimWhiteSpace(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    private static SearchValues<byte> Bytes(string characters) =>
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));

    private static SearchValues<byte> ControlCharacters()
    {
        var set = new byte[32];
        var count = 0;
        for (byte value = 0; value < 32; value++)
        {
            if (value != '\t')
                set[count++] = value;
        }
        set[count] = 0x7f;
        return SearchValues.Create(set);
    }
}
