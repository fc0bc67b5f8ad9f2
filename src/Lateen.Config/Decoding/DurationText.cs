// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Decoding;

/// <summary>Durations as Go writes them: numbers with units h, m, s, ms, us and ns, one after the other.</summary>
internal static class DurationText
{
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text.Length == 0)
            return false;
        if (text == "0")
            return true;
        var seconds = 0.0;
        for (var at = 0; at < text.Length; )
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
                at++;
            if (
                !double.TryParse(
                    text.AsSpan(digits, unit - digits),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                ) || !TryUnit(text[unit..at], out var scale)
            )
                return false;
            seconds += number * scale;
        }
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        value = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool TryUnit(string unit, out double seconds)
    {
        seconds = unit switch
        {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" => 1e-3,
            "us" => 1e-6,
            "ns" => 1e-9,
            _ => 0,
        };
        return seconds > 0;
    }
}
