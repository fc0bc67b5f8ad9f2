// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Patches;
using Lateen.Config.Objects.Shapes;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Changes parts of objects: by JSON patch, merge patch, strategic merge patch, or by applying what a client wants.</summary>
internal sealed class ObjectPatches(
    IResourceStore store,
    ObjectWrites writes,
    NamespaceLifecycle namespaces,
    TimeProvider time
)
{
    private const int MaxAttempts = 8;

    /// <summary>Media types of patches that the kind takes; custom resources have no strategic merge (Kubernetes).</summary>
    public static IReadOnlyList<string> TypesOf(ApiTarget target) =>
        target.Kind.HasStrategicMerge
            ? [RequestBody.JsonPatch, RequestBody.MergePatch, RequestBody.StrategicMergePatch, RequestBody.ApplyPatch]
            : [RequestBody.JsonPatch, RequestBody.MergePatch, RequestBody.ApplyPatch];

    /// <param name="type">One of <see cref="TypesOf"/>.</param>
    public Task<Outcome<Written>> PatchAsync(WriteContext context, string type, JsonNode? patch, CancellationToken stop)
    {
        if (type == RequestBody.ApplyPatch)
            return ApplyAsync(context, patch, stop);
        if (type == RequestBody.JsonPatch)
            return JsonPatchAsync(context, patch, stop);
        if (patch is not JsonObject changes)
            return Fail(ApiStatus.BadRequest("the patch must be an object"));
        if (type == RequestBody.MergePatch)
            return writes.ReplaceAsync(context, item => MergePatch.Apply(item, changes)!.AsObject(), stop);
        var shape = KindShapes.Of(context.Target.Kind);
        return writes.ReplaceAsync(
            context,
            item =>
            {
                var changed = StrategicMergePatch.Apply(item, changes, shape, out var problem);
                return problem.Length > 0 ? ApiStatus.BadRequest($"the patch cannot be applied: {problem}") : changed;
            },
            stop
        );
    }

    private Task<Outcome<Written>> JsonPatchAsync(WriteContext context, JsonNode? document, CancellationToken stop)
    {
        if (JsonPatch.Read(document, out var unreadable) is not { } patch)
            return Fail(ApiStatus.BadRequest($"the patch cannot be read: {unreadable}"));
        if (patch.Count > JsonPatch.MaxOperations)
            return Fail(
                new ApiStatus(
                    413,
                    "RequestEntityTooLarge",
                    $"the patch has more than {JsonPatch.MaxOperations} operations"
                )
            );
        return writes.ReplaceAsync(
            context,
            item =>
            {
                var changed = patch.Apply(item, out var problem);
                if (problem.Length == 0 && changed is JsonObject map)
                    return map;
                var why = problem.Length > 0 ? problem : "nothing but an object may be left";
                return ApiStatus.Invalid(
                    context.Target,
                    context.Target.Name,
                    [new StatusCause("FieldValueInvalid", why, "patch")]
                );
            },
            stop
        );
    }

    private async Task<Outcome<Written>> ApplyAsync(WriteContext context, JsonNode? body, CancellationToken stop)
    {
        var target = context.Target;
        if (body is not JsonObject config)
            return ApiStatus.BadRequest("what is applied must be an object");
        if (config.Text("apiVersion") is null || config.Text("kind") is null)
            return ApiStatus.BadRequest("what is applied must have apiVersion and kind");
        if (ObjectIdentity.Fit(config, target) is { } misfit)
            return misfit;
        if (config.Member("metadata").Member("managedFields") is JsonArray { Count: > 0 })
            return ApiStatus.BadRequest("metadata.managedFields must be nil: the API keeps it");
        if (ObjectAdmission.CheckFields(context, config) is { } unknown)
            return unknown;
        LeaveOut(config, target);
        for (var attempt = 1; ; attempt++)
        {
            var applied =
                !target.IsStatus && await store.GetAsync(target.Key, stop).ConfigureAwait(false) is null
                    ? await CreateAsync(context, config, stop).ConfigureAwait(false)
                    : await writes
                        .ReplaceAsync(
                            context,
                            item => OwnershipRecords.Apply(context, item, config, isNew: false, time.GetUtcNow()),
                            stop
                        )
                        .ConfigureAwait(false);
            // It came, or went, between the look and the write.
            var isRace =
                applied.Failure is { Reason: "AlreadyExists" }
                || (
                    applied.Failure is { Reason: "NotFound" } missing
                    && missing.Target?.Kind == target.Kind
                    && !target.IsStatus
                );
            if (!isRace || attempt == MaxAttempts)
                return applied;
        }
    }

    private async Task<Outcome<Written>> CreateAsync(WriteContext context, JsonObject config, CancellationToken stop)
    {
        if (config.Member("metadata").Text("resourceVersion") is { Length: > 0 })
            return ApiStatus.Outdated(context.Target, context.Target.Name);
        if (await namespaces.RefusalAsync(context.Target, stop).ConfigureAwait(false) is { } refusal)
            return refusal;
        var created = OwnershipRecords.Apply(context, Identity(config), config, isNew: true, time.GetUtcNow());
        return created.Is(out var item, out var failure)
            ? await writes.PutNewAsync(context, item, stop).ConfigureAwait(false)
            : failure;
    }

    private static JsonObject Identity(JsonObject config) =>
        new()
        {
            ["apiVersion"] = config["apiVersion"]!.DeepClone(),
            ["kind"] = config["kind"]!.DeepClone(),
            ["metadata"] = new JsonObject { ["name"] = config.Member("metadata").Text("name") },
        };

    /// <summary>What is not written at this path: the status there, everything else here.</summary>
    private static void LeaveOut(JsonObject config, ApiTarget target)
    {
        if (target.IsStatus)
            config.RemoveWhere(static (name, _) => name is not ("apiVersion" or "kind" or "metadata" or "status"));
        else if (ServedKinds.HasStatus(target.Kind))
            config.Remove("status");
        // Whatever a client sends of what the API sets says nothing.
        config
            .Part("metadata")
            .RemoveWhere(static (name, _) => name is "creationTimestamp" or "generation" or "managedFields");
        if (target.IsStatus)
            config
                .Part("metadata")
                .RemoveWhere(static (name, _) => name is not ("name" or "namespace" or "uid" or "resourceVersion"));
    }

    private static Task<Outcome<Written>> Fail(ApiStatus status) => Task.FromResult<Outcome<Written>>(status);
}
