// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Cli.Resources;

/// <summary>kubectl's <c>-o jsonpath=TEMPLATE</c>: text, <c>{.path}</c>, <c>{"text\n"}</c>, <c>{range .items[*]}…{end}</c>.</summary>
internal sealed class JsonPathTemplate
{
    private readonly IReadOnlyList<Part> _parts;

    private JsonPathTemplate(IReadOnlyList<Part> parts) => _parts = parts;

    /// <exception cref="FormatException">It is none.</exception>
    public static JsonPathTemplate Parse(string text)
    {
        var at = 0;
        // Without braces all of it is one expression.
        var template = text.Contains('{', StringComparison.Ordinal) ? text : $"{{{text}}}";
        return new JsonPathTemplate(ReadParts(template, ref at, isInRange: false));
    }

    public string Write(JsonNode value)
    {
        var output = new StringBuilder();
        Write(_parts, value, output);
        return output.ToString();
    }

    private static void Write(IReadOnlyList<Part> parts, JsonNode? value, StringBuilder output)
    {
        foreach (var part in parts)
        {
            if (part.Path is null)
                output.Append(part.Text);
            else if (part.Body is null)
                output.AppendJoin(' ', part.Path.Find(value).Select(Text));
            else
            {
                foreach (var item in part.Path.Find(value))
                    Write(part.Body, item, output);
            }
        }
    }

    private static string Text(JsonNode? value) =>
        value is null ? ""
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : value.ToJsonString(ObjectPrinter.Compact);

    private static List<Part> ReadParts(string template, ref int at, bool isInRange)
    {
        var parts = new List<Part>();
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            if (open != at)
            {
                var end = open < 0 ? template.Length : open;
                parts.Add(new Part(template[at..end], null, null));
                at = end;
                continue;
            }
            var inside = Inside(template, ref at);
            if (inside == "end")
            {
                return isInRange ? parts : throw new FormatException("{end} ends no {range}");
            }
            parts.Add(
                inside.StartsWith("range ", StringComparison.Ordinal)
                    ? new Part(
                        "",
                        JsonPath.Parse(inside["range ".Length..].Trim()),
                        ReadParts(template, ref at, isInRange: true)
                    )
                    : Expression(inside)
            );
        }
        return isInRange ? throw new FormatException("a {range} has no {end}") : parts;
    }

    private static Part Expression(string inside)
    {
        if (inside is ['"' or '\'', ..])
        {
            return inside.Length > 1 && inside[^1] == inside[0]
                ? new Part(Unescaped(inside[1..^1]), null, null)
                : throw new FormatException($"{{{inside}}} lacks a quote");
        }
        return new Part("", JsonPath.Parse(inside), null);
    }

    /// <summary>What stands in braces; those within quotes are none.</summary>
    private static string Inside(string template, ref int at)
    {
        var quote = '\0';
        for (var i = at + 1; i < template.Length; i++)
        {
            var c = template[i];
            if (quote == '\0' && c == '}')
            {
                var inside = template[(at + 1)..i].Trim();
                at = i + 1;
                return inside;
            }
            if (c is '"' or '\'' && (quote == '\0' || quote == c) && template[i - 1] != '\\')
                quote = quote == '\0' ? c : '\0';
        }
        throw new FormatException($"{template[at..]} lacks a brace");
    }

    private static string Unescaped(string text) =>
        text.Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\t", "\t", StringComparison.Ordinal)
            .Replace("\\\"", "\"", StringComparison.Ordinal)
            .Replace("\\'", "'", StringComparison.Ordinal)
            .Replace(@"\\", @"\", StringComparison.Ordinal);

    /// <param name="Path">Null for text.</param>
    /// <param name="Body">Of a range; null for what is no range.</param>
    private sealed record Part(string Text, JsonPath? Path, IReadOnlyList<Part>? Body);
}
