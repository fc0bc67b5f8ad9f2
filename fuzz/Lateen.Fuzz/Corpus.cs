// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Lateen.Fuzz;

/// <summary>
/// Seeds of a target, one a line: in hexadecimal (<c>.hex</c>) or as text with <c>\r</c>, <c>\n</c>, <c>\\</c> and
/// <c>\x00</c> (<c>.txt</c>). Lines that start with # say what the next one is. Every input that broke something is added
/// here.
/// </summary>
internal sealed class Corpus
{
    private readonly string _path;

    public Corpus(string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "corpus");
        _path = Path.Combine(folder, target + ".hex");
        if (!File.Exists(_path))
            _path = Path.Combine(folder, target + ".txt");
        Seeds = [.. File.ReadLines(_path).Where(l => l.Length > 0 && l[0] != '#').Select(Read)];
    }

    public IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>An input as a line of this corpus.</summary>
    public string Format(byte[] input) => IsHex ? Convert.ToHexStringLower(input) : Escape(input);

    private bool IsHex => _path.EndsWith(".hex", StringComparison.Ordinal);

    private byte[] Read(string line) => IsHex ? Convert.FromHexString(line) : Unescape(line);

    private static string Escape(byte[] input)
    {
        var text = new StringBuilder();
        foreach (var octet in input)
        {
            _ = octet switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\\' => text.Append("\\\\"),
                >= 0x20 and < 0x7f => text.Append((char)octet),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}"),
            };
        }
        return text.ToString();
    }

    private static byte[] Unescape(string line)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes.Add((byte)line[i]);
                continue;
            }
            i++;
            bytes.Add(
                line[i] switch
                {
                    'r' => (byte)'\r',
                    'n' => (byte)'\n',
                    'x' => byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    var other => (byte)other,
                }
            );
            if (line[i] == 'x')
                i += 2;
        }
        return [.. bytes];
    }
}
