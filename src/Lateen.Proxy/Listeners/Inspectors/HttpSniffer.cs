// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>Tells from its first bytes whether a client speaks HTTP, and which.</summary>
internal static class HttpSniffer
{
    /// <summary>Bytes of a request line after which it is taken for something else (Envoy: 8 KiB).</summary>
    public const int MaxRequestLine = 8 * 1024;

    private const int MaxMethod = 32;

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>The protocol as filter chains name it; empty for none of them; null when more bytes are needed.</summary>
    public static string? Sniff(ReadOnlySpan<byte> bytes)
    {
        var common = bytes.CommonPrefixLength(Http2Preface);
        if (common == Http2Preface.Length)
            return "h2c";
        if (common == bytes.Length)
            return null;
        var space = bytes.IndexOf((byte)' ');
        if (!IsToken(space < 0 ? bytes : bytes[..space]) || space is 0 or > MaxMethod)
            return "";
        var end = bytes[..Math.Min(bytes.Length, MaxRequestLine)].IndexOf((byte)'\n');
        if (end < 0)
            return bytes.Length >= MaxRequestLine || (space < 0 && bytes.Length > MaxMethod) ? "" : null;
        var line = bytes[..end];
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        return line.EndsWith(" HTTP/1.1"u8) ? "http/1.1"
            : line.EndsWith(" HTTP/1.0"u8) ? "http/1.0"
            : "";
    }

    /// <summary>RFC 9110 §5.6.2, letters, digits and what else methods have.</summary>
    private static bool IsToken(ReadOnlySpan<byte> method)
    {
        foreach (var character in method)
        {
            var isToken = char.IsAsciiLetterOrDigit((char)character) || "!#$%&'*+-.^_`|~"u8.Contains(character);
            if (!isToken)
                return false;
        }
        return true;
    }
}
