// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;
using SharpYaml;
using SharpYaml.Events;

namespace Lateen.Config.Yaml;

/// <summary>Reads the documents of a text. What is no YAML at all is a problem and ends the reading.</summary>
internal sealed class YamlReader
{
    /// <summary>Deeper than any resource, and a bound for what a hostile text may make us do.</summary>
    private const int MaxDepth = 64;

    /// <summary>Nodes that a document may have by aliases: each of a few lines may stand for ten times the one before.</summary>
    private const int MaxAliased = 100_000;

    private readonly string _source;
    private readonly IParser _parser;
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private int _size;
    private int _aliased;

    private YamlReader(string source, string text)
    {
        _source = source;
        _parser = Parser.CreateParser(new StringReader(text));
    }

    /// <summary>Documents of a text, which may be JSON; empty ones are left out.</summary>
    /// <param name="problem">What is wrong with the text; the documents before it are returned.</param>
    public static IReadOnlyList<YamlNode> Read(string source, string text, out Problem? problem)
    {
        problem = null;
        if (JsonDocuments.TryRead(source, text) is { } json)
            return json;
        var documents = new List<YamlNode>();
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
        while (MoveNext())
        {
            if (_parser.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            _size = _aliased = 0;
            MoveNext();
            var node = ReadNode(0);
            if (node is not YamlScalar { IsNull: true })
                documents.Add(node);
        }
    }

    /// <summary>The library does not look whether an escape stands for a character, and .NET throws for those that do not.</summary>
    private bool MoveNext()
    {
        var before = _parser.Current?.End ?? default;
        try
        {
            return _parser.MoveNext();
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new InvalidYamlException(
                new SourceLocation(_source, before.Line + 1, before.Column + 1),
                "an escape behind this place stands for no character: \\uD800 to \\uDFFF, or above \\U0010FFFF"
            );
        }
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        var at = new SourceLocation(_source, current.Start.Line + 1, current.Start.Column + 1);
        if (depth > MaxDepth)
            throw new InvalidYamlException(at, "is nested too deeply");
        var before = _size++;
        var node = current switch
        {
            Scalar scalar => new YamlScalar(at, scalar.Value, IsPlain(scalar)),
            SequenceStart => ReadSequence(at, depth),
            MappingStart => ReadMapping(at, depth),
            AnchorAlias alias => Anchored(alias, at),
            _ => throw new InvalidYamlException(at, "is not a value"),
        };
        if (current is NodeEvent { Anchor: { Length: > 0 } anchor })
            _anchors[anchor] = (node, _size - before);
        return node;
    }

    /// <summary>A tag may say that something is a text that looks like something else.</summary>
    private static bool IsPlain(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain
        && scalar.Tag is not ("tag:yaml.org,2002:str" or "tag:yaml.org,2002:binary" or "!");

    private YamlNode Anchored(AnchorAlias alias, SourceLocation at)
    {
        if (!_anchors.TryGetValue(alias.Value, out var anchored))
            throw new InvalidYamlException(at, $"refers to the anchor *{alias.Value}, which is not defined before");
        _size += anchored.Size;
        _aliased += anchored.Size;
        if (_aliased > MaxAliased)
            throw new InvalidYamlException(at, "repeats too much by aliases");
        return anchored.Node;
    }

    private YamlSequence ReadSequence(SourceLocation at, int depth)
    {
        var items = new List<YamlNode>();
        while (MoveNext() && _parser.Current is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        return new YamlSequence(at, items);
    }

    private YamlMapping ReadMapping(SourceLocation at, int depth)
    {
        var mapping = new YamlMappingBuilder(at);
        while (MoveNext() && _parser.Current is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not YamlScalar key)
                throw new InvalidYamlException(at, "has a key that is not a plain value");
            MoveNext();
            var value = ReadNode(depth + 1);
            if (key is not { Value: "<<", IsPlain: true })
                mapping.Add(key, value);
            else if (!mapping.Merge(value))
                throw new InvalidYamlException(value.At, "is merged by <<, and is no mapping");
        }
        return mapping.Build();
    }

    private sealed class InvalidYamlException(SourceLocation at, string message) : Exception(message)
    {
        public SourceLocation At { get; } = at;
    }
}
