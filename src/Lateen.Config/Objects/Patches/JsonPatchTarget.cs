// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Patches;

/// <summary>A document that is being patched.</summary>
internal sealed class JsonPatchTarget(JsonNode? document)
{
    /// <summary>Of all that a patch copies, in characters of JSON: a few copies of copies would fill any memory.</summary>
    private const long MaxCopied = 3 * 1024 * 1024;

    private long _copied;

    public JsonNode? Document { get; private set; } = document;

    /// <summary>Null when it is done, else why it cannot be.</summary>
    public string? Do(JsonPatchOperation operation) =>
        operation.Verb switch
        {
            JsonPatchVerb.Add => Add(operation.Path, operation.Value?.DeepClone()),
            JsonPatchVerb.Remove => Remove(operation.Path, out _),
            JsonPatchVerb.Replace => Replace(operation.Path, operation.Value?.DeepClone()),
            JsonPatchVerb.Move => Remove(operation.From!, out var moved) ?? Add(operation.Path, moved),
            JsonPatchVerb.Copy => Copy(operation.From!, operation.Path),
            _ => Test(operation.Path, operation.Value),
        };

    private string? Add(JsonPointer path, JsonNode? value)
    {
        if (path.Tokens.Count + JsonDepth.Of(value) > JsonDepth.Max)
            return $"the document would be nested deeper than {JsonDepth.Max}";
        if (path.Tokens.Count == 0)
        {
            Document = value;
            return null;
        }
        if (!TryFind(path, path.Tokens.Count - 1, out var around))
            return Missing(path, path.Tokens.Count - 1);
        var token = path.Tokens[^1];
        switch (around)
        {
            case JsonObject map:
                map[token] = value;
                return null;
            case JsonArray list when token == "-":
                list.Add(value);
                return null;
            case JsonArray list when Index(token, list.Count) is { } at:
                list.Insert(at, value);
                return null;
            default:
                return Missing(path, path.Tokens.Count);
        }
    }

    private string? Remove(JsonPointer path, out JsonNode? removed)
    {
        if (!TryFind(path, path.Tokens.Count, out removed))
            return Missing(path, path.Tokens.Count);
        if (path.Tokens.Count == 0)
            Document = null;
        else if (Parent(path) is JsonObject map)
            map.Remove(path.Tokens[^1]);
        else if (Parent(path) is JsonArray list)
            list.RemoveAt(int.Parse(path.Tokens[^1], CultureInfo.InvariantCulture));
        return null;
    }

    private string? Replace(JsonPointer path, JsonNode? value)
    {
        if (!TryFind(path, path.Tokens.Count, out _))
            return Missing(path, path.Tokens.Count);
        if (path.Tokens.Count > 0 && Parent(path) is JsonArray list)
        {
            if (path.Tokens.Count + JsonDepth.Of(value) > JsonDepth.Max)
                return $"the document would be nested deeper than {JsonDepth.Max}";
            list[int.Parse(path.Tokens[^1], CultureInfo.InvariantCulture)] = value;
            return null;
        }
        return Add(path, value);
    }

    private string? Copy(JsonPointer from, JsonPointer path)
    {
        if (!TryFind(from, from.Tokens.Count, out var value))
            return Missing(from, from.Tokens.Count);
        _copied += value?.ToJsonString().Length ?? 4;
        return _copied > MaxCopied
            ? $"the patch copies more than {MaxCopied} characters"
            : Add(path, value?.DeepClone());
    }

    private string? Test(JsonPointer path, JsonNode? expected)
    {
        if (!TryFind(path, path.Tokens.Count, out var value))
            return Missing(path, path.Tokens.Count);
        return JsonNode.DeepEquals(value, expected) ? null : "the value is another one";
    }

    private JsonNode? Parent(JsonPointer path) => TryFind(path, path.Tokens.Count - 1, out var parent) ? parent : null;

    /// <summary>What the first tokens lead to.</summary>
    private bool TryFind(JsonPointer path, int tokens, out JsonNode? found)
    {
        found = Document;
        for (var i = 0; i < tokens; i++)
        {
            var token = path.Tokens[i];
            if (found is JsonObject map && map.TryGetPropertyValue(token, out var member))
                found = member;
            else if (found is JsonArray list && Index(token, list.Count - 1) is { } at)
                found = list[at];
            else
                return false;
        }
        return true;
    }

    /// <summary>RFC 6901 §4: digits without leading zeros.</summary>
    private static int? Index(string token, int greatest) =>
        token.Length > 0
        && (token.Length == 1 || token[0] != '0')
        && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index <= greatest
            ? index
            : null;

    private static string Missing(JsonPointer path, int tokens) =>
        $"there is no /{string.Join('/', path.Text.Split('/').Skip(1).Take(tokens))}";
}
