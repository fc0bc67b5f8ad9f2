// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lateen.Http.Http1;

/// <summary>Takes the name off a header line and puts it into lower case, 32 characters at a time.</summary>
internal static class FieldName
{
    private const byte CaseBit = 0x20;

    /// <summary>Copies the token that a line starts with, in lower case, to where a map's next name goes.</summary>
    /// <returns>Its length; 0 when there is none.</returns>
    public static int Take(ReadOnlySpan<byte> line, HeaderMap headers)
    {
        if (line.Length < Vector256<byte>.Count)
            return TakeSlowly(line, headers);
        var text = Vector256.Create(line[..Vector256<byte>.Count]);
        var folded = text | Vector256.Create(CaseBit);
        var isLetter = Vector256.LessThanOrEqual(
            folded - Vector256.Create((byte)'a'),
            Vector256.Create((byte)('z' - 'a'))
        );
        var isDigit = Vector256.LessThanOrEqual(text - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        var isName = isLetter | isDigit | Vector256.Equals(text, Vector256.Create((byte)'-'));
        var length = BitOperations.TrailingZeroCount(~isName.ExtractMostSignificantBits());
        // Names of other characters, and long ones, are as good, and rare.
        if (length == Vector256<byte>.Count || line[length] != ':')
            return TakeSlowly(line, headers);
        Vector256.ConditionalSelect(isLetter, folded, text).CopyTo(headers.Reserve(Vector256<byte>.Count));
        return length;
    }

    private static int TakeSlowly(ReadOnlySpan<byte> line, HeaderMap headers)
    {
        var length = HttpSyntax.TokenLength(line);
        System.Text.Ascii.ToLower(line[..length], headers.Reserve(length), out _);
        return length;
    }
}
