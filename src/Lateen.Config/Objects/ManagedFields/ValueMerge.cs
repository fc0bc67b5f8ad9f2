// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>Puts values together and takes fields out of them, as their shape has it. Arguments are never touched.</summary>
internal static class ValueMerge
{
    /// <summary>The value with everything that the other one says.</summary>
    public static JsonNode? Merge(JsonNode? value, JsonNode? other, ObjectShape shape)
    {
        if (ValueElements.Of(value, shape) is not { } first || ValueElements.Of(other, shape) is not { } second)
            return other?.DeepClone();
        return value is JsonObject ? MergeEntries(first, second) : MergeItems(first, second);
    }

    /// <summary>The value without the fields; what is below a field goes with it.</summary>
    public static JsonNode? Remove(JsonNode? value, FieldSet fields, ObjectShape shape)
    {
        if (fields.IsEmpty || ValueElements.Of(value, shape) is not { } elements)
            return value?.DeepClone();
        var kept = elements
            .Where(element => !fields.At(element.Name).IsMember)
            .Select(element => (element.Name, Value: Remove(element.Value, fields.At(element.Name), element.Shape)));
        return value is JsonObject
            ? new JsonObject(kept.Select(static entry => KeyValuePair.Create(entry.Name[2..], entry.Value)))
            : new JsonArray([.. kept.Select(static entry => entry.Value)]);
    }

    private static JsonObject MergeEntries(IReadOnlyList<ValueElement> first, IReadOnlyList<ValueElement> second)
    {
        var result = new JsonObject();
        foreach (var element in first)
            result[element.Name[2..]] = element.Value?.DeepClone();
        foreach (var element in second)
        {
            var name = element.Name[2..];
            result[name] = result.TryGetPropertyValue(name, out var current)
                ? Merge(current, element.Value, element.Shape)
                : element.Value?.DeepClone();
        }
        return result;
    }

    /// <summary>The second value's order holds for its items; the first one's others stay in front of what they stood in front of.</summary>
    private static JsonArray MergeItems(IReadOnlyList<ValueElement> first, IReadOnlyList<ValueElement> second)
    {
        var known = first.ToDictionary(static element => element.Name, StringComparer.Ordinal);
        var wanted = second.Select(static element => element.Name).ToHashSet(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var result = new JsonArray();
        int i = 0,
            j = 0;
        while (i < first.Count || j < second.Count)
        {
            if (i < first.Count && !wanted.Contains(first[i].Name))
                result.Add(first[i++].Value?.DeepClone());
            else if (i < first.Count && (done.Contains(first[i].Name) || j == second.Count))
                i++;
            else
            {
                done.Add(second[j].Name);
                result.Add(Merged(known, second[j++]));
            }
        }
        return result;
    }

    private static JsonNode? Merged(Dictionary<string, ValueElement> known, ValueElement element) =>
        known.TryGetValue(element.Name, out var current)
            ? Merge(current.Value, element.Value, element.Shape)
            : element.Value?.DeepClone();
}
