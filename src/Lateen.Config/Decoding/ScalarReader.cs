// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;

namespace Lateen.Config.Decoding;

/// <summary>Single values. As the Kubernetes API has it: a number in quotes is a text, and a text that looks like a number needs them.</summary>
internal static class ScalarReader
{
    /// <summary>What a value must be, in words.</summary>
    public static string Expected(ValueSchema schema) =>
        schema switch
        {
            TextSchema => "a text",
            FlagSchema => "true or false",
            NumberSchema { IsWhole: true } => "a whole number",
            NumberSchema => "a number",
            DurationSchema => "a duration such as 1.5s, 250ms or 1h30m",
            TimestampSchema => "a time such as 2026-01-31T12:00:00Z",
            BytesSchema => "bytes in base64",
            IntOrTextSchema => "a whole number or a text",
            QuantitySchema => "an amount such as 500m, 2 or 128Mi",
            ChoiceSchema choice => $"one of {string.Join(", ", choice.Words.Select(static word => word.Word))}",
            ListSchema { Item: TextSchema } => "a list of texts",
            ListSchema => "a list",
            _ => "a mapping",
        };

    /// <summary>The value; null when the scalar is none of that kind.</summary>
    public static object? TryRead(ValueSchema schema, YamlScalar scalar) =>
        schema switch
        {
            TextSchema => scalar.LooksLikeText ? scalar.Value : null,
            FlagSchema => scalar.Flag,
            NumberSchema number => Number(number, scalar),
            DurationSchema => DurationText.TryParse(scalar.Value, out var duration) ? duration : null,
            TimestampSchema => Timestamp(scalar.Value),
            BytesSchema => Bytes(scalar.Value),
            IntOrTextSchema => IntOrText(scalar),
            QuantitySchema => Quantity.TryParse(scalar.Value, out var quantity) ? quantity : null,
            ChoiceSchema choice => Choice(choice, scalar.Value),
            _ => null,
        };

    private static object? Number(NumberSchema schema, YamlScalar scalar)
    {
        if (!scalar.TryNumber(out var real, out var whole))
            return null;
        return schema.IsWhole ? whole : real;
    }

    private static object? Timestamp(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static byte[]? Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static object? IntOrText(YamlScalar scalar)
    {
        if (scalar.LooksLikeText)
            return new IntOrText(0, scalar.Value);
        return scalar.TryNumber(out _, out var whole) && whole is >= int.MinValue and <= int.MaxValue
            ? new IntOrText((int)whole.Value)
            : null;
    }

    private static object? Choice(ChoiceSchema choice, string text)
    {
        foreach (var (word, value) in choice.Words)
        {
            if (word == text)
                return value;
        }
        return null;
    }
}
