// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Lateen.Http.Hpack;

/// <summary>Encodes and decodes string literals (RFC 7541 §5.2).</summary>
public static class Huffman
{
    /// <summary>Bytes that <paramref name="encodedLength"/> bytes decode to at the most: the shortest code has five bits.</summary>
    public static int MaxDecodedLength(int encodedLength) => (encodedLength * 8 / 5) + 1;

    /// <summary>Decodes all of <paramref name="source"/>.</summary>
    /// <param name="destination">Room for <see cref="MaxDecodedLength"/> bytes.</param>
    /// <returns>Bytes written, or -1 where the code or its padding is wrong.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var table = HuffmanCode.Short;
        ulong bits = 0; // the next bits, from the left
        var available = 0;
        var at = 0;
        var written = 0;
        while (true)
        {
            if (available < 32)
                Refill(source, ref at, ref bits, ref available);
            if (available < HuffmanCode.ShortLength)
                break;
            var entry = table[(int)(bits >> (64 - HuffmanCode.ShortLength))];
            int length;
            if (entry != 0)
            {
                length = entry >> 8;
                destination[written++] = (byte)entry;
            }
            else
            {
                var symbol = HuffmanCode.DecodeLong((uint)(bits >> 32), out length);
                if (length > available)
                    break; // nothing but padding can be left
                if (symbol == HuffmanCode.EndOfString)
                    return -1;
                destination[written++] = (byte)symbol;
            }
            bits <<= length;
            available -= length;
        }
        return DecodeTail(bits, available, destination, written);
    }

    /// <summary>Bytes that <see cref="Encode"/> makes of the text.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> source)
    {
        var lengths = HuffmanCode.Lengths;
        long bits = 7;
        foreach (var octet in source)
            bits += lengths[octet];
        return (int)(bits >> 3);
    }

    /// <summary>Encodes all of <paramref name="source"/>; <see cref="EncodedLength"/> says how much room that takes.</summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var lengths = HuffmanCode.Lengths;
        var codes = HuffmanCode.Codes;
        ulong bits = 0;
        var count = 0;
        var at = 0;
        foreach (var octet in source)
        {
            bits = (bits << lengths[octet]) | codes[octet];
            count += lengths[octet];
            if (count < 32)
                continue;
            count -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], (uint)(bits >> count));
            at += 4;
        }
        while (count >= 8)
        {
            count -= 8;
            destination[at++] = (byte)(bits >> count);
        }
        if (count > 0)
            destination[at++] = (byte)((bits << (8 - count)) | (0xffu >> count));
        return at;
    }

    private static void Refill(ReadOnlySpan<byte> source, ref int at, ref ulong bits, ref int available)
    {
        if (source.Length - at >= 4)
        {
            bits |= (ulong)BinaryPrimitives.ReadUInt32BigEndian(source[at..]) << (32 - available);
            at += 4;
            available += 32;
            return;
        }
        while (at < source.Length)
        {
            bits |= (ulong)source[at++] << (56 - available);
            available += 8;
        }
    }

    /// <summary>What is left holds short codes, then up to seven bits of ones (RFC 7541 §5.2).</summary>
    private static int DecodeTail(ulong bits, int available, Span<byte> destination, int written)
    {
        var table = HuffmanCode.Short;
        while (available > 0)
        {
            var entry = table[(int)(bits >> (64 - HuffmanCode.ShortLength))];
            var length = entry >> 8;
            if (entry == 0 || length > available)
                break;
            destination[written++] = (byte)entry;
            bits <<= length;
            available -= length;
        }
        return available < 8 && bits == PaddingOf(available) ? written : -1;
    }

    private static ulong PaddingOf(int count) => count == 0 ? 0 : ulong.MaxValue << (64 - count);
}
