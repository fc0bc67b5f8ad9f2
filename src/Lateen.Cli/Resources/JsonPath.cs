// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Cli.Resources;

/// <summary>
/// A path of kubectl's JSONPath: <c>.a.b</c>, <c>['a']</c>, <c>[0]</c>, <c>[-1]</c>, <c>[1:3]</c>, <c>[*]</c>, <c>.*</c>, <c>..a</c>,
/// <c>[?(@.type=="Ready")]</c>.
/// </summary>
internal sealed class JsonPath
{
    private readonly string _text;
    private readonly List<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps = [];

    private JsonPath(string text) => _text = text;

    /// <exception cref="FormatException">It is none.</exception>
    public static JsonPath Parse(string text)
    {
        var path = new JsonPath(text);
        var at = text.Length > 0 && text[0] is '$' or '@' ? 1 : 0;
        if (at == 0 && text.Length > 0 && text[0] is not ('.' or '['))
            text = $".{text}";
        while (at < text.Length)
            path.Step(text, ref at);
        return path;
    }

    /// <summary>All that it leads to; nothing where it leads nowhere.</summary>
    public IEnumerable<JsonNode?> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
            found = found.SelectMany(step);
        return found;
    }

    private void Step(string text, ref int at)
    {
        if (text[at] == '[')
        {
            var end = Close(text, at);
            Bracket(text[(at + 1)..end].Trim());
            at = end + 1;
            return;
        }
        if (text[at] != '.')
            throw Wrong();
        at++;
        if (at == text.Length)
            return;
        if (text[at] == '.')
        {
            at++;
            _steps.Add(static node => Below(node));
            if (at < text.Length && text[at] == '[')
                return;
        }
        if (text[at] == '[')
            return;
        var name = Name(text, ref at);
        _steps.Add(name == "*" ? static node => Children(node) : node => Member(node, name));
    }

    /// <summary>Up to the next step; a backslash takes the meaning from a dot.</summary>
    private static string Name(string text, ref int at)
    {
        var name = new StringBuilder();
        for (; at < text.Length && text[at] is not ('.' or '['); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            name.Append(text[at]);
        }
        return name.ToString();
    }

    private int Close(string text, int open)
    {
        var (depth, quote) = (0, '\0');
        for (var i = open; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'')
                quote = c;
            else if (c == '[')
                depth++;
            else if (c == ']' && --depth == 0)
                return i;
        }
        throw Wrong();
    }

    private void Bracket(string inside)
    {
        if (inside == "*")
            _steps.Add(static node => Children(node));
        else if (inside is ['\'' or '"', .. var name, '\'' or '"'])
            _steps.Add(node => Member(node, name));
        else if (inside.StartsWith("?(", StringComparison.Ordinal) && inside[^1] == ')')
            _steps.Add(Condition(inside[2..^1].Trim()));
        else if (int.TryParse(inside, CultureInfo.InvariantCulture, out var index))
            _steps.Add(node =>
                node is JsonArray list && At(list, index) is var i && i >= 0 && i < list.Count ? [list[i]] : []
            );
        else if (inside.Split(':') is [var from, var to] && IsBound(from) && IsBound(to))
            _steps.Add(node => node is JsonArray list ? Slice(list, from, to) : []);
        else
            throw Wrong();
    }

    private Func<JsonNode?, IEnumerable<JsonNode?>> Condition(string text)
    {
        var isEqual = text.Split("==");
        var isDifferent = text.Split("!=");
        var (sides, wanted) = isEqual.Length == 2 ? (isEqual, true) : (isDifferent, false);
        if (!text.StartsWith('@') || sides.Length > 2 || text.IndexOfAny(['<', '>', '|', '&']) >= 0)
            throw Wrong();
        var path = Parse(sides[0].Trim());
        if (sides.Length == 1)
            return node => Children(node).Where(item => path.Find(item).Any());
        var value = sides[1].Trim().Trim('"', '\'');
        return node => Children(node).Where(item => path.Find(item).Any(found => Text(found) == value) == wanted);
    }

    private static bool IsBound(string text) =>
        text.Length == 0 || int.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<JsonNode?> Slice(JsonArray list, string from, string to)
    {
        var start = from.Length == 0 ? 0 : At(list, int.Parse(from, CultureInfo.InvariantCulture));
        var end = to.Length == 0 ? list.Count : At(list, int.Parse(to, CultureInfo.InvariantCulture));
        return list.Take(Math.Max(end, 0)).Skip(Math.Max(start, 0));
    }

    private static int At(JsonArray list, int index) => index < 0 ? list.Count + index : index;

    private static IEnumerable<JsonNode?> Member(JsonNode? node, string name) =>
        node is JsonObject map && map.TryGetPropertyValue(name, out var value) ? [value] : [];

    private static IEnumerable<JsonNode?> Children(JsonNode? node) =>
        node switch
        {
            JsonArray list => list,
            JsonObject map => map.Select(static entry => entry.Value),
            _ => [],
        };

    private static IEnumerable<JsonNode?> Below(JsonNode? node) => Children(node).SelectMany(Below).Prepend(node);

    private static string Text(JsonNode? value) =>
        value is null ? ""
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : value.ToJsonString();

    private FormatException Wrong() => new($"{{{_text}}} is no path that lateen understands");
}
