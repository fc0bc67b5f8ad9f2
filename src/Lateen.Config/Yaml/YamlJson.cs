// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Core;

namespace Lateen.Config.Yaml;

/// <summary>YAML values as the JSON that the Kubernetes API makes of them.</summary>
internal static class YamlJson
{
    public static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMapping map => new JsonObject(
                map.Entries.Select(static entry => KeyValuePair.Create(entry.Key.Value, ToJson(entry.Value)))
            ),
            YamlSequence list => new JsonArray([.. list.Items.Select(ToJson)]),
            YamlScalar scalar => Scalar(scalar),
            _ => null,
        };

    /// <summary>The same with a limit, since aliases make much of little.</summary>
    /// <param name="left">How many values it may still have.</param>
    public static bool TryToJson(YamlNode node, ref int left, out JsonNode? json)
    {
        json = null;
        if (--left < 0)
            return false;
        switch (node)
        {
            case YamlMapping map:
                var members = new JsonObject();
                foreach (var (key, value) in map.Entries)
                {
                    if (!TryToJson(value, ref left, out var member))
                        return false;
                    members[key.Value] = member;
                }
                json = members;
                return true;
            case YamlSequence list:
                var items = new JsonArray();
                foreach (var entry in list.Items)
                {
                    if (!TryToJson(entry, ref left, out var item))
                        return false;
                    items.Add(item);
                }
                json = items;
                return true;
            case YamlScalar scalar:
                var read = Scalar(scalar);
                json = read;
                // JSON has no infinity.
                return read is null || !read.TryGetValue(out double real) || double.IsFinite(real);
            default:
                return true;
        }
    }

    /// <summary>JSON as YAML values that stand nowhere, for what reads YAML.</summary>
    public static YamlNode FromJson(JsonNode? json, SourceLocation at) =>
        json switch
        {
            JsonObject map => new YamlMapping(
                at,
                map.Select(entry => new YamlEntry(
                        new YamlScalar(at, entry.Key, IsPlain: false),
                        FromJson(entry.Value, at)
                    ))
                    .ToArray()
            ),
            JsonArray list => new YamlSequence(at, list.Select(item => FromJson(item, at)).ToArray()),
            null => new YamlScalar(at, "null", IsPlain: true),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => new YamlScalar(
                at,
                value.GetValue<string>(),
                IsPlain: false
            ),
            _ => new YamlScalar(at, Plain(json), IsPlain: true),
        };

    /// <summary>A flag or a number. <c>1.0</c> is the whole number 1, as Kubernetes reads it.</summary>
    private static string Plain(JsonNode json)
    {
        var text = json.ToJsonString();
        return
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1e15
            && Math.Truncate(number) == number
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : text;
    }

    private static JsonValue? Scalar(YamlScalar scalar)
    {
        if (scalar.IsNull)
            return null;
        if (scalar.LooksLikeText)
            return JsonValue.Create(scalar.Value);
        if (scalar.Flag is { } flag)
            return JsonValue.Create(flag);
        return scalar.TryNumber(out var real, out var whole) && whole is { } exact
            ? JsonValue.Create(exact)
            : JsonValue.Create(real);
    }
}
