// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Analysis;
using Lateen.Config.Objects;
using Lateen.Core;

namespace Lateen.Config.Statuses;

/// <summary>The <c>status</c> of an object: conditions, and Istio's <c>validationMessages</c>; what others wrote there stays.</summary>
public static class StatusDocument
{
    /// <summary>Who writes the status of the Gateway API's kinds, and whose GatewayClasses are ours.</summary>
    public const string Controller = "lateen.io/gateway-controller";

    /// <summary>More than these are no help to anybody.</summary>
    private const int MaxMessages = 50;

    private static readonly Dictionary<string, string> s_names = MeshAnalysis.Messages.ToDictionary(
        static message => message.Code,
        static message => message.Name,
        StringComparer.Ordinal
    );

    /// <summary>The status that a verdict makes of the one there is; equal to that where nothing is new.</summary>
    public static JsonObject With(JsonObject? status, Verdict verdict, DateTimeOffset now)
    {
        var result = status?.DeepClone().AsObject() ?? new JsonObject();
        if (verdict.Parents is { } parents)
        {
            result["parents"] = Parents(result["parents"], parents, verdict.Generation, now);
            return result;
        }
        if (verdict.Conditions.Count > 0)
            result["conditions"] = ConditionList.With(
                result["conditions"],
                verdict.Conditions,
                verdict.Generation,
                now
            );
        if (verdict.Gateway is { } gateway)
            GatewayDocument.Write(result, gateway, verdict.Generation, now);
        if (verdict.Messages.Count > 0)
            result["validationMessages"] = new JsonArray([.. verdict.Messages.Take(MaxMessages).Select(Message)]);
        else
            result.Remove("validationMessages");
        return result;
    }

    private static JsonArray Parents(
        JsonNode? before,
        IReadOnlyList<RouteParent> parents,
        long generation,
        DateTimeOffset now
    )
    {
        // Other controllers have entries of their own.
        var result = new JsonArray([
            .. before
                .Items()
                .Where(static entry => entry.Text("controllerName") != Controller)
                .Select(static entry => entry?.DeepClone()),
        ]);
        foreach (var parent in parents)
        {
            var reference = JsonNode.Parse(parent.Reference);
            var known = before
                .Items()
                .FirstOrDefault(entry =>
                    entry.Text("controllerName") == Controller
                    && JsonNode.DeepEquals(entry.Member("parentRef"), reference)
                );
            result.Add(
                new JsonObject
                {
                    ["parentRef"] = reference,
                    ["controllerName"] = Controller,
                    ["conditions"] = ConditionList.With(known.Member("conditions"), parent.Conditions, generation, now),
                }
            );
        }
        return result;
    }

    /// <summary>Istio's AnalysisMessageBase, with the words beside it.</summary>
    private static JsonObject Message(Problem problem)
    {
        var type = new JsonObject { ["code"] = problem.Code };
        if (s_names.TryGetValue(problem.Code, out var name))
            type["name"] = name;
        var field = problem.Field.Length == 0 ? "" : $"{problem.Field}: ";
        return new JsonObject
        {
            ["type"] = type,
            ["level"] = problem.Severity switch
            {
                Severity.Error => "ERROR",
                Severity.Warning => "WARNING",
                _ => "INFO",
            },
            ["message"] = $"{field}{problem.Message}{(problem.Fix is null ? "" : $"; {problem.Fix}")}",
        };
    }
}
