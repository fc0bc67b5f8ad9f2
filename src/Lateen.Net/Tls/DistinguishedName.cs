// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Lateen.Net.Tls;

/// <summary>Names of subjects and issuers as text (RFC 2253): the last part first, parts joined by commas.</summary>
internal static class DistinguishedName
{
    private const string CommonNameKey = "CN=";

    public static string Format(ReadOnlyMemory<byte> encoded)
    {
        var parts = new List<string>();
        var name = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        while (name.HasData)
        {
            var set = name.ReadSetOf();
            var text = new StringBuilder();
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                if (text.Length > 0)
                    text.Append('+');
                text.Append(KeyOf(attribute.ReadObjectIdentifier())).Append('=');
                AppendValue(text, attribute);
            }
            parts.Add(text.ToString());
        }
        parts.Reverse();
        return string.Join(',', parts);
    }

    /// <summary>Value of the first CN in a formatted name, escapes left as they are; null when there is none.</summary>
    public static string? CommonNameOf(string formatted)
    {
        for (var at = 0; at >= 0 && at < formatted.Length; at = NextPart(formatted, at))
        {
            if (formatted.AsSpan(at).StartsWith(CommonNameKey, StringComparison.Ordinal))
            {
                var end = NextPart(formatted, at);
                var start = at + CommonNameKey.Length;
                return end < 0 ? formatted[start..] : formatted[start..(end - 1)];
            }
        }
        return null;
    }

    private static int NextPart(string formatted, int from)
    {
        for (var i = from; i < formatted.Length; i++)
        {
            if (formatted[i] == '\\')
                i++;
            else if (formatted[i] is ',' or '+')
                return i + 1;
        }
        return -1;
    }

    private static string KeyOf(string id) =>
        id switch
        {
            "2.5.4.3" => "CN",
            "2.5.4.5" => "serialNumber",
            "2.5.4.6" => "C",
            "2.5.4.7" => "L",
            "2.5.4.8" => "ST",
            "2.5.4.9" => "street",
            "2.5.4.10" => "O",
            "2.5.4.11" => "OU",
            "0.9.2342.19200300.100.1.1" => "UID",
            "0.9.2342.19200300.100.1.25" => "DC",
            "1.2.840.113549.1.9.1" => "emailAddress",
            _ => id,
        };

    private static void AppendValue(StringBuilder text, AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        if (tag.TagClass != TagClass.Universal || !IsText((UniversalTagNumber)tag.TagValue))
        {
            text.Append('#').Append(Convert.ToHexString(attribute.ReadEncodedValue().Span));
            return;
        }
        // As OpenSSL's XN_FLAG_RFC2253, which Envoy uses: UTF-8, with what is no printable ASCII in hexadecimal.
        var value = Encoding.UTF8.GetBytes(attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue));
        for (var i = 0; i < value.Length; i++)
        {
            var character = (char)value[i];
            if (character is < ' ' or > '~')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{value[i]:X2}");
                continue;
            }
            var atEdge = (i == 0 && character is '#' or ' ') || (i == value.Length - 1 && character == ' ');
            if (atEdge || character is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
                text.Append('\\');
            text.Append(character);
        }
    }

    private static bool IsText(UniversalTagNumber kind) =>
        kind
            is UniversalTagNumber.UTF8String
                or UniversalTagNumber.PrintableString
                or UniversalTagNumber.IA5String
                or UniversalTagNumber.BMPString
                or UniversalTagNumber.T61String
                or UniversalTagNumber.NumericString
                or UniversalTagNumber.VisibleString;
}
