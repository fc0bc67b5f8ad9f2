// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>Defaults of fields as users would write them. What is nothing, as an empty text, is none worth telling.</summary>
internal static class JsonDefaults
{
    public static JsonNode? Of(ValueSchema schema, object? value) =>
        (schema, value) switch
        {
            (_, null) => null,
            (FlagSchema, bool flag) => flag,
            (TextSchema, string { Length: > 0 } text) => text,
            (NumberSchema, double number) => number == 0 ? null : number,
            (NumberSchema, _) => Convert.ToInt64(value, CultureInfo.InvariantCulture) is var whole and not 0
                ? whole
                : null,
            (DurationSchema, TimeSpan duration) => duration == TimeSpan.Zero ? null : Text(duration),
            (ChoiceSchema choice, _) => choice.WordOf(value),
            (ListSchema { Item: TextSchema }, IReadOnlyList<string> { Count: > 0 } texts) => new JsonArray([
                .. texts.Select(static text => JsonValue.Create(text)),
            ]),
            _ => null,
        };

    /// <summary>In the greatest unit that leaves a whole number: 1h, 45s, 25ms.</summary>
    public static string Text(TimeSpan duration)
    {
        foreach (
            var (unit, length) in new[]
            {
                ("h", TimeSpan.FromHours(1)),
                ("m", TimeSpan.FromMinutes(1)),
                ("s", TimeSpan.FromSeconds(1)),
            }
        )
        {
            if (duration.Ticks % length.Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
    }
}
