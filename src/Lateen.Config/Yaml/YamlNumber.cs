// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Yaml;

/// <summary>
/// Numbers as the Kubernetes API reads them from YAML 1.1: with a sign and underscores, in base 2 (<c>0b</c>), 8 (<c>0</c>, <c>0o</c>) and
/// 16 (<c>0x</c>), with a fraction and an exponent. What has no finite value is a text.
/// </summary>
internal static class YamlNumber
{
    /// <param name="real">The number.</param>
    /// <param name="whole">The same where it is whole; null otherwise, and beyond 64 bits.</param>
    public static bool TryParse(string text, out double real, out long? whole)
    {
        real = 0;
        whole = null;
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.'))
            return false;
        var plain = text.Contains('_') ? text.Replace("_", "", StringComparison.Ordinal) : text;
        var isNegative = plain.StartsWith('-');
        var digits = isNegative || plain.StartsWith('+') ? plain.AsSpan(1) : plain;
        if (TryWhole(digits, isNegative, out var exact))
        {
            whole = exact;
            real = exact;
            return true;
        }
        if (!IsDecimal(digits))
            return false;
        if (
            !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out real)
            || !double.IsFinite(real)
        )
            return false;
        whole = Math.Abs(real) < 1L << 53 && Math.Floor(real) == real ? (long)real : null;
        return true;
    }

    private static bool TryWhole(ReadOnlySpan<char> digits, bool isNegative, out long value)
    {
        value = 0;
        var (numberBase, prefix) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', _, ..] when digits.IndexOfAnyExceptInRange('0', '7') < 0 => (8, 1),
            _ => (10, 0),
        };
        if (digits.Length == prefix)
            return false;
        foreach (var c in digits[prefix..])
        {
            var digit =
                char.IsAsciiDigit(c) ? c - '0'
                : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10
                : int.MaxValue;
            if (digit >= numberBase || value > (long.MaxValue - digit) / numberBase)
                return false;
            value = (value * numberBase) + digit;
        }
        if (isNegative)
            value = -value;
        return true;
    }

    /// <summary>Digits with a fraction and an exponent, each of which may be missing.</summary>
    private static bool IsDecimal(ReadOnlySpan<char> text)
    {
        var at = 0;
        var count = Digits(text, ref at);
        if (at < text.Length && text[at] == '.')
        {
            at++;
            count += Digits(text, ref at);
        }
        if (count == 0)
            return false;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-')
                at++;
            if (Digits(text, ref at) == 0)
                return false;
        }
        return at == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at - start;
    }
}
