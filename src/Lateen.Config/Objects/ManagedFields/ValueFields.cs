// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>Which fields a value has: what whoever writes all of it comes to own.</summary>
internal static class ValueFields
{
    public static FieldSet Of(JsonNode? value, ObjectShape shape)
    {
        var set = new FieldSet();
        Add(value, shape, [], set);
        return set;
    }

    /// <summary>The named fields above every path of a set, added to it; entries of maps and items of lists are not.</summary>
    public static FieldSet WithNamedAncestors(FieldSet set, ObjectShape shape)
    {
        var result = new FieldSet();
        if (set.IsMember)
            result.SetMember();
        foreach (var (element, below) in set.Below)
        {
            var inner = WithNamedAncestors(below, ValueElements.ShapeOf(shape, element));
            if (shape is FieldsShape fields && fields.Find(element[2..]) is not null)
                inner.SetMember();
            result.Add(element, inner);
        }
        return result;
    }

    private static void Add(JsonNode? value, ObjectShape shape, List<string> path, FieldSet set)
    {
        if (ValueElements.Of(value, shape) is not { } elements)
        {
            set.Insert(path);
            return;
        }
        foreach (var (element, below, inner) in elements)
        {
            path.Add(element);
            Add(below, inner, path, set);
            // Structs are made of their fields; entries and items are there of themselves, and so is what is empty.
            if (shape is not FieldsShape || below is null or JsonObject { Count: 0 })
                set.Insert(path);
            path.RemoveAt(path.Count - 1);
        }
    }
}
