// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Config.Schemas;

namespace Lateen.Config.Objects.Shapes;

/// <summary>The shapes of kinds, as their schemas have it.</summary>
public static class KindShapes
{
    private static readonly Dictionary<string, string> s_noDefaults = [];
    private static readonly ConcurrentDictionary<KindSchema, ObjectShape> s_kinds = new();
    private static readonly ConcurrentDictionary<Type, FieldsShape> s_records = new();

    /// <summary>Conditions are told apart by their type, whoever writes them; the rest of a status is its writer's.</summary>
    private static readonly FieldsShape s_status = new(static () =>
        [
            new("conditions", new KeyedListShape(LooseShape.Instance, ["type"], s_noDefaults)),
            new("observedGeneration", WholeShape.Instance),
        ]
    );

    /// <summary>An object of the kind, with its metadata.</summary>
    public static ObjectShape Of(KindSchema kind) =>
        s_kinds.GetOrAdd(kind, static kind => new FieldsShape(() => FieldsOf(kind)));

    /// <summary>A part of an object that has a record.</summary>
    public static FieldsShape Of(ObjectSchema schema) =>
        s_records.GetOrAdd(
            schema.Type,
            static (_, schema) =>
                new FieldsShape(() => schema.Fields.Select(static field => KeyValuePair.Create(field.Name, Of(field)))),
            schema
        );

    private static IEnumerable<KeyValuePair<string, ObjectShape>> FieldsOf(KindSchema kind)
    {
        yield return new("apiVersion", WholeShape.Instance);
        yield return new("kind", WholeShape.Instance);
        yield return new("metadata", Of(SchemaBuilder.Of(typeof(ResourceMetadata))));
        yield return new("status", s_status);
        if (!kind.IsWhole)
        {
            yield return new("spec", Of(kind.Content));
            yield break;
        }
        foreach (var field in kind.Content.Fields.Where(static field => field.Name != "status"))
            yield return new(field.Name, Of(field));
    }

    private static ObjectShape Of(FieldSchema field) =>
        (field.Value, field.ListKeys) switch
        {
            (ListSchema, null) when field.IsSet => SetShape.Instance,
            (ListSchema list, { } keys) => new KeyedListShape(Of(list.Item), keys, Defaults(list.Item, keys)),
            _ => Of(field.Value),
        };

    private static ObjectShape Of(ValueSchema value) =>
        value switch
        {
            ObjectSchema record => Of(record),
            MapSchema map => new EntriesShape(Of(map.Value)),
            AnySchema => LooseShape.Instance,
            _ => WholeShape.Instance,
        };

    /// <summary>Records say what their fields are when nobody does.</summary>
    private static Dictionary<string, string> Defaults(ValueSchema item, IReadOnlyList<string> keys)
    {
        if (item is not ObjectSchema schema)
            return s_noDefaults;
        var empty = schema.Create();
        var defaults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (schema.Find(key)?.Get(empty) is string { Length: > 0 } text)
                defaults[key] = text;
        }
        return defaults;
    }
}
