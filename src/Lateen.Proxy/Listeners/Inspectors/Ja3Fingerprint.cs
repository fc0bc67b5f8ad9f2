// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>
/// JA3: a name for the software behind a ClientHello, made of what it offers. MD5 of five fields with commas between:
/// version, cipher suites, extensions, curves, point formats; each a list of decimal numbers with dashes between, without
/// the numbers that are reserved for greasing (RFC 8701).
/// </summary>
internal static class Ja3Fingerprint
{
    private const int SupportedGroups = 10;
    private const int PointFormats = 11;

    /// <param name="message">A ClientHello that reads, behind its message header.</param>
    public static string Of(ReadOnlySpan<byte> message) => Hash(Text(message));

    /// <summary>What is hashed.</summary>
    public static string Text(ReadOnlySpan<byte> message)
    {
        var text = new StringBuilder();
        text.Append(BinaryPrimitives.ReadUInt16BigEndian(message)).Append(',');
        message = message[(2 + 32)..]; // version, random
        Take(ref message, 1); // session
        AppendNumbers(text, Take(ref message, 2));
        Take(ref message, 1); // compression
        var extensions = message.IsEmpty ? default : Take(ref message, 2);
        ReadOnlySpan<byte> groups = default;
        ReadOnlySpan<byte> formats = default;
        text.Append(',');
        var isFirst = true;
        while (!extensions.IsEmpty)
        {
            var kind = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            var content = Take(ref extensions, 2);
            Append(text, kind, ref isFirst);
            if (kind == SupportedGroups)
                groups = content;
            else if (kind == PointFormats)
                formats = content;
        }
        text.Append(',');
        if (!groups.IsEmpty)
            AppendNumbers(text, Take(ref groups, 2));
        text.Append(',');
        isFirst = true;
        foreach (var format in formats.IsEmpty ? default : Take(ref formats, 1))
            Append(text, format, ref isFirst);
        return text.ToString();
    }

    [SuppressMessage(
        "Security",
        "CA5351",
        Justification = "JA3 is defined with MD5; it names software and protects nothing."
    )]
    private static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));

    private static void AppendNumbers(StringBuilder text, ReadOnlySpan<byte> numbers)
    {
        var isFirst = true;
        for (; numbers.Length >= 2; numbers = numbers[2..])
            Append(text, BinaryPrimitives.ReadUInt16BigEndian(numbers), ref isFirst);
    }

    private static void Append(StringBuilder text, int number, ref bool isFirst)
    {
        if (IsGrease(number))
            return;
        if (!isFirst)
            text.Append('-');
        isFirst = false;
        text.Append(CultureInfo.InvariantCulture, $"{number}");
    }

    /// <summary>0x0A0A, 0x1A1A, … 0xFAFA.</summary>
    private static bool IsGrease(int number) => (number & 0x0F0F) == 0x0A0A && number >> 8 == (number & 0xFF);

    /// <summary>Takes off a vector as far as it is there; what reads as a ClientHello may still have a list cut short inside.</summary>
    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, int lengthBytes)
    {
        if (bytes.Length < lengthBytes)
            return bytes = default;
        var length = lengthBytes == 1 ? bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var content = bytes.Slice(lengthBytes, Math.Min(length, bytes.Length - lengthBytes));
        bytes = bytes[(lengthBytes + content.Length)..];
        return content;
    }
}
