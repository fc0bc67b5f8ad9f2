// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

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
