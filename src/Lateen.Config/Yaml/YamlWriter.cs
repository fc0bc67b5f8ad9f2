// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Config.Yaml;

/// <summary>JSON values as YAML in blocks, as people read it. What is written reads as what it was.</summary>
public static class YamlWriter
{
    /// <summary>Characters of a key that needs no sign of its own (YAML 1.2 §7.4.2).</summary>
    private const int MaxSimpleKey = 1024;

    public static string Write(JsonNode? value)
    {
        var text = new StringBuilder();
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                Entries(text, map, 0);
                break;
            case JsonArray { Count: > 0 } list:
                Items(text, list, 0);
                break;
            default:
                text.Append(Scalar(value, 2)).Append('\n');
                break;
        }
        return text.ToString();
    }

    private static void Entries(StringBuilder text, JsonObject map, int indent, bool isInItem = false)
    {
        foreach (var (name, value) in map)
        {
            // The first entry of an item stands behind its dash.
            if (!isInItem)
                text.Append(' ', indent);
            isInItem = false;
            var key = IsPlain(name) ? name : Quoted(name);
            if (key.Length <= MaxSimpleKey)
            {
                text.Append(key).Append(':');
                Value(text, value, indent, indent);
            }
            else
            {
                text.Append("? ").Append(key).Append('\n').Append(' ', indent).Append(':');
                Value(text, value, indent, indent + 2);
            }
        }
    }

    private static void Value(StringBuilder text, JsonNode? value, int indent, int listIndent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Entries(text, map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                Items(text, list, listIndent);
                break;
            default:
                text.Append(' ').Append(Scalar(value, indent + 2)).Append('\n');
                break;
        }
    }

    private static void Items(StringBuilder text, JsonArray list, int indent)
    {
        foreach (var item in list)
        {
            text.Append(' ', indent).Append('-');
            switch (item)
            {
                case JsonObject { Count: > 0 } map:
                    text.Append(' ');
                    Entries(text, map, indent + 2, isInItem: true);
                    break;
                case JsonArray { Count: > 0 } inner:
                    text.Append('\n');
                    Items(text, inner, indent + 2);
                    break;
                default:
                    text.Append(' ').Append(Scalar(item, indent + 2)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(JsonNode? value, int indent) =>
        value switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray => "[]",
            _ when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>(), indent),
            _ => value.ToJsonString(),
        };

    private static string Text(string value, int indent) =>
        IsPlain(value) ? value
        : IsBlock(value) ? Block(value, indent)
        : Quoted(value);

    /// <summary>Lines without anything that a block would change: it keeps or drops the last line's end, and nothing else.</summary>
    private static bool IsBlock(string value) =>
        value.Contains('\n', StringComparison.Ordinal)
        && value[0] is not (' ' or '\t' or '\n')
        && !value.EndsWith("\n\n", StringComparison.Ordinal)
        && value.All(static c => c == '\n' || IsPrintable(c))
        && value.Split('\n').All(static line => line.Length == 0 || line[^1] is not (' ' or '\t'));

    private static string Block(string value, int indent)
    {
        var text = new StringBuilder(value.EndsWith('\n') ? "|" : "|-");
        foreach (var line in value.TrimEnd('\n').Split('\n'))
        {
            text.Append('\n');
            if (line.Length > 0)
                text.Append(' ', indent).Append(line);
        }
        return text.ToString();
    }

    /// <summary>Whether the text needs no quotes: readers of YAML 1.1 and 1.2 must take it for a text, and for this one.</summary>
    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || !value.All(IsPrintable) || value[^1] is ' ' or ':' || value[0] == ' ')
            return false;
        if (value[0] is not ('/' or '_') && !char.IsLetter(value[0]))
            return IsAddress(value);
        if (value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal))
            return false;
        return !s_words.Contains(value);
    }

    /// <summary>Versions and addresses, as <c>10.0.0.1</c>, are texts in any reader; numbers and times are not.</summary>
    private static bool IsAddress(string value) =>
        value.Count(static c => c == '.') > 1
        && value.All(static c => char.IsAsciiDigit(c) || c == '.')
        && value[^1] != '.';

    private static bool IsPrintable(char c) =>
        c is >= ' ' and not '\x7f'
        && !char.IsControl(c)
        && !char.IsSurrogate(c)
        && c is not ('\u2028' or '\u2029' or '\ufeff');

    private static readonly HashSet<string> s_words = new(
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n"],
        StringComparer.OrdinalIgnoreCase
    );

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                '\r' => text.Append("\\r"),
                _ when IsPrintable(c) || char.IsSurrogate(c) => text.Append(c),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }
        return text.Append('"').ToString();
    }
}
