// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Shapes;

/// <summary>The items of sets and keyed lists, by what tells them apart.</summary>
internal static class ListItems
{
    /// <summary>
    /// Names of the items in order, as ownership records write them: <c>k:{"name":"http"}</c>, <c>v:"finalizer"</c>. Null where an item
    /// has none or two have the same, so that the list can only be taken as a whole; the problem says which.
    /// </summary>
    public static IReadOnlyList<string>? NamesOf(JsonArray list, ObjectShape shape, out string problem)
    {
        var names = new List<string>(list.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        problem = "";
        foreach (var item in list)
        {
            if (NameOf(item, shape) is not { } name)
            {
                problem = shape is KeyedListShape keyed
                    ? $"an item lacks {string.Join(" or ", keyed.Keys)}"
                    : "an item is no plain value";
                return null;
            }
            if (!seen.Add(name))
            {
                problem = $"the item {PathText.OfElement(name)} is there twice";
                return null;
            }
            names.Add(name);
        }
        return names;
    }

    /// <summary>Null when the item lacks what it would be named by.</summary>
    public static string? NameOf(JsonNode? item, ObjectShape shape)
    {
        if (shape is not KeyedListShape keyed)
            return item is JsonValue scalar ? $"v:{JsonCanon.Of(scalar)}" : null;
        if (item is not JsonObject map)
            return null;
        var key = new JsonObject();
        foreach (var field in keyed.Keys.Order(StringComparer.Ordinal))
        {
            if (map[field] is JsonValue value)
                key[field] = value.DeepClone();
            else if (map[field] is null && keyed.Defaults.TryGetValue(field, out var standard))
                key[field] = standard;
            else
                return null;
        }
        return $"k:{JsonCanon.Of(key)}";
    }
}
