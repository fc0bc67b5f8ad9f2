// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;

namespace Lateen.Config.Decoding;

/// <summary>
/// Mappings → records, by their schema. Whatever is wrong becomes a problem and a default takes its place, so that one reading finds
/// everything.
/// </summary>
/// <param name="isProtobuf">
/// As protobuf reads JSON: names may have underscores (<c>trust_domain</c>), and what nobody knows is passed over with a warning.
/// </param>
internal sealed class ObjectReader(DecodeScope scope, bool isProtobuf = false)
{
    /// <summary>The record; null when the node is no mapping.</summary>
    public object? Read(ObjectSchema schema, YamlNode node, FieldPath path)
    {
        if (node is not YamlMapping map)
            return Wrong(schema, node, path);
        if (isProtobuf)
            map = ProtobufNames.Resolve(schema, map);
        var record = schema.Create();
        foreach (var entry in map.Entries)
        {
            if (schema.Find(entry.Key.Value) is { } field)
                ReadField(record, field, entry.Value, path[field.Name]);
            else if (!schema.IsOpen)
                Unknown(schema, map, entry.Key, path);
        }
        CheckPresence(schema, map, record, path);
        return record;
    }

    private void ReadField(object record, FieldSchema field, YamlNode node, FieldPath path)
    {
        if (node is YamlScalar { IsNull: true })
            return;
        if (ReadValue(field.Value, node, path) is { } value)
            field.Set(record, value);
        if (field.IsNotInForce)
            scope.Add(ProblemCatalogue.FieldNotInForce(node.At, scope.Subject, path.ToString()));
        if (field.Deprecated is { } instead)
            scope.Add(ProblemCatalogue.FieldDeprecated(node.At, scope.Subject, path.ToString(), instead));
    }

    /// <summary>Null when the node is not what the schema asks for.</summary>
    private object? ReadValue(ValueSchema schema, YamlNode node, FieldPath path) =>
        (schema, node) switch
        {
            (ObjectSchema content, _) => Read(content, node, path),
            (ListSchema list, YamlSequence items) => ReadList(list, items, path),
            (MapSchema map, YamlMapping entries) => ReadMap(map, entries, path),
            (AnySchema { IsMapping: true }, not YamlMapping) => Wrong(schema, node, path),
            (AnySchema, _) => YamlJson.ToJson(node),
            (NumberSchema number, YamlScalar scalar) => ReadNumber(number, scalar, path),
            (DurationSchema duration, YamlScalar scalar) => ReadDuration(duration, scalar, path),
            (not ListSchema and not MapSchema, YamlScalar scalar) => ScalarReader.TryRead(schema, scalar)
                ?? Wrong(schema, node, path),
            _ => Wrong(schema, node, path),
        };

    private object ReadList(ListSchema list, YamlSequence sequence, FieldPath path)
    {
        var items = new List<object?>(sequence.Items.Count);
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (ReadValue(list.Item, sequence.Items[i], path[i]) is { } item)
                items.Add(item);
        }
        return list.Create(items);
    }

    private object ReadMap(MapSchema map, YamlMapping mapping, FieldPath path)
    {
        var entries = new List<KeyValuePair<string, object?>>(mapping.Entries.Count);
        foreach (var (key, node) in mapping.Entries)
        {
            // A condition without anything in it, as "x-debug:", asks that the thing is there.
            var value =
                node is YamlScalar { IsNull: true } && map.Value is ObjectSchema empty
                    ? empty.Create()
                    : ReadValue(map.Value, node, path[key.Value]);
            if (value is not null)
                entries.Add(new(key.Value, value));
        }
        return map.Create(entries);
    }

    private object? ReadNumber(NumberSchema schema, YamlScalar scalar, FieldPath path)
    {
        if (ScalarReader.TryRead(schema, scalar) is not { } read)
            return Wrong(schema, scalar, path);
        var number = Convert.ToDouble(read, null);
        if (number >= schema.Min && number <= schema.Max)
            return Convert.ChangeType(read, schema.ClrType, null);
        var range =
            schema.Max is uint.MaxValue || !schema.HasGreatest
                ? $"at least {schema.Min}"
                : $"from {schema.Min} to {schema.Max}";
        OutOfRange(scalar, path, $"{scalar.Value} must be {range}", $"write a number {range}");
        return null;
    }

    private object? ReadDuration(DurationSchema schema, YamlScalar scalar, FieldPath path)
    {
        if (ScalarReader.TryRead(schema, scalar) is not TimeSpan duration)
            return Wrong(schema, scalar, path);
        if (duration == TimeSpan.Zero && schema.AdmitsZero)
            return duration;
        if (duration < TimeSpan.FromMilliseconds(1))
            OutOfRange(scalar, path, $"{scalar.Value} is shorter than 1ms", "write 1ms or more");
        else if (duration.Ticks % TimeSpan.TicksPerMillisecond != 0)
            OutOfRange(scalar, path, $"{scalar.Value} is finer than 1ms", "write whole milliseconds");
        else
            return duration;
        return null;
    }

    private void OutOfRange(YamlScalar scalar, FieldPath path, string what, string fix) =>
        scope.Add(ProblemCatalogue.OutOfRange(scalar.At, scope.Subject, path.ToString(), what, fix));

    private static bool HasNoGreatest(NumberSchema schema) =>
        schema.Max is int.MaxValue or uint.MaxValue or >= long.MaxValue;

    private void Unknown(ObjectSchema schema, YamlMapping map, YamlScalar key, FieldPath path)
    {
        var absent = schema.Fields.Where(field => map.Find(field.Name) is null).Select(static field => field.Name);
        var meant = Spelling.Closest(key.Value, absent);
        if (meant is not null && !isProtobuf)
            scope.Explain(path[meant].ToString());
        var name = path[key.Value].ToString();
        scope.Add(
            isProtobuf
                ? ProblemCatalogue.IgnoredField(key.At, scope.Subject, name, meant)
                : ProblemCatalogue.UnknownField(key.At, scope.Subject, name, meant)
        );
    }

    private void CheckPresence(ObjectSchema schema, YamlMapping map, object record, FieldPath path)
    {
        foreach (var field in schema.Fields)
        {
            if (field.IsRequired && (!IsPresent(map, field) || (!field.MayBeEmpty && IsEmpty(field.Get(record)))))
                scope.Add(ProblemCatalogue.Missing(map.At, scope.Subject, path[field.Name].ToString()));
        }
        foreach (var group in schema.OneOfs)
            CheckOneOf(group, map, path);
    }

    private void CheckOneOf(OneOfGroup group, YamlMapping map, FieldPath path)
    {
        FieldSchema? first = null;
        var count = 0;
        foreach (var field in group.Fields)
        {
            if (!IsPresent(map, field))
                continue;
            first ??= field;
            count++;
        }
        if (count == 1 || (count == 0 && !group.IsRequired))
            return;
        var names = string.Join(", ", group.Fields.Select(static field => field.Name));
        var what = count == 0 ? $"must be one of {names}" : $"must be only one of {names}";
        var told = first ?? group.Fields[0];
        var at = map.Find(told.Name)?.At ?? map.At;
        scope.Add(ProblemCatalogue.Exclusive(at, scope.Subject, path[told.Name].ToString(), what, "keep one of them"));
    }

    private static bool IsPresent(YamlMapping map, FieldSchema field) =>
        map.Find(field.Name) is not null and not YamlScalar { IsNull: true };

    private static bool IsEmpty(object? value) => value is null or string { Length: 0 } or ICollection { Count: 0 };

    private object? Wrong(ValueSchema schema, YamlNode node, FieldPath path)
    {
        // A text that YAML takes for something else needs quotes, and nothing but that.
        var isUnquoted = schema is TextSchema && node is YamlScalar { LooksLikeText: false };
        var found = node switch
        {
            YamlScalar scalar when isUnquoted => scalar.Value,
            YamlScalar scalar => $"\"{scalar.Value}\"",
            YamlSequence => "a list",
            _ => "a mapping",
        };
        scope.Add(
            ProblemCatalogue.WrongType(
                node.At,
                scope.Subject,
                path.ToString(),
                isUnquoted ? "a text in quotes" : ScalarReader.Expected(schema),
                found
            )
        );
        return null;
    }
}
