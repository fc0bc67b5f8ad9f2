// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;
using SharpYaml;
using SharpYaml.Events;

namespace Lateen.Config.Yaml;

/// <summary>Reads the documents of a text. What is no YAML at all, or names a key twice, is a problem and ends the reading.</summary>
internal sealed class YamlReader
{
    /// <summary>Deeper than any resource, and a bound for what a hostile text may make us do.</summary>
    private const int MaxDepth = 64;

    private readonly string _source;
    private readonly IParser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlReader(string source, string text)
    {
        _source = source;
        _parser = Parser.CreateParser(new StringReader(text));
    }

    /// <summary>Documents of a text; empty ones are left out.</summary>
    /// <param name="problem">What is wrong with the text; the documents before it are returned.</param>
    public static IReadOnlyList<YamlNode> Read(string source, string text, out Problem? problem)
    {
        var documents = new List<YamlNode>();
        problem = null;
        try
        {
            new YamlReader(source, text).ReadAll(documents);
        }
        catch (YamlException failure)
        {
            problem = Broken(new SourceLocation(source, failure.Start.Line + 1, failure.Start.Column + 1), failure);
        }
        catch (InvalidYamlException failure)
        {
            problem = Broken(failure.At, failure);
        }
        return documents;
    }

    private static Problem Broken(SourceLocation at, Exception failure)
    {
        // The library's message begins with the place, which ours has already.
        var text = failure.Message;
        var colon = text.IndexOf("): ", StringComparison.Ordinal);
        return ProblemCatalogue.BrokenYaml(at, colon < 0 ? text : text[(colon + 3)..]);
    }

    private void ReadAll(List<YamlNode> documents)
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            _parser.MoveNext();
            var node = ReadNode(0);
            if (node is not YamlScalar { IsNull: true })
                documents.Add(node);
        }
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        var at = new SourceLocation(_source, current.Start.Line + 1, current.Start.Column + 1);
        if (depth > MaxDepth)
            throw new InvalidYamlException(at, "is nested too deeply");
        var node = current switch
        {
            Scalar scalar => new YamlScalar(at, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(at, depth),
            MappingStart => ReadMapping(at, depth),
            AnchorAlias alias => _anchors.TryGetValue(alias.Value, out var anchored)
                ? anchored
                : throw new InvalidYamlException(
                    at,
                    $"refers to the anchor *{alias.Value}, which is not defined before"
                ),
            _ => throw new InvalidYamlException(at, "is not a value"),
        };
        if (current is NodeEvent { Anchor: { Length: > 0 } anchor })
            _anchors[anchor] = node;
        return node;
    }

    private YamlSequence ReadSequence(SourceLocation at, int depth)
    {
        var items = new List<YamlNode>();
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        return new YamlSequence(at, items);
    }

    private YamlMapping ReadMapping(SourceLocation at, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not YamlScalar key)
                throw new InvalidYamlException(at, "has a key that is not a plain value");
            _parser.MoveNext();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", IsPlain: true } && value is YamlMapping merged)
                entries.AddRange(merged.Entries.Where(entry => seen.Add(entry.Key.Value)));
            else if (seen.Add(key.Value))
                entries.Add(new YamlEntry(key, value));
            else
                throw new InvalidYamlException(key.At, $"has the key \"{key.Value}\" twice");
        }
        return new YamlMapping(at, entries);
    }

    private sealed class InvalidYamlException(SourceLocation at, string message) : Exception(message)
    {
        public SourceLocation At { get; } = at;
    }
}
