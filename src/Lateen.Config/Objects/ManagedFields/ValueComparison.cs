// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>What differs between two values, field by field.</summary>
internal sealed class ValueComparison
{
    private readonly List<string> _path = [];

    private ValueComparison() { }

    /// <summary>Fields that only the second value has.</summary>
    public FieldSet Added { get; } = new();

    /// <summary>Fields with another value.</summary>
    public FieldSet Modified { get; } = new();

    /// <summary>Fields that only the first value has.</summary>
    public FieldSet Removed { get; } = new();

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    public static ValueComparison Of(JsonNode? before, JsonNode? after, ObjectShape shape)
    {
        var comparison = new ValueComparison();
        comparison.Walk(new Place(true, before), new Place(true, after), shape);
        return comparison;
    }

    private void Walk(Place before, Place after, ObjectShape shape)
    {
        if (!TryDescend(before, after, shape))
        {
            if (before.IsThere && after.IsThere && !JsonNode.DeepEquals(before.Value, after.Value))
                Modified.Insert(_path);
        }
        if (!before.IsThere)
            Added.Insert(_path);
        if (!after.IsThere)
            Removed.Insert(_path);
    }

    /// <summary>False for values that are compared as a whole, and for two that are both empty.</summary>
    private bool TryDescend(Place before, Place after, ObjectShape shape)
    {
        var first = Elements(before, shape);
        var second = Elements(after, shape);
        if (first is null || second is null || first.Count + second.Count == 0)
            return false;
        var others = second.ToDictionary(static element => element.Name, StringComparer.Ordinal);
        foreach (var element in first)
        {
            var other = others.Remove(element.Name, out var found) ? new Place(true, found.Value) : default;
            WalkElement(element, new Place(true, element.Value), other);
        }
        foreach (var element in second)
        {
            if (others.ContainsKey(element.Name))
                WalkElement(element, default, new Place(true, element.Value));
        }
        return true;
    }

    private void WalkElement(ValueElement element, Place before, Place after)
    {
        _path.Add(element.Name);
        Walk(before, after, element.Shape);
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>What is not there, or null, has no elements.</summary>
    private static IReadOnlyList<ValueElement>? Elements(Place place, ObjectShape shape) =>
        place.Value is null ? [] : ValueElements.Of(place.Value, shape);

    private readonly record struct Place(bool IsThere, JsonNode? Value);
}
