// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace DataPlane.Tests.Http2;

/// <summary>A row of <c>Cases/cases.txt</c>, which says what the words mean.</summary>
internal sealed record Http2Case(string Section, string Name, bool HasPreface, byte[] Bytes, string Expected)
{
    private static readonly string s_path = Path.Combine(AppContext.BaseDirectory, "Http2", "Cases", "cases.txt");

    public static IReadOnlyList<Http2Case> All { get; } =
    [.. File.ReadLines(s_path).Where(l => l.Length > 0 && l[0] != '#').Select(Parse)];

    private static Http2Case Parse(string line)
    {
        var parts = line.Split(" | ");
        var frames = parts[2].Split("; ").ToList();
        var hasPreface = frames[0] != "NOPREFACE";
        if (!hasPreface)
            frames.RemoveAt(0);
        return new Http2Case(parts[0], parts[1], hasPreface, Frames.Join([.. frames.Select(Frame)]), parts[3]);
    }

    private static byte[] Frame(string text)
    {
        var words = text.Split(' ');
        return words[0] switch
        {
            "GET" or "POST" => Request(words),
            "HEADERS" => Frames.Headers(Number(words[1]), Flags(words[2]), Block(words[3..])),
            "CONTINUATION" => Frames.Continuation(Number(words[1]), Flags(words[2]), Block(words[3..])),
            "DATA" when words.Length == 5 => Frames.Data(
                Number(words[1]),
                (byte)(Flags(words[2]) | Frames.Padded),
                [(byte)Number(words[4]), .. new byte[Number(words[3]) + Number(words[4])]]
            ),
            "DATA" => Frames.Data(Number(words[1]), Flags(words[2]), (int)Number(words[3])),
            "RST_STREAM" => Frames.RstStream(Number(words[1]), Number(words[2])),
            "WINDOW_UPDATE" => Frames.WindowUpdate(Number(words[1]), Number(words[2])),
            "PRIORITY" => Frames.Frame(0x2, 0, Number(words[1]), [.. Frames.Number(Number(words[2])), 15]),
            "SETTINGS" => Frames.Settings([.. words[1..].Select(Setting)]),
            "PING" => Frames.Ping(),
            "GOAWAY" => Frames.GoAway(Number(words[1]), Number(words[2])),
            "FRAME" => Frames.Frame((byte)Number(words[1]), (byte)Number(words[2]), Number(words[3]), Hex(words[4])),
            "RAW" => Hex(words[1]),
            _ => throw new FormatException($"no such frame: {text}"),
        };
    }

    private static byte[] Request(string[] words)
    {
        var path = words.Length > 2 ? words[2] : "/";
        string[] fields = [$":method={words[0]}", ":scheme=http", $":path={path}", ":authority=a.test"];
        var flags = words[0] == "GET" ? Frames.EndStream | Frames.EndHeaders : Frames.EndHeaders;
        return Frames.Headers(Number(words[1]), (byte)flags, Block([.. fields, .. words.Skip(3)]));
    }

    private static byte[] Block(string[] fields) =>
        Frames.Block(
            fields.Select(field =>
            {
                var equals = field.IndexOf('=', StringComparison.Ordinal);
                return (Unescape(field[..equals]), Unescape(field[(equals + 1)..]));
            })
        );

    /// <summary><c>%0d</c> stands for an octet, <c>*9</c> at the start for so many letters.</summary>
    private static string Unescape(string text)
    {
        if (text is ['*', .. var count] && count.Length > 0)
            return new string('a', (int)Number(count));
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }
            result.Append(
                (char)byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            );
            i += 2;
        }
        return result.ToString();
    }

    private static byte Flags(string text)
    {
        var flags = 0;
        foreach (var flag in text.Split('+'))
        {
            flags |= flag switch
            {
                "END_STREAM" => Frames.EndStream,
                "END_HEADERS" => Frames.EndHeaders,
                "PADDED" => Frames.Padded,
                "PRIORITY" => Frames.Priority,
                _ => 0,
            };
        }
        return (byte)flags;
    }

    private static byte[] Hex(string text) =>
        text == "-" ? []
        : text[0] == '*' ? new byte[Number(text[1..])]
        : Convert.FromHexString(text);

    private static (ushort Id, uint Value) Setting(string text)
    {
        var parts = text.Split('=');
        return ((ushort)Number(parts[0]), Number(parts[1]));
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
