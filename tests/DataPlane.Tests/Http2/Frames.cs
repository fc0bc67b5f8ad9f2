// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace DataPlane.Tests.Http2;

/// <summary>Frames as bytes, right or wrong, and the way back to text.</summary>
internal static class Frames
{
    public const byte EndStream = 0x1;
    public const byte Ack = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
    public const byte Priority = 0x20;

    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static readonly byte[] EmptySettings = Frame(0x4, 0, 0);

    /// <summary>A request as small as one can be.</summary>
    public static byte[] Get(uint id) => Headers(id, EndStream | EndHeaders, Request());

    public static byte[] Frame(byte type, byte flags, uint id, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    public static byte[] Data(uint id, byte flags, params byte[] payload) => Frame(0x0, flags, id, payload);

    public static byte[] Data(uint id, byte flags, int length) => Frame(0x0, flags, id, new byte[length]);

    public static byte[] Headers(uint id, byte flags, byte[] block) => Frame(0x1, flags, id, block);

    public static byte[] Continuation(uint id, byte flags, byte[] block) => Frame(0x9, flags, id, block);

    public static byte[] RstStream(uint id, uint code) => Frame(0x3, 0, id, Number(code));

    public static byte[] WindowUpdate(uint id, uint increment) => Frame(0x8, 0, id, Number(increment));

    public static byte[] Ping(byte flags = 0) => Frame(0x6, flags, 0, 1, 2, 3, 4, 5, 6, 7, 8);

    /// <summary>A PING that no case sends: its answer shows that the connection lives.</summary>
    public static byte[] LastPing() => Frame(0x6, 0, 0, Convert.FromHexString("FFEEDDCCBBAA9988"));

    public static byte[] Settings(params (ushort Id, uint Value)[] settings) =>
        Frame(0x4, 0, 0, [.. settings.SelectMany(s => (byte[])[(byte)(s.Id >> 8), (byte)s.Id, .. Number(s.Value)])]);

    public static byte[] GoAway(uint last, uint code) => Frame(0x7, 0, 0, [.. Number(last), .. Number(code)]);

    public static byte[] Number(uint value) =>
        [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A block of literals, out of lines like <c>:path: /</c>.</summary>
    public static byte[] Block(params string[] lines) =>
        Block(
            lines.Select(line =>
            {
                var colon = line.IndexOf(": ", 1, StringComparison.Ordinal);
                return (line[..colon], line[(colon + 2)..]);
            })
        );

    public static byte[] Block(IEnumerable<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            block.Add(0x00);
            AddText(block, name);
            AddText(block, value);
        }
        return [.. block];
    }

    /// <summary>Block of a GET with more lines behind its pseudo-headers.</summary>
    public static byte[] Request(params string[] more) =>
        Block([":method: GET", ":scheme: http", ":path: /", ":authority: a.test", .. more]);

    public static byte[] Response(params string[] more) => Block([":status: 200", .. more]);

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];

    /// <summary>One line for each frame, as <c>RST_STREAM 1 PROTOCOL_ERROR</c>.</summary>
    public static List<string> Describe(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        if (bytes.StartsWith(Preface))
            bytes = bytes[Preface.Length..];
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes) >> 8;
            lines.Add(
                Describe(bytes[3], bytes[4], BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]), bytes.Slice(9, length))
            );
            bytes = bytes[(9 + length)..];
        }
        return lines;
    }

    private static string Describe(byte type, byte flags, uint id, ReadOnlySpan<byte> payload) =>
        type switch
        {
            0x0 => $"DATA {id} {payload.Length}{End(flags)}",
            0x1 => $"HEADERS {id}{((flags & EndHeaders) == 0 ? " MORE" : "")}{End(flags)}",
            0x3 => $"RST_STREAM {id} {Code(payload)}",
            0x4 when (flags & Ack) != 0 => "SETTINGS ACK",
            0x4 => "SETTINGS",
            0x6 => $"PING{((flags & Ack) != 0 ? " ACK" : "")} {Convert.ToHexString(payload)}",
            0x7 => $"GOAWAY {BinaryPrimitives.ReadUInt32BigEndian(payload)} {Code(payload[4..])}",
            0x8 => $"WINDOW_UPDATE {id} {BinaryPrimitives.ReadUInt32BigEndian(payload)}",
            0x9 => $"CONTINUATION {id}{((flags & EndHeaders) == 0 ? " MORE" : "")}",
            _ => $"UNKNOWN {type}",
        };

    private static string End(byte flags) => (flags & EndStream) != 0 ? " END" : "";

    private static string Code(ReadOnlySpan<byte> payload) =>
        ((Lateen.Http.Http2.Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload)).ToString();

    private static void AddText(List<byte> block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
            block.Add((byte)bytes.Length);
        else
        {
            block.Add(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
                block.Add((byte)(rest | 128));
            block.Add((byte)rest);
        }
        block.AddRange(bytes);
    }
}
