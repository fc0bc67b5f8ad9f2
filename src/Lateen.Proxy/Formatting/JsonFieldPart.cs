// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Unicode;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>One field of a JSON line, with the comma before it. Writing it allocates nothing.</summary>
internal sealed class JsonFieldPart : FormatPart
{
    private readonly byte[] _name;
    private readonly FormatPart[] _parts;
    private readonly bool _omitEmpty;

    /// <param name="name">As it is written: in quotes, with its colon.</param>
    public JsonFieldPart(string name, FormatPart[] parts, bool omitEmpty)
    {
        _name = Encoding.UTF8.GetBytes(name);
        _parts = parts;
        _omitEmpty = omitEmpty;
    }

    public override int TryWrite(StreamInfo stream, Span<byte> destination) =>
        throw new System.Diagnostics.UnreachableException("a field needs to know whether it is the first");

    /// <summary>Writes <c>,"name":value</c>; returns 0 for a field that is left out, or that does not fit whole.</summary>
    public int Write(StreamInfo stream, Span<byte> destination, bool isFirst)
    {
        var head = (isFirst ? 0 : 1) + _name.Length;
        if (head > destination.Length)
            return 0;
        if (!isFirst)
            destination[0] = (byte)',';
        _name.CopyTo(destination[(isFirst ? 0 : 1)..]);
        var value = WriteValue(stream, destination[head..]);
        return value <= 0 ? 0 : head + value;
    }

    /// <summary>Bytes of the value; 0 when it is left out or does not fit.</summary>
    private int WriteValue(StreamInfo stream, Span<byte> destination)
    {
        if (_parts.Length != 1)
            return WriteText(stream, destination);
        if (destination.Length < 4)
            return 0;
        var written = _parts[0].TryWrite(stream, destination[1..]);
        if (written == None)
            return _omitEmpty ? 0 : Put("null"u8, destination);
        if (!_parts[0].IsNumber)
            return Quote(destination, written);
        destination.Slice(1, written).CopyTo(destination);
        return written;
    }

    private int WriteText(StreamInfo stream, Span<byte> destination)
    {
        if (destination.Length < 2)
            return 0;
        var length = 0;
        foreach (var part in _parts)
            length += part.Write(stream, destination[(1 + length)..]);
        return Quote(destination, length);
    }

    /// <summary>Puts the text that stands behind the first byte into quotes, escaped in place, from its end.</summary>
    private static int Quote(Span<byte> destination, int length)
    {
        var escaped = length;
        var isUtf8 = Utf8.IsValid(destination.Slice(1, length));
        foreach (var c in destination.Slice(1, length))
            escaped += ExtraOf(c, isUtf8);
        if (escaped + 2 > destination.Length)
            return 0;
        var to = 1 + escaped;
        destination[to] = (byte)'"';
        for (var from = length; from > 0; from--)
        {
            var c = destination[from];
            switch (ExtraOf(c, isUtf8))
            {
                case 0:
                    destination[--to] = c;
                    break;
                case 1:
                    destination[--to] = c;
                    destination[--to] = (byte)'\\';
                    break;
                default:
                    to -= 6;
                    "\\u00"u8.CopyTo(destination[to..]);
                    destination[to + 4] = HexDigit(c >> 4);
                    destination[to + 5] = HexDigit(c & 15);
                    break;
            }
        }
        destination[0] = (byte)'"';
        return escaped + 2;
    }

    /// <summary>Bytes that a byte needs beyond itself (RFC 8259 §7). In a text that is no UTF-8 each byte above 127 is taken for Latin-1.</summary>
    private static int ExtraOf(byte c, bool isUtf8) =>
        c switch
        {
            (byte)'"' or (byte)'\\' => 1,
            < 0x20 or 0x7f => 5,
            > 0x7f when !isUtf8 => 5,
            _ => 0,
        };

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
