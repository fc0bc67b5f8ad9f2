// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Patches;

/// <summary>Operations that are done one after the other, all or none (RFC 6902).</summary>
public sealed class JsonPatch
{
    /// <summary>As Kubernetes.</summary>
    public const int MaxOperations = 10_000;

    private readonly IReadOnlyList<JsonPatchOperation> _operations;

    private JsonPatch(IReadOnlyList<JsonPatchOperation> operations) => _operations = operations;

    public int Count => _operations.Count;

    /// <summary>Null when the document is no patch; the problem then says why.</summary>
    public static JsonPatch? Read(JsonNode? document, out string problem)
    {
        problem = "";
        if (document is not JsonArray list)
        {
            problem = "a JSON patch is a list of operations";
            return null;
        }
        var operations = new List<JsonPatchOperation>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            if (JsonPatchOperation.Read(list[i], out var why) is not { } operation)
            {
                problem = $"operation {i}: {why}";
                return null;
            }
            operations.Add(operation);
        }
        return new JsonPatch(operations);
    }

    /// <summary>The changed document; the given one stays as it is.</summary>
    /// <param name="problem">Which operation could not be done, and why; empty when all could.</param>
    public JsonNode? Apply(JsonNode? document, out string problem)
    {
        var target = new JsonPatchTarget(document?.DeepClone());
        for (var i = 0; i < _operations.Count; i++)
        {
            if (target.Do(_operations[i]) is not { } why)
                continue;
            problem =
                $"operation {i}, {_operations[i].Verb.ToString().ToLowerInvariant()} {_operations[i].Path}: {why}";
            return document;
        }
        problem = "";
        return target.Document;
    }
}
