// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Schemas;

/// <summary>An amount as Kubernetes writes it (its Quantity): a number with a decimal or binary suffix, or an exponent.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Value">The number that it stands for: 0.5 for <c>500m</c>, 1048576 for <c>1Mi</c>.</param>
public readonly record struct Quantity(string Text, decimal Value)
{
    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    /// <summary>Amounts that are the same number are equal, however they are written.</summary>
    public bool Equals(Quantity other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var end = 0;
        while (
            end < text.Length
            && (char.IsAsciiDigit(text[end]) || text[end] is '.' || (end == 0 && text[end] is '+' or '-'))
        )
            end++;
        if (
            !decimal.TryParse(
                text.AsSpan(0, end),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
            return false;
        if (!TryScale(text[end..], out var scale))
            return false;
        try
        {
            quantity = new Quantity(text, number * scale);
            return true;
        }
        catch (OverflowException)
        {
            // More than anybody has; Kubernetes caps such amounts, we refuse them.
            return false;
        }
    }

    private static bool TryScale(string suffix, out decimal scale)
    {
        scale = suffix switch
        {
            "" => 1m,
            "n" => 1e-9m,
            "u" => 1e-6m,
            "m" => 1e-3m,
            "k" => 1e3m,
            "M" => 1e6m,
            "G" => 1e9m,
            "T" => 1e12m,
            "P" => 1e15m,
            "E" => 1e18m,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            "Pi" => 1L << 50,
            "Ei" => 1L << 60,
            _ => 0,
        };
        return scale != 0 || TryExponent(suffix, out scale);
    }

    /// <summary><c>e3</c>, <c>E-2</c>.</summary>
    private static bool TryExponent(string suffix, out decimal scale)
    {
        scale = 0;
        if (
            suffix is not ['e' or 'E', ..]
            || !int.TryParse(
                suffix.AsSpan(1),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var exponent
            )
            || exponent is < -18 or > 18
        )
            return false;
        scale = 1;
        for (var i = 0; i < Math.Abs(exponent); i++)
            scale = exponent > 0 ? scale * 10 : scale / 10;
        return true;
    }
}
