// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;

namespace Lateen.Http.Http1;

/// <summary>Finds the name of a header line and puts it into lower case where it is, 32 characters in one step.</summary>
internal static class FieldName
{
    private const byte CaseBit = 0x20;

    /// <param name="line">A line with whatever is behind it: 32 bytes at least.</param>
    /// <returns>Characters of the token that the line starts with.</returns>
    public static int ToLower(Span<byte> line)
    {
        var text = Vector256.Create((ReadOnlySpan<byte>)line[..Vector256<byte>.Count]);
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
            return ToLowerSlowly(line);
        // The value may begin in the same step, and keeps its case.
        var isBefore = Vector256.LessThan(Vector256<byte>.Indices, Vector256.Create((byte)length));
        (text | (isLetter & isBefore & Vector256.Create(CaseBit))).CopyTo(line);
        return length;
    }

    private static int ToLowerSlowly(Span<byte> line)
    {
        var length = HttpSyntax.TokenLength(line);
        Ascii.ToLowerInPlace(line[..length], out _);
        return length;
    }
}
