// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects;

/// <summary>Looks into values of which nobody knows whether they are what they should be; the framework's own indexers throw.</summary>
public static class JsonMembers
{
    /// <summary>A member of an object; null where there is none, or no object.</summary>
    public static JsonNode? Member(this JsonNode? node, string name) => node is JsonObject map ? map[name] : null;

    /// <summary>What a text says; null where there is none.</summary>
    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A whole number; null where there is none. However the value was made: the framework's own reading asks for that.</summary>
    public static long? AsNumber(this JsonNode? node) =>
        node is JsonValue
        && node.GetValueKind() == JsonValueKind.Number
        && long.TryParse(
            node.ToJsonString(),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    /// <summary>The text of a member; null where there is none.</summary>
    public static string? Text(this JsonNode? node, string name) => node.Member(name).AsText();

    /// <summary>Items of a list; none where there is no list.</summary>
    public static IEnumerable<JsonNode?> Items(this JsonNode? node) => node as JsonArray ?? [];

    /// <summary>The object that a member is; an empty one takes the place of anything else.</summary>
    public static JsonObject Part(this JsonObject node, string name)
    {
        if (node[name] is JsonObject part)
            return part;
        var created = new JsonObject();
        node[name] = created;
        return created;
    }

    /// <summary>Removes members; in one go, since one by one would take the square of their number.</summary>
    public static void RemoveWhere(this JsonObject map, Func<string, JsonNode?, bool> goes)
    {
        var all = map.ToArray();
        if (!all.Any(entry => goes(entry.Key, entry.Value)))
            return;
        map.Clear();
        foreach (var (name, value) in all)
        {
            if (!goes(name, value))
                map[name] = value;
        }
    }
}
