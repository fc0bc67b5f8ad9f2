// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>Base64 that comes in pieces of any size, perhaps as several texts, each padded, one behind the other.</summary>
internal struct Base64Decoder
{
    private const int Quad = 4;

    private static readonly SearchValues<byte> s_alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8
    );

    private uint _carry;
    private int _carried;

    /// <summary>No part of a group of four is missing.</summary>
    public readonly bool IsComplete => _carried == 0;

    /// <summary>Bytes that so much text stands for, at the most.</summary>
    public static int MaxLength(int text) => (text + Quad - 1) / Quad * 3 + 3;

    /// <summary>Decodes all whole groups; the rest waits for the next piece.</summary>
    /// <param name="output">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>False when it is no base64.</returns>
    public bool TryDecode(ReadOnlySpan<byte> text, Span<byte> output, out int written)
    {
        written = 0;
        // The decoder would skip white space.
        if (text.ContainsAnyExcept(s_alphabet))
            return false;
        if (_carried > 0 && !TryCompleteCarry(ref text, output, ref written))
            return false;
        var whole = text[..(text.Length / Quad * Quad)];
        text = text[whole.Length..];
        while (!whole.IsEmpty)
        {
            // A group with padding ends a text; another one may follow.
            var padding = whole.IndexOf((byte)'=');
            var length = padding < 0 ? whole.Length : (padding / Quad * Quad) + Quad;
            if (!TryDecodeText(whole[..length], output, ref written))
                return false;
            whole = whole[length..];
        }
        foreach (var octet in text)
            Carry(octet);
        return true;
    }

    private bool TryCompleteCarry(ref ReadOnlySpan<byte> text, Span<byte> output, ref int written)
    {
        while (_carried < Quad && !text.IsEmpty)
        {
            Carry(text[0]);
            text = text[1..];
        }
        if (_carried < Quad)
            return true;
        ReadOnlySpan<byte> group = [(byte)(_carry >> 24), (byte)(_carry >> 16), (byte)(_carry >> 8), (byte)_carry];
        _carried = 0;
        return TryDecodeText(group, output, ref written);
    }

    private static bool TryDecodeText(ReadOnlySpan<byte> text, Span<byte> output, ref int written)
    {
        if (Base64.DecodeFromUtf8(text, output[written..], out _, out var length) != OperationStatus.Done)
            return false;
        written += length;
        return true;
    }

    private void Carry(byte octet)
    {
        _carry = (_carry << 8) | octet;
        _carried++;
    }
}
