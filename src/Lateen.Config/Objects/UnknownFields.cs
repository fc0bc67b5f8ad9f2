// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Config.Schemas;

namespace Lateen.Config.Objects;

/// <summary>A field that no schema knows.</summary>
/// <param name="Meant">What it may have been meant to be.</param>
public readonly record struct UnknownField(string Path, string? Meant);

/// <summary>Takes fields out of objects that their kind does not have, as Kubernetes prunes custom resources.</summary>
public static class UnknownFields
{
    /// <summary>So many are told by name.</summary>
    private const int MaxTold = 20;

    private static readonly string[] s_envelope = ["apiVersion", "kind", "metadata", "status"];

    /// <summary>Removes them, and tells the first of them.</summary>
    public static IReadOnlyList<UnknownField> Prune(KindSchema kind, JsonObject item)
    {
        var found = new List<UnknownField>();
        if (item["metadata"] is JsonObject metadata)
            Prune(SchemaBuilder.Of(typeof(ResourceMetadata)), metadata, FieldPath.Root["metadata"], found);
        if (!kind.IsWhole)
        {
            if (item["spec"] is { } spec)
                Prune(kind.Content, spec, FieldPath.Root["spec"], found);
            Remove(item, ["spec", .. s_envelope], FieldPath.Root, found);
            return found;
        }
        Remove(item, [.. kind.Content.Fields.Select(static field => field.Name), .. s_envelope], FieldPath.Root, found);
        foreach (var field in kind.Content.Fields)
        {
            if (item[field.Name] is { } value)
                Prune(field.Value, value, FieldPath.Root[field.Name], found);
        }
        return found;
    }

    private static void Prune(ValueSchema schema, JsonNode? value, FieldPath path, List<UnknownField> found)
    {
        switch (schema, value)
        {
            case (ObjectSchema content, JsonObject map):
                Remove(map, content, path, found);
                foreach (var (name, inner) in map)
                {
                    if (content.Find(name) is { } field)
                        Prune(field.Value, inner, path[name], found);
                }
                break;
            case (ListSchema list, JsonArray items):
                for (var i = 0; i < items.Count; i++)
                    Prune(list.Item, items[i], path[i], found);
                break;
            case (MapSchema map, JsonObject entries):
                foreach (var (name, inner) in entries)
                    Prune(map.Value, inner, path[name], found);
                break;
        }
    }

    private static void Remove(JsonObject map, ObjectSchema content, FieldPath path, List<UnknownField> found)
    {
        if (content.IsOpen || map.All(entry => content.Find(entry.Key) is not null))
            return;
        Remove(map, [.. content.Fields.Select(static field => field.Name)], path, found);
    }

    private static void Remove(
        JsonObject map,
        IReadOnlyCollection<string> known,
        FieldPath path,
        List<UnknownField> found
    )
    {
        // Taken out and put back in one go: removing one by one would take the square of their number.
        var names = known.ToHashSet(StringComparer.Ordinal);
        var entries = map.ToArray();
        if (entries.All(entry => names.Contains(entry.Key)))
            return;
        map.Clear();
        foreach (var (name, value) in entries)
        {
            if (names.Contains(name))
                map[name] = value;
            else if (found.Count < MaxTold)
                found.Add(new UnknownField(path[name].ToString(), Meant(name, names, entries)));
        }
    }

    private static string? Meant(string name, HashSet<string> known, KeyValuePair<string, JsonNode?>[] present)
    {
        var there = present.Select(static entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        return Spelling.Closest(name, known.Where(candidate => !there.Contains(candidate)));
    }
}
