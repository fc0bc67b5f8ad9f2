// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>
/// Field sets as JSON: each element is a member, with what is below it; a dot says that an element which has something below it is in
/// the set itself.
/// </summary>
public static class FieldsV1
{
    private const string Self = ".";

    public static JsonObject Write(FieldSet set)
    {
        var json = new JsonObject();
        foreach (var (element, below) in set.Below)
        {
            var inner = Write(below);
            if (below.IsMember && inner.Count > 0)
                inner.Insert(0, Self, new JsonObject());
            json[element] = inner;
        }
        return json;
    }

    /// <summary>Null when it is none.</summary>
    public static FieldSet? Read(JsonNode? node) => node is JsonObject map ? Read(map, isRoot: true) : null;

    private static FieldSet? Read(JsonObject map, bool isRoot)
    {
        var set = new FieldSet();
        foreach (var (element, value) in map)
        {
            if (value is not JsonObject inner)
                return null;
            if (element == Self)
            {
                set.SetMember();
                continue;
            }
            if (element.Length < 2 || element[1] != ':' || Read(inner, isRoot: false) is not { } below)
                return null;
            set.Add(element, below);
        }
        if (map.Count == 0 && !isRoot)
            set.SetMember();
        return set;
    }
}
