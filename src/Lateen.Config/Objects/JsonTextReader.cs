// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects;

/// <summary>Reads JSON and notes which fields are there twice, which the framework's own reader either forgives or refuses.</summary>
internal ref struct JsonTextReader
{
    private readonly List<string> _duplicates = [];
    private readonly List<string> _path = [];
    private Utf8JsonReader _reader;

    private JsonTextReader(ReadOnlySpan<byte> utf8) =>
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonDepth.Max });

    public static ObjectText Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new JsonTextReader(utf8);
        try
        {
            reader._reader.Read();
            var value = reader.Value();
            // Whatever follows is refused by the reader.
            reader._reader.Read();
            return new ObjectText(value, reader._duplicates, "");
        }
        catch (JsonException failure)
        {
            return ObjectText.Unreadable(OneLine(failure.Message));
        }
        catch (InvalidOperationException)
        {
            // A text with half of a surrogate pair, or a byte that is no UTF-8.
            return ObjectText.Unreadable("a text in it is no Unicode");
        }
    }

    private JsonNode? Value() =>
        _reader.TokenType switch
        {
            JsonTokenType.StartObject => Object(),
            JsonTokenType.StartArray => Array(),
            JsonTokenType.String => JsonValue.Create(_reader.GetString()!),
            JsonTokenType.Number => Number(),
            JsonTokenType.True => JsonValue.Create(true),
            JsonTokenType.False => JsonValue.Create(false),
            JsonTokenType.Null => null,
            _ => throw new JsonException("there is no value"),
        };

    private JsonObject Object()
    {
        var map = new JsonObject();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            _path.Add(name);
            if (map.ContainsKey(name))
                _duplicates.Add(Path());
            _reader.Read();
            map[name] = Value();
            _path.RemoveAt(_path.Count - 1);
        }
        return map;
    }

    private JsonArray Array()
    {
        var list = new JsonArray();
        _path.Add("");
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            _path[^1] = $"[{list.Count}]";
            list.Add(Value());
        }
        _path.RemoveAt(_path.Count - 1);
        return list;
    }

    private JsonValue Number()
    {
        if (_reader.TryGetInt64(out var whole))
            return JsonValue.Create(whole);
        return _reader.TryGetDouble(out var real) && double.IsFinite(real)
            ? JsonValue.Create(real)
            : throw new JsonException("a number in it is too large");
    }

    private string Path()
    {
        var text = new StringBuilder();
        foreach (var element in _path)
            text.Append(text.Length > 0 && element is not ['[', ..] ? "." : "").Append(element);
        return text.ToString();
    }

    private static string OneLine(string message) => message.Split('\n')[0].TrimEnd('\r');
}
