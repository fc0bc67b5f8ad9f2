// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 Appendix B. It is canonical: codes of one length count upwards in the order of their
/// symbols, and each longer length goes on where the shorter one stopped; so the lengths alone say all.
/// </summary>
internal static class HuffmanCode
{
    /// <summary>Bits of the longest code.</summary>
    public const int MaxLength = 30;

    /// <summary>The symbol that ends a stream, and never occurs in one (RFC 7541 §5.2).</summary>
    public const int EndOfString = 256;

    /// <summary>Codes up to so many bits are decoded by one look into <see cref="Short"/>: all letters, digits and most marks.</summary>
    public const int ShortLength = 8;

    private static readonly uint[] s_codes = new uint[EndOfString + 1];

    /// <summary>By the next <see cref="ShortLength"/> bits: symbol in the low byte, length above it; 0 for longer codes.</summary>
    private static readonly ushort[] s_short = new ushort[1 << ShortLength];

    /// <summary>By length: the first code of the next length, aligned to the left of 32 bits, so that smaller ones end here.</summary>
    private static readonly ulong[] s_limits = new ulong[MaxLength + 1];

    /// <summary>By length: what to add to a code to find its symbol in <see cref="s_symbols"/>.</summary>
    private static readonly int[] s_offsets = new int[MaxLength + 1];

    /// <summary>Symbols in the order of their codes.</summary>
    private static readonly ushort[] s_symbols = new ushort[EndOfString + 1];

    static HuffmanCode()
    {
        uint code = 0;
        var rank = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            code <<= 1;
            s_offsets[length] = rank - (int)code;
            for (var symbol = 0; symbol <= EndOfString; symbol++)
            {
                if (Lengths[symbol] != length)
                    continue;
                s_codes[symbol] = code;
                s_symbols[rank++] = (ushort)symbol;
                if (length <= ShortLength)
                    FillShort(code, length, symbol);
                code++;
            }
            s_limits[length] = (ulong)code << (32 - length);
        }
    }

    /// <summary>Bits of each symbol's code, from octet 0 to 255, and the end of the string.</summary>
    // csharpier-ignore
    public static ReadOnlySpan<byte> Lengths =>
        [
            13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
            28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
            6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
            5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
            13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
            7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
            15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
            6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
            20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
            24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
            22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
            21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
            26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
            19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
            20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
            26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
            30,
        ];

    public static ReadOnlySpan<uint> Codes => s_codes;

    public static ReadOnlySpan<ushort> Short => s_short;

    /// <summary>Reads a code of more than <see cref="ShortLength"/> bits off the left of <paramref name="bits"/>.</summary>
    /// <returns>The symbol.</returns>
    public static int DecodeLong(uint bits, out int length)
    {
        length = ShortLength + 1;
        while (bits >= s_limits[length])
            length++;
        return s_symbols[(int)(bits >> (32 - length)) + s_offsets[length]];
    }

    private static void FillShort(uint code, int length, int symbol)
    {
        var free = ShortLength - length;
        s_short.AsSpan((int)code << free, 1 << free).Fill((ushort)((length << 8) | symbol));
    }
}
