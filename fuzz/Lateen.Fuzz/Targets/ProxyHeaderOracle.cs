// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Lateen.Fuzz.Targets;

/// <summary>A second reader of PROXY protocol headers: slow, and after the specification's text alone.</summary>
internal static partial class ProxyHeaderOracle
{
    private const string Signature2 = "\r\n\r\n\0\r\nQUIT\n";

    /// <summary>The status of a header that is none; else its length, where values begin, source and destination.</summary>
    public static string Describe(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (text.StartsWith(Signature2, StringComparison.Ordinal))
            return Version2(input);
        if (text.StartsWith("PROXY ", StringComparison.Ordinal))
            return Version1(text);
        return
            Signature2.StartsWith(text, StringComparison.Ordinal) || "PROXY ".StartsWith(text, StringComparison.Ordinal)
            ? "NeedMore"
            : "Absent";
    }

    private static string Version1(string text)
    {
        var line = text[..Math.Min(text.Length, 107)];
        var end = line.IndexOf("\r\n", StringComparison.Ordinal);
        if (end < 0)
            return line.Length < 107 ? "NeedMore" : "Malformed";
        line = line[..end];
        var length = end + 2;
        if (Unknown().IsMatch(line))
            return $"{length} {length}";
        var match = Line().Match(line);
        if (!match.Success)
            return "Malformed";
        var family = match.Groups["family"].Value == "4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var source = End(family, match.Groups["from"].Value, match.Groups["fromPort"].Value);
        var destination = End(family, match.Groups["to"].Value, match.Groups["toPort"].Value);
        return source is null || destination is null ? "Malformed" : $"{length} {length} {source} {destination}";
    }

    private static string Version2(byte[] input)
    {
        if (input.Length < 16)
            return "NeedMore";
        if (input[12] is not (0x20 or 0x21))
            return "Malformed";
        var length = 16 + (input[14] * 256) + input[15];
        if (input.Length < length)
            return "NeedMore";
        if (input[12] == 0x20)
            return $"{length} {length}";
        var size = input[13] switch
        {
            0x11 or 0x12 => 4,
            0x21 or 0x22 => 16,
            _ => 0,
        };
        var values = 16 + size + size + 4;
        if (size == 0 || values > length)
            return "Malformed";
        var source = new IPEndPoint(new IPAddress(input[16..(16 + size)]), Port(input, values - 4));
        var destination = new IPEndPoint(new IPAddress(input[(16 + size)..(values - 4)]), Port(input, values - 2));
        return IsOne(source.Address) && IsOne(destination.Address)
            ? $"{length} {values} {source} {destination}"
            : "Malformed";
    }

    private static int Port(byte[] input, int at) => (input[at] * 256) + input[at + 1];

    /// <summary>Strictly as inet_pton reads: four decimal numbers, or groups without scope and brackets.</summary>
    private static IPEndPoint? End(AddressFamily family, string address, string port)
    {
        var isPlain = family == AddressFamily.InterNetwork ? Quad().IsMatch(address) : Groups().IsMatch(address);
        return
            isPlain
            && IPAddress.TryParse(address, out var parsed)
            && parsed.AddressFamily == family
            && IsOne(parsed)
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= ushort.MaxValue
            ? new IPEndPoint(parsed, number)
            : null;
    }

    /// <summary>Neither nobody nor many.</summary>
    private static bool IsOne(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
            ? !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any)
            : !address.Equals(IPAddress.Any) && address.GetAddressBytes()[0] is not ((>= 224 and <= 239) or 255);

    [GeneratedRegex("""\APROXY UNKNOWN(?: [\s\S]*)?\z""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Unknown();

    [GeneratedRegex(
        """\APROXY TCP(?<family>[46]) (?<from>[^ ]+) (?<to>[^ ]+) (?<fromPort>[0-9]+) (?<toPort>[0-9]+)\z""",
        RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex Line();

    [GeneratedRegex("""\A(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})\z""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Quad();

    [GeneratedRegex("""\A[0-9A-Fa-f:.]+\z""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Groups();
}
