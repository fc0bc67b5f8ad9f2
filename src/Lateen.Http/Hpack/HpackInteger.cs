// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>Integers with a prefix of N bits (RFC 7541 §5.1).</summary>
internal static class HpackInteger
{
    /// <summary>Octets behind the prefix that we read: 28 bits, far more than any length or index we admit.</summary>
    private const int MaxContinuation = 4;

    public static HpackFault Read(ReadOnlySpan<byte> input, ref int at, int prefixBits, out int value)
    {
        value = 0;
        if (at >= input.Length)
            return HpackFault.Truncated;
        var mask = (1 << prefixBits) - 1;
        value = input[at++] & mask;
        return value < mask ? HpackFault.None : ReadContinuation(input, ref at, ref value);
    }

    /// <param name="pattern">The bits in front of the prefix, in their place.</param>
    public static void Write(Span<byte> output, ref int at, byte pattern, int prefixBits, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            output[at++] = (byte)(pattern | value);
            return;
        }
        output[at++] = (byte)(pattern | mask);
        value -= mask;
        while (value >= 0x80)
        {
            output[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        output[at++] = (byte)value;
    }

    private static HpackFault ReadContinuation(ReadOnlySpan<byte> input, ref int at, ref int value)
    {
        for (var i = 0; i < MaxContinuation; i++)
        {
            if (at >= input.Length)
                return HpackFault.Truncated;
            var octet = input[at++];
            value += (octet & 0x7f) << (7 * i);
            if (octet < 0x80)
                return HpackFault.None;
        }
        return HpackFault.IntegerTooLarge;
    }
}
