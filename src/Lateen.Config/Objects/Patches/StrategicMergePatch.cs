// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.Patches;

/// <summary>
/// Kubernetes' own patch for its core kinds: as a merge patch, but lists whose items have a key are merged item by item. Directives in
/// the patch say what such a merge cannot: <c>$patch</c>, <c>$retainKeys</c>, <c>$deleteFromPrimitiveList</c>, <c>$setElementOrder</c>.
/// </summary>
public static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    /// <summary>The changed object; neither argument is touched.</summary>
    /// <param name="problem">What is wrong with the patch; empty when it could be applied.</param>
    public static JsonObject Apply(JsonObject target, JsonObject patch, ObjectShape shape, out string problem)
    {
        try
        {
            problem = "";
            return Merge(target.DeepClone().AsObject(), patch, shape);
        }
        catch (PatchException failure)
        {
            problem = failure.Message;
            return target;
        }
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch, ObjectShape shape)
    {
        switch (DirectiveOf(patch))
        {
            case "replace":
                return Clean(patch);
            case "delete":
                return [];
        }
        Retain(target, patch);
        foreach (var (name, change) in patch)
        {
            if (name.StartsWith(DeletePrefix, StringComparison.Ordinal))
                DeleteFrom(target, name, name[DeletePrefix.Length..], change);
            else if (name is Directive or RetainKeys || name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                continue;
            else if (change is null)
                target.Remove(name);
            else
                target[name] = MergeValue(target, name, change, Below(shape, name));
        }
        foreach (var (name, order) in patch)
        {
            if (name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                Order(target, name, order, Below(shape, name[OrderPrefix.Length..]));
        }
        return target;
    }

    private static JsonNode MergeValue(JsonObject target, string name, JsonNode change, ObjectShape shape)
    {
        var current = target[name];
        target.Remove(name);
        return (current, change, shape) switch
        {
            (_, JsonObject map, _) => Merge(current as JsonObject ?? [], map, shape),
            (JsonArray list, JsonArray items, KeyedListShape keyed) => MergeItems(list, items, keyed),
            (null, JsonArray items, KeyedListShape keyed) => MergeItems([], items, keyed),
            (JsonArray list, JsonArray items, SetShape) => Union(list, items),
            _ => change.DeepClone(),
        };
    }

    private static JsonArray MergeItems(JsonArray list, JsonArray items, KeyedListShape shape)
    {
        var key = shape.Keys[0];
        var isReplaced = items.Any(static item => item is JsonObject map && DirectiveOf(map) == "replace");
        var merged = isReplaced ? [] : list.Select(static item => item?.DeepClone()).ToList();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < merged.Count; i++)
            places.TryAdd(KeyOf(merged[i], key) ?? "", i);
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is not JsonObject change)
                throw new PatchException($"items of a list that is merged by {key} must be objects");
            var directive = DirectiveOf(change);
            if (directive == "replace")
                continue;
            var name =
                KeyOf(change, key)
                ?? throw new PatchException($"an item of a list that is merged by {key} has no {key}");
            if (directive == "delete")
                gone.Add(name);
            else if (places.TryGetValue(name, out var at))
                merged[at] = Merge(merged[at]!.AsObject(), change, shape.Item);
            else
            {
                places[name] = merged.Count;
                merged.Add(Merge([], change, shape.Item));
            }
        }
        return [.. merged.Where(item => KeyOf(item, key) is not { } name || !gone.Contains(name))];
    }

    private static string? KeyOf(JsonNode? item, string key) =>
        item is JsonObject map && map[key] is JsonValue value ? JsonCanon.Of(value) : null;

    private static JsonArray Union(JsonArray list, JsonArray items)
    {
        var known = list.Select(JsonCanon.Of).ToHashSet(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (known.Add(JsonCanon.Of(item)))
                list.Add(item?.DeepClone());
        }
        return list;
    }

    /// <summary>Fields that the directive does not name are removed.</summary>
    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var names))
            return;
        var kept = Texts(names, RetainKeys).ToHashSet(StringComparer.Ordinal);
        var rest = target.Where(entry => kept.Contains(entry.Key)).ToArray();
        target.Clear();
        foreach (var (name, value) in rest)
            target[name] = value;
    }

    private static void DeleteFrom(JsonObject target, string directive, string name, JsonNode? values)
    {
        if (values is not JsonArray listed)
            throw new PatchException($"{directive} must be a list");
        if (target[name] is not JsonArray list)
            return;
        var gone = listed.Select(JsonCanon.Of).ToHashSet(StringComparer.Ordinal);
        target[name] = new JsonArray([
            .. list.Where(item => !gone.Contains(JsonCanon.Of(item))).Select(static item => item?.DeepClone()),
        ]);
    }

    /// <summary>Items that the patch knows stand in its order; the others keep their place before the one that followed them.</summary>
    private static void Order(JsonObject target, string directive, JsonNode? order, ObjectShape shape)
    {
        if (order is not JsonArray wanted)
            throw new PatchException($"{directive} must be a list");
        var name = directive[OrderPrefix.Length..];
        if (target[name] is not JsonArray list || shape is not (KeyedListShape or SetShape))
            return;
        var key = (shape as KeyedListShape)?.Keys[0];
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in wanted)
            ranks.TryAdd(NameOf(item, key), ranks.Count);
        var items = list.Select(
            (item, at) => new Placed(at, ranks.GetValueOrDefault(NameOf(item, key), -1), item?.DeepClone())
        );
        var split = items.ToLookup(static item => item.Rank >= 0);
        target[name] = Interleave([.. split[true].OrderBy(static item => item.Rank)], [.. split[false]]);
    }

    private static JsonArray Interleave(Placed[] known, Placed[] others)
    {
        var result = new JsonArray();
        int i = 0,
            j = 0;
        while (i < known.Length || j < others.Length)
        {
            var takeKnown = j == others.Length || (i < known.Length && known[i].At < others[j].At);
            result.Add((takeKnown ? known[i++] : others[j++]).Item);
        }
        return result;
    }

    private static string NameOf(JsonNode? item, string? key) =>
        key is null ? JsonCanon.Of(item) : KeyOf(item, key) ?? "";

    private static ObjectShape Below(ObjectShape shape, string name) =>
        shape switch
        {
            FieldsShape fields => fields.Find(name) ?? LooseShape.Instance,
            EntriesShape entries => entries.Value,
            _ => LooseShape.Instance,
        };

    private static string? DirectiveOf(JsonObject map)
    {
        if (!map.TryGetPropertyValue(Directive, out var node))
            return null;
        return
            node is JsonValue value
            && value.GetValueKind() == JsonValueKind.String
            && value.GetValue<string>() is "replace" or "delete" or "merge"
            ? value.GetValue<string>()
            : throw new PatchException($"{Directive} must be one of replace, delete and merge");
    }

    private static IEnumerable<string> Texts(JsonNode? node, string directive) =>
        node is JsonArray list && list.All(static item => item?.GetValueKind() == JsonValueKind.String)
            ? list.Select(static item => item!.GetValue<string>())
            : throw new PatchException($"{directive} must be a list of texts");

    private static JsonObject Clean(JsonObject patch)
    {
        var copy = patch.DeepClone().AsObject();
        copy.Remove(Directive);
        return copy;
    }

    /// <param name="At">Where it stood.</param>
    /// <param name="Rank">Where the patch wants it; -1 where it says nothing.</param>
    private readonly record struct Placed(int At, int Rank, JsonNode? Item);

    private sealed class PatchException(string message) : Exception(message);
}
