// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>
/// Reads the fields of one mapping. Whatever is wrong becomes a problem and a default takes its place, so that one
/// reading finds everything; <see cref="End"/> reports the fields that nobody asked for.
/// </summary>
internal sealed class FieldReader(YamlMapping map, string path, DecodeScope scope)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public SourceLocation At => map.At;

    public DecodeScope Scope => scope;

    public string PathOf(string field) => path.Length == 0 ? field : $"{path}.{field}";

    public bool Has(string field) => Find(field) is not null;

    /// <summary>Where a field stands; the mapping when it does not.</summary>
    public SourceLocation Place(string field) => map.Find(field)?.At ?? map.At;

    public string Text(string field, string missing = "") =>
        Find(field) switch
        {
            null => missing,
            YamlScalar { IsNull: false } scalar => scalar.Value,
            var other => Wrong(other, field, "a text", missing),
        };

    public string RequiredText(string field)
    {
        var text = Text(field);
        if (text.Length == 0)
            scope.Add(ProblemCatalogue.Missing(map.At, scope.Subject, PathOf(field)));
        return text;
    }

    public int? Number(string field, int min, int max)
    {
        var node = Find(field);
        if (node is null)
            return null;
        if (
            node is not YamlScalar scalar
            || !long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        )
            return Wrong<int?>(node, field, "a whole number", null);
        if (value >= min && value <= max)
            return (int)value;
        var range = max == int.MaxValue ? $"at least {min}" : $"from {min} to {max}";
        scope.Add(
            ProblemCatalogue.OutOfRange(
                node.At,
                scope.Subject,
                PathOf(field),
                $"{value} must be {range}",
                $"write a number {range}"
            )
        );
        return null;
    }

    /// <summary>A TCP port; 0 when the field is not there.</summary>
    public int Port(string field) => Number(field, 1, 65535) ?? 0;

    public bool Flag(string field) =>
        Find(field) switch
        {
            null => false,
            YamlScalar { Value: "true" } => true,
            YamlScalar { Value: "false" } => false,
            var other => Wrong(other, field, "true or false", false),
        };

    /// <summary>A duration as Kubernetes and Go write it: <c>1.5s</c>, <c>250ms</c>, <c>1h30m</c>; at least 1 ms.</summary>
    public TimeSpan? Duration(string field)
    {
        var node = Find(field);
        if (node is null)
            return null;
        if (node is not YamlScalar scalar || !DurationText.TryParse(scalar.Value, out var value))
            return Wrong<TimeSpan?>(node, field, "a duration such as 1.5s, 250ms or 1h30m", null);
        if (value >= TimeSpan.FromMilliseconds(1))
            return value;
        scope.Add(
            ProblemCatalogue.OutOfRange(
                node.At,
                scope.Subject,
                PathOf(field),
                $"{scalar.Value} is shorter than 1ms",
                "write 1ms or more"
            )
        );
        return null;
    }

    /// <summary>One of several words.</summary>
    public T Choice<T>(string field, T missing, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var node = Find(field);
        if (node is null)
            return missing;
        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (node is YamlScalar scalar && scalar.Value == word)
                return value;
            words.Add(word);
        }
        return Wrong(node, field, $"one of {string.Join(", ", words)}", missing);
    }

    public IReadOnlyList<string> Texts(string field, IReadOnlyList<string>? missing = null)
    {
        var node = Find(field);
        if (node is null)
            return missing ?? [];
        if (node is not YamlSequence list)
            return Wrong(node, field, "a list of texts", missing ?? []);
        var texts = new List<string>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is YamlScalar { IsNull: false } scalar)
                texts.Add(scalar.Value);
            else
                Wrong(list.Items[i], $"{field}[{i}]", "a text", "");
        }
        return texts;
    }

    public IReadOnlyDictionary<string, string> Map(string field)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, node) in Entries(field))
        {
            if (node is YamlScalar { IsNull: false } scalar)
                values[key] = scalar.Value;
            else
                Wrong(node, $"{field}.{key}", "a text", "");
        }
        return values;
    }

    /// <summary>The entries of a mapping, in their order; none when it is not there.</summary>
    public IReadOnlyList<(string Key, YamlNode Value)> Entries(string field)
    {
        var node = Find(field);
        if (node is null)
            return [];
        return node is YamlMapping mapping
            ? mapping.Entries.Select(static entry => (entry.Key.Value, entry.Value)).ToList()
            : Wrong<IReadOnlyList<(string, YamlNode)>>(node, field, "a mapping", []);
    }

    public T? Object<T>(string field, Func<FieldReader, T> read)
        where T : class
    {
        var node = Find(field);
        return node is null ? null : Read(node, field, read);
    }

    public IReadOnlyList<T> List<T>(string field, Func<FieldReader, T> read)
        where T : class
    {
        var node = Find(field);
        if (node is null)
            return [];
        if (node is not YamlSequence list)
            return Wrong<IReadOnlyList<T>>(node, field, "a list", []);
        var items = new List<T>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (Read(list.Items[i], $"{field}[{i}]", read) is { } item)
                items.Add(item);
        }
        return items;
    }

    /// <summary>Reads a nested mapping and its end.</summary>
    public T? Read<T>(YamlNode node, string field, Func<FieldReader, T> read)
        where T : class
    {
        if (node is not YamlMapping mapping)
            return Wrong<T?>(node, field, "a mapping", null);
        var reader = new FieldReader(mapping, PathOf(field), scope);
        var value = read(reader);
        reader.End();
        return value;
    }

    /// <summary>Fields that Istio has and this version only accepts.</summary>
    public void NotInForce(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (Find(field) is { } node)
                scope.Add(ProblemCatalogue.FieldNotInForce(node.At, scope.Subject, PathOf(field)));
        }
    }

    public void Bad(string field, string what, string fix) =>
        scope.Add(ProblemCatalogue.BadValue(Place(field), scope.Subject, PathOf(field), what, fix));

    public void Missing(string field) => scope.Add(ProblemCatalogue.Missing(map.At, scope.Subject, PathOf(field)));

    public void Exclusive(string field, string what, string fix) =>
        scope.Add(ProblemCatalogue.Exclusive(Place(field), scope.Subject, PathOf(field), what, fix));

    /// <summary>Reports fields that nobody asked for.</summary>
    public void End()
    {
        foreach (var entry in map.Entries)
        {
            var name = entry.Key.Value;
            if (_known.Contains(name))
                continue;
            var meant = Spelling.Closest(name, _known.Where(field => map.Find(field) is null));
            if (meant is not null)
                scope.Explain(PathOf(meant));
            scope.Add(ProblemCatalogue.UnknownField(entry.Key.At, scope.Subject, PathOf(name), meant));
        }
    }

    private YamlNode? Find(string field)
    {
        _known.Add(field);
        var node = map.Find(field);
        return node is YamlScalar { IsNull: true } ? null : node;
    }

    private T Wrong<T>(YamlNode node, string field, string expected, T instead)
    {
        var found = node switch
        {
            YamlScalar scalar => $"\"{scalar.Value}\"",
            YamlSequence => "a list",
            _ => "a mapping",
        };
        scope.Add(ProblemCatalogue.WrongType(node.At, scope.Subject, PathOf(field), expected, found));
        return instead;
    }
}
