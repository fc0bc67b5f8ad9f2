// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Metadata;
using Lateen.ControlPlane.ResourceApi.Http;
using Lateen.Core;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Whether an object may be written: its fields, its metadata, and all that a file with it would be told.</summary>
internal static class ObjectAdmission
{
    private const string Source = "api";
    private const string KindNotInForce = "LT0501";

    /// <summary>So many problems are told at once.</summary>
    private const int MaxCauses = 50;

    /// <summary>Takes out what the kind does not have; a failure where that is not to be forgiven.</summary>
    public static ApiStatus? CheckFields(WriteContext context, JsonObject item)
    {
        var problems = context
            .Duplicates.Select(static path => (Path: path, Text: $"duplicate field \"{path}\""))
            .ToList();
        foreach (var unknown in UnknownFields.Prune(context.Target.Kind, item))
        {
            var meant = unknown.Meant is null ? "" : $", did you mean {unknown.Meant}?";
            problems.Add((unknown.Path, $"unknown field \"{unknown.Path}\"{meant}"));
        }
        if (context.Options.Validation == FieldValidation.Warn)
        {
            foreach (var (_, text) in problems)
                context.Warn(text);
        }
        if (context.Options.Validation != FieldValidation.Strict || problems.Count == 0)
            return null;
        var kind = context.Target.Kind.Name;
        return ApiStatus.BadRequest(
            $"{kind} in version \"{context.Target.Version}\" cannot be handled as a {kind}: strict decoding error: "
                + string.Join(", ", problems.Select(static problem => problem.Text)),
            [.. problems.Select(static problem => new StatusCause("FieldValueInvalid", problem.Text, problem.Path))]
        );
    }

    /// <summary>Everything that is wrong with it, as one failure; null when nothing is. Warnings go to the client.</summary>
    /// <param name="before">The object as it is; null for a new one.</param>
    public static ApiStatus? Check(WriteContext context, JsonObject item, JsonObject? before)
    {
        var target = context.Target;
        var metadata = item.Part("metadata");
        var causes = new List<StatusCause>();
        foreach (var fault in MetadataRules.Check(target.Kind, metadata, before?["metadata"] as JsonObject))
            causes.Add(CauseOf(fault));
        // What stands as it did is not asked again: rules may have become stricter since, and it must still be possible to let go of it.
        if (before is null || !SameContent(item, before))
            AddProblems(context, item, causes);
        return causes.Count == 0
            ? null
            : ApiStatus.Invalid(target, metadata.Text("name") ?? "", causes.Take(MaxCauses).ToList());
    }

    /// <summary>Whether all but metadata and status is the same.</summary>
    public static bool SameContent(JsonObject a, JsonObject b) => JsonNode.DeepEquals(Content(a), Content(b));

    private static JsonObject Content(JsonObject item)
    {
        var content = new JsonObject();
        foreach (var (name, value) in item)
        {
            if (name is not ("apiVersion" or "kind" or "metadata" or "status"))
                content[name] = value?.DeepClone();
        }
        return content;
    }

    private static void AddProblems(WriteContext context, JsonObject item, List<StatusCause> causes)
    {
        var told = causes.Select(static cause => cause.Field).ToHashSet(StringComparer.Ordinal);
        foreach (var problem in ResourceDecoder.Decode(Source, item).Problems)
        {
            // The mesh may have no use for namespaces yet; the API has.
            if (problem.Code == KindNotInForce && context.Target.Kind == NamespaceLifecycle.Kind)
                continue;
            if (problem.Severity == Severity.Warning)
                Warn(context, problem);
            else if (problem.Field.Length == 0 || told.Add(problem.Field))
                causes.Add(new StatusCause(ReasonOf(problem.Code), MessageOf(problem), problem.Field));
        }
    }

    /// <summary>Tells the client.</summary>
    public static void Warn(WriteContext context, Problem problem) =>
        context.Warn(problem.Field.Length > 0 ? $"{problem.Field}: {MessageOf(problem)}" : MessageOf(problem));

    private static string MessageOf(Problem problem) =>
        problem.Fix is null
            ? $"{problem.Message} ({problem.Code})"
            : $"{problem.Message}; {problem.Fix} ({problem.Code})";

    private static StatusCause CauseOf(MetadataFault fault)
    {
        var reason = fault.Kind switch
        {
            MetadataFaultKind.Required => "FieldValueRequired",
            MetadataFaultKind.Forbidden => "FieldValueForbidden",
            _ => "FieldValueInvalid",
        };
        var message = fault.Value.Length > 0 ? $"\"{fault.Value}\": {fault.Message}" : fault.Message;
        return new StatusCause(reason, message, fault.Field);
    }

    private static string ReasonOf(string code) =>
        code switch
        {
            "LT0201" => "FieldValueRequired",
            "LT0106" => "FieldValueTypeInvalid",
            _ => "FieldValueInvalid",
        };
}
