// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Lateen.Fuzz.Targets;

/// <summary>Makes valid ClientHellos (RFC 8446 §4.1.2) with the help of arbitrary bytes.</summary>
internal static class HelloMaker
{
    /// <summary>Kinds that inspectors look into, or that this class writes itself.</summary>
    private static readonly int[] s_known = [0, 10, 11, 16];

    /// <param name="input">Goes into session, cipher suites and extensions that no one knows.</param>
    /// <param name="random">For what there is, in which order, and where records end.</param>
    /// <param name="serverName">Empty where the extension is left out.</param>
    /// <param name="protocols">Empty where the extension is left out.</param>
    public static byte[] Make(byte[] input, Random random, out string serverName, out string[] protocols)
    {
        serverName = random.Next(3) == 0 ? "" : Label(random, 1, 40) + "." + Label(random, 1, 20) + ".Example";
        protocols = new string[random.Next(4)];
        for (var i = 0; i < protocols.Length; i++)
            protocols[i] = Label(random, 1, random.Next(2) == 0 ? 8 : 255);
        var extensions = new List<byte[]>();
        if (serverName.Length > 0)
            extensions.Add(Extension(0, Vector(2, [0, .. Vector(2, Encoding.ASCII.GetBytes(serverName))])));
        if (protocols.Length > 0)
        {
            var list = protocols.SelectMany(static name => Vector(1, Encoding.ASCII.GetBytes(name)));
            extensions.Add(Extension(16, Vector(2, [.. list])));
        }
        extensions.Add(Extension(10, Vector(2, Even(Part(input, random, 64)))));
        extensions.Add(Extension(11, Vector(1, Part(input, random, 8))));
        for (var more = random.Next(6); more > 0; more--)
        {
            var kind = random.Next(ushort.MaxValue + 1);
            if (!s_known.Contains(kind))
                extensions.Add(Extension(kind, Part(input, random, 3000)));
        }
        var order = extensions.ToArray();
        random.Shuffle(order);
        var nonce = new byte[32];
        random.NextBytes(nonce);
        byte[] body =
        [
            3,
            3,
            .. nonce,
            .. Vector(1, Part(input, random, 32)),
            .. Vector(2, [0x13, 0x01, .. Even(Part(input, random, 200))]),
            .. Vector(1, [0]),
            .. Vector(2, [.. order.SelectMany(static extension => extension)]),
        ];
        return InRecords([1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body], random);
    }

    private static byte[] InRecords(byte[] message, Random random)
    {
        var most = random.Next(3) switch
        {
            0 => 16 * 1024,
            1 => 300,
            _ => 20,
        };
        var records = new List<byte>();
        for (var at = 0; at < message.Length; )
        {
            var size = Math.Min(message.Length - at, random.Next(1, most + 1));
            records.AddRange([22, 3, (byte)random.Next(1, 4), .. Vector(2, message[at..(at + size)])]);
            at += size;
        }
        return [.. records];
    }

    private static byte[] Extension(int kind, byte[] content) => [(byte)(kind >> 8), (byte)kind, .. Vector(2, content)];

    private static byte[] Vector(int lengthBytes, byte[] content)
    {
        var bytes = new byte[lengthBytes + content.Length];
        if (lengthBytes == 1)
            bytes[0] = checked((byte)content.Length);
        else
            BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)content.Length));
        content.CopyTo(bytes, lengthBytes);
        return bytes;
    }

    private static byte[] Part(byte[] input, Random random, int most)
    {
        var length = random.Next(Math.Min(input.Length, most) + 1);
        var start = random.Next(input.Length - length + 1);
        return input[start..(start + length)];
    }

    private static byte[] Even(byte[] bytes) => bytes[..(bytes.Length & ~1)];

    private static string Label(Random random, int least, int most)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
        return string.Create(
            random.Next(least, most + 1),
            random,
            static (text, random) =>
            {
                foreach (ref var character in text)
                    character = Letters[random.Next(Letters.Length)];
            }
        );
    }
}
