// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Lateen.Core;

namespace Lateen.Config.Yaml;

/// <summary>
/// Reads JSON, which is most of what stores and APIs hold, several times faster than a YAML parser would, and with tabs, which YAML does
/// not allow everywhere.
/// </summary>
internal ref struct JsonDocuments
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 64, AllowMultipleValues = true };

    private readonly SourceLocation _start;
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;
    private int _line;
    private int _lineStart;
    private int _seen;

    private JsonDocuments(SourceLocation start, ReadOnlySpan<byte> text)
    {
        _start = start;
        _text = text;
        _reader = new Utf8JsonReader(text, s_options);
        _line = 1;
    }

    /// <summary>The documents of a text; null when it is not JSON, and perhaps YAML.</summary>
    public static IReadOnlyList<YamlNode>? TryRead(string source, string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
            return null;
        try
        {
            return new JsonDocuments(new SourceLocation(source, 1, 1), Encoding.UTF8.GetBytes(text)).ReadAll();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The documents of a text that has no lines for anybody: all of it is at one place. Null when it is not JSON.</summary>
    public static IReadOnlyList<YamlNode>? TryRead(SourceLocation at, ReadOnlySpan<byte> text)
    {
        try
        {
            return new JsonDocuments(at, text).ReadAll();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private List<YamlNode> ReadAll()
    {
        var documents = new List<YamlNode>();
        while (_reader.Read())
            documents.Add(ReadValue());
        return documents;
    }

    private YamlNode ReadValue()
    {
        var at = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(at);
            case JsonTokenType.StartArray:
                var items = new List<YamlNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue());
                return new YamlSequence(at, items);
            case JsonTokenType.String:
                return new YamlScalar(at, Text(), IsPlain: false);
            default:
                return new YamlScalar(at, Encoding.UTF8.GetString(_reader.ValueSpan), IsPlain: true);
        }
    }

    private YamlMapping ReadObject(SourceLocation at)
    {
        var mapping = new YamlMappingBuilder(at);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var key = new YamlScalar(Place(), Text(), IsPlain: false);
            _reader.Read();
            mapping.Add(key, ReadValue());
        }
        return mapping.Build();
    }

    private string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            throw new JsonException(failure.Message, failure);
        }
    }

    /// <summary>Where the token stands. Tokens come in order, so lines are counted on the way; columns count characters.</summary>
    private SourceLocation Place()
    {
        if (_start.Line == 0)
            return _start;
        var at = (int)_reader.TokenStartIndex;
        for (; _seen < at; _seen++)
        {
            if (_text[_seen] != '\n')
                continue;
            _line++;
            _lineStart = _seen + 1;
        }
        return new SourceLocation(_start.Source, _line, Encoding.UTF8.GetCharCount(_text[_lineStart..at]) + 1);
    }
}
