// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>How something is deleted: from the query, and from a body if there is one.</summary>
/// <param name="Uid">That the object must have; null for any.</param>
/// <param name="ResourceVersion">That the object must have; null for any.</param>
internal sealed record DeleteOptions(bool IsDryRun, string? Uid, string? ResourceVersion)
{
    /// <param name="body">Null when there is none.</param>
    public static Outcome<DeleteOptions> Read(IQueryCollection query, JsonNode? body)
    {
        var reader = new QueryReader(query);
        var isDryRun = WriteOptions.IsDryRunIn(reader);
        reader.Number("gracePeriodSeconds");
        CheckPolicy(reader, reader.Text("propagationPolicy"));
        if (reader.Failure is { } failure)
            return failure;
        if (body is null)
            return new DeleteOptions(isDryRun, null, null);
        return body is JsonObject options ? Read(options, isDryRun) : Fail("must be an object");
    }

    private static Outcome<DeleteOptions> Read(JsonObject body, bool isDryRun)
    {
        if (body.Text("kind") is { } kind && kind != "DeleteOptions")
            return Fail($"is of the kind {kind}");
        foreach (var value in body.Member("dryRun").Items())
        {
            if (value.AsText() != "All")
                return Fail("dryRun must be All");
            isDryRun = true;
        }
        if (body.Member("gracePeriodSeconds") is { } grace && grace.GetValueKind() != JsonValueKind.Number)
            return Fail("gracePeriodSeconds must be a number");
        if (body.Member("propagationPolicy") is { } policy && !IsPolicy(policy.AsText()))
            return Fail(PolicyProblem);
        var conditions = body.Member("preconditions");
        if (conditions is not (null or JsonObject))
            return Fail("preconditions must be an object");
        return new DeleteOptions(isDryRun, conditions.Text("uid"), conditions.Text("resourceVersion"));
    }

    private const string PolicyProblem = "propagationPolicy must be Orphan, Background or Foreground";

    private static void CheckPolicy(QueryReader reader, string policy)
    {
        if (policy.Length > 0 && !IsPolicy(policy))
            reader.Fail(PolicyProblem);
    }

    /// <summary>Nothing here depends on anything else, so that all of them mean the same.</summary>
    private static bool IsPolicy(string? policy) => policy is "Orphan" or "Background" or "Foreground";

    private static ApiStatus Fail(string why) => ApiStatus.BadRequest($"DeleteOptions: {why}");
}
