// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Patches;

/// <summary>What an operation of a JSON Patch does (RFC 6902 §4).</summary>
internal enum JsonPatchVerb : byte
{
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// <summary>One operation of a JSON Patch.</summary>
/// <param name="From">For move and copy.</param>
/// <param name="Value">For add, replace and test.</param>
internal sealed record JsonPatchOperation(JsonPatchVerb Verb, JsonPointer Path, JsonPointer? From, JsonNode? Value)
{
    /// <summary>Null when it is none; the problem then says why. Members that are not defined are ignored (RFC 6902 §4).</summary>
    public static JsonPatchOperation? Read(JsonNode? node, out string problem)
    {
        problem = "";
        if (node is not JsonObject map)
            return Fail("an operation must be an object", out problem);
        if (map.Text("op") is not { } word || Verbs(word) is not { } verb)
            return Fail("op must be one of add, remove, replace, move, copy and test", out problem);
        if (Pointer(map, "path") is not { } path)
            return Fail($"{word} needs a path such as /spec/hosts", out problem);
        var from = Pointer(map, "from");
        if (verb is JsonPatchVerb.Move or JsonPatchVerb.Copy && from is null)
            return Fail($"{word} needs a path in from", out problem);
        // A missing value is no null (RFC 6902 §4.1).
        if (verb is JsonPatchVerb.Add or JsonPatchVerb.Replace or JsonPatchVerb.Test && !map.ContainsKey("value"))
            return Fail($"{word} needs a value", out problem);
        if (verb is JsonPatchVerb.Move && from!.IsAbove(path))
            return Fail($"{from} cannot be moved into itself", out problem);
        return new JsonPatchOperation(verb, path, from, map["value"]);
    }

    private static JsonPatchVerb? Verbs(string word) =>
        word switch
        {
            "add" => JsonPatchVerb.Add,
            "remove" => JsonPatchVerb.Remove,
            "replace" => JsonPatchVerb.Replace,
            "move" => JsonPatchVerb.Move,
            "copy" => JsonPatchVerb.Copy,
            "test" => JsonPatchVerb.Test,
            _ => null,
        };

    private static JsonPointer? Pointer(JsonObject map, string name) =>
        map.Text(name) is { } text ? JsonPointer.Parse(text) : null;

    private static JsonPatchOperation? Fail(string why, out string problem)
    {
        problem = why;
        return null;
    }
}
