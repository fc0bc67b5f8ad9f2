// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>One element of a value: its name in ownership records, what is there, and how that is put together.</summary>
internal readonly record struct ValueElement(string Name, JsonNode? Value, ObjectShape Shape);

/// <summary>Takes values apart as their shape has it.</summary>
internal static class ValueElements
{
    /// <summary>The elements in order; null for a value that is owned as a whole.</summary>
    public static IReadOnlyList<ValueElement>? Of(JsonNode? value, ObjectShape shape)
    {
        switch (value, shape)
        {
            case (JsonObject map, FieldsShape or EntriesShape or LooseShape):
                return map.Select(entry => new ValueElement(
                        $"f:{entry.Key}",
                        entry.Value,
                        ShapeOf(shape, $"f:{entry.Key}")
                    ))
                    .ToArray();
            case (JsonArray list, KeyedListShape or SetShape):
                var item = (shape as KeyedListShape)?.Item ?? WholeShape.Instance;
                return ListItems
                    .NamesOf(list, shape, out _)
                    ?.Select((name, at) => new ValueElement(name, list[at], item))
                    .ToArray();
            default:
                return null;
        }
    }

    public static ObjectShape ShapeOf(ObjectShape shape, string element) =>
        shape switch
        {
            FieldsShape fields => fields.Find(element[2..]) ?? LooseShape.Instance,
            EntriesShape entries => entries.Value,
            KeyedListShape keyed => keyed.Item,
            LooseShape => shape,
            _ => WholeShape.Instance,
        };
}
