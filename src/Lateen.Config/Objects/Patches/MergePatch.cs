// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Patches;

/// <summary>A document that says what changes: members replace members, null removes one, lists are replaced whole (RFC 7386).</summary>
public static class MergePatch
{
    /// <summary>The changed document; neither argument is touched.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = new JsonObject();
        // Built anew, since removing members one by one would take the square of their number.
        foreach (var (name, value) in target as JsonObject ?? [])
        {
            if (!changes.TryGetPropertyValue(name, out var change))
                result[name] = value?.DeepClone();
            else if (change is not null)
                result[name] = Apply(value, change);
        }
        foreach (var (name, change) in changes)
        {
            if (change is not null && !result.ContainsKey(name))
                result[name] = Apply(null, change);
        }
        return result;
    }

    /// <summary>The shortest patch that makes one object of another; an empty one when they are the same.</summary>
    public static JsonObject Between(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in from)
        {
            if (!to.TryGetPropertyValue(name, out var wanted) || wanted is null)
                patch[name] = null;
            else if (value is JsonObject map && wanted is JsonObject wantedMap)
            {
                if (Between(map, wantedMap) is { Count: > 0 } inner)
                    patch[name] = inner;
            }
            else if (!JsonNode.DeepEquals(value, wanted))
                patch[name] = wanted.DeepClone();
        }
        foreach (var (name, wanted) in to)
        {
            if (wanted is not null && !from.ContainsKey(name))
                patch[name] = wanted.DeepClone();
        }
        return patch;
    }
}
