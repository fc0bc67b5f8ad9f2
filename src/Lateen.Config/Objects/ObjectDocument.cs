// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Objects;

/// <summary>An object as it stands in a file, and where.</summary>
public sealed class ObjectDocument
{
    private readonly YamlMapping _root;

    private ObjectDocument(YamlMapping root, JsonObject value)
    {
        _root = root;
        Value = value;
    }

    public JsonObject Value { get; }

    /// <summary>Where it begins.</summary>
    public SourceLocation At => _root.At;

    /// <summary>The objects of a text: of each document, and of each item where a document is a list.</summary>
    /// <param name="source">File that messages name.</param>
    /// <param name="problems">Takes what keeps a document from being an object: all of it, with places.</param>
    public static IReadOnlyList<ObjectDocument> ReadAll(string source, string text, ICollection<Problem> problems)
    {
        var found = new List<ObjectDocument>();
        var documents = YamlReader.Read(source, text, out var broken);
        foreach (var document in documents)
            Add(document, found, problems);
        if (broken is not null)
            problems.Add(broken);
        return found;
    }

    /// <summary>Where a field stands, or the closest thing around it that is there.</summary>
    /// <param name="field"><c>spec.http[0].route</c>, as problems name it.</param>
    public SourceLocation PlaceOf(string field)
    {
        YamlNode at = _root;
        foreach (var step in field.Split('.', '['))
        {
            var next = at switch
            {
                YamlMapping map => map.Find(step.TrimEnd(']')),
                YamlSequence list
                    when int.TryParse(step.TrimEnd(']'), CultureInfo.InvariantCulture, out var index)
                        && (uint)index < (uint)list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
                break;
            at = next;
        }
        return at.At;
    }

    private static void Add(YamlNode document, List<ObjectDocument> found, ICollection<Problem> problems)
    {
        if (document is not YamlMapping map)
        {
            problems.Add(ProblemCatalogue.NotAResource(document.At, "the document is no mapping"));
            return;
        }
        if (
            map.Find("kind") is YamlScalar { Value: var kind }
            && kind.EndsWith("List", StringComparison.Ordinal)
            && map.Find("items") is YamlSequence items
        )
        {
            foreach (var item in items.Items)
                Add(item, found, problems);
            return;
        }
        TellDuplicates(map, "", problems);
        if (YamlJson.ToJson(map) is JsonObject value)
            found.Add(new ObjectDocument(map, value));
    }

    private static void TellDuplicates(YamlNode node, string subject, ICollection<Problem> problems)
    {
        switch (node)
        {
            case YamlMapping map:
                foreach (var key in map.Duplicates)
                    problems.Add(ProblemCatalogue.DuplicateKey(key.At, subject, key.Value));
                foreach (var entry in map.Entries)
                    TellDuplicates(entry.Value, subject, problems);
                break;
            case YamlSequence list:
                foreach (var item in list.Items)
                    TellDuplicates(item, subject, problems);
                break;
        }
    }
}
