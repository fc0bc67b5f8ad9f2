// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Metadata;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Creates and replaces objects. Whoever changes what others change too is told, or does it again on what there is then.</summary>
internal sealed class ObjectWrites(IResourceStore store, NamespaceLifecycle namespaces, TimeProvider time)
{
    /// <summary>As Kubernetes; then somebody else writes all the time.</summary>
    private const int MaxAttempts = 8;

    public async Task<Outcome<Written>> CreateAsync(WriteContext context, JsonObject item, CancellationToken stop)
    {
        var target = context.Target;
        if (ObjectIdentity.Fit(item, target) is { } misfit)
            return misfit;
        if (item.Member("metadata").Text("resourceVersion") is { Length: > 0 })
            return ApiStatus.BadRequest("resourceVersion should not be set on objects to be created");
        item.Part("metadata").Remove("resourceVersion");
        if (await namespaces.RefusalAsync(target, stop).ConfigureAwait(false) is { } refusal)
            return refusal;
        if (ObjectAdmission.CheckFields(context, item) is { } unknown)
            return unknown;
        var isGenerated = ObjectIdentity.Generate(item.Part("metadata"));
        for (var attempt = 1; ; attempt++)
        {
            var created = await PutNewAsync(context, item, stop).ConfigureAwait(false);
            if (!isGenerated || created.Failure is not { Reason: "AlreadyExists" } || attempt == MaxAttempts)
                return created;
            item.Part("metadata").Remove("name");
            ObjectIdentity.Generate(item.Part("metadata"));
        }
    }

    /// <summary>Replaces the object with another one that a client sent.</summary>
    public Task<Outcome<Written>> UpdateAsync(WriteContext context, JsonObject item, CancellationToken stop)
    {
        if (ObjectIdentity.Fit(item, context.Target) is { } misfit)
            return Task.FromResult<Outcome<Written>>(misfit);
        // Custom resources are not overwritten blindly; Kubernetes' core kinds may be.
        if (context.Target.Kind.Group.Length > 0 && item.Member("metadata").Text("resourceVersion") is null or "")
            return Task.FromResult<Outcome<Written>>(
                ApiStatus.Invalid(
                    context.Target,
                    context.Target.Name,
                    [
                        new StatusCause(
                            "FieldValueInvalid",
                            "must be specified for an update",
                            "metadata.resourceVersion"
                        ),
                    ]
                )
            );
        return ReplaceAsync(context, _ => item.DeepClone().AsObject(), stop);
    }

    /// <summary>Makes the object into another one, on what it is now.</summary>
    /// <param name="change">The object that shall be; asked again when another write came between.</param>
    public async Task<Outcome<Written>> ReplaceAsync(
        WriteContext context,
        Func<JsonObject, Outcome<JsonObject>> change,
        CancellationToken stop
    )
    {
        var target = context.Target;
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.GetAsync(target.Key, stop).ConfigureAwait(false);
            if (stored is null)
                return ApiStatus.NotFound(target, target.Name);
            var before = StoredObjects.Read(stored, target);
            if (!change(before.DeepClone().AsObject()).Is(out var item, out var failure))
                return failure;
            var given = item.Member("metadata").Text("resourceVersion");
            if (given is { Length: > 0 } && given != before.Member("metadata").Text("resourceVersion"))
                return ApiStatus.Outdated(target, target.Name);
            if (Prepare(context, item, before) is { } refusal)
                return refusal;
            if (await PutAsync(context, item, before, stored.Revision, stop).ConfigureAwait(false) is { } written)
                return written;
            if (attempt == MaxAttempts)
                return ApiStatus.Outdated(target, target.Name);
        }
    }

    /// <summary>Writes an object that is of its path and has a name.</summary>
    public async Task<Outcome<Written>> PutNewAsync(WriteContext context, JsonObject item, CancellationToken stop)
    {
        var target = context.Target;
        ObjectIdentity.Create(item, target, time.GetUtcNow());
        if (ServedKinds.HasStatus(target.Kind))
            item.Remove("status");
        NamespaceLifecycle.Complete(item, target);
        if (ObjectAdmission.Check(context, item, null) is { } invalid)
            return invalid;
        if (!context.IsApply)
            OwnershipRecords.Update(context, item, null, time.GetUtcNow());
        return await StoreNewAsync(context, item, stop).ConfigureAwait(false);
    }

    private async Task<Outcome<Written>> StoreNewAsync(WriteContext context, JsonObject item, CancellationToken stop)
    {
        var target = context.Target with { Name = item.Member("metadata").Text("name")! };
        if (context.Options.IsDryRun)
        {
            return await store.GetAsync(target.Key, stop).ConfigureAwait(false) is null
                ? new Written(item, IsNew: true)
                : ApiStatus.AlreadyExists(target, target.Name);
        }
        var content = StoredObjects.Write(item, target.Kind);
        var outcome = await store.PutAsync(target.Key, content, expected: 0, stop).ConfigureAwait(false);
        switch (outcome.Status)
        {
            case WriteStatus.Done:
                return await namespaces.UndoIfGoneAsync(target, outcome.Object!, stop).ConfigureAwait(false) is { } late
                    ? late
                    : new Written(StoredObjects.Read(outcome.Object!, target), IsNew: true);
            case WriteStatus.ReadOnly:
                return ReadOnly(target, target.Name);
            default:
                return ApiStatus.AlreadyExists(target, target.Name);
        }
    }

    internal static ApiStatus ReadOnly(ApiTarget target, string name) =>
        ApiStatus.Forbidden($"{target} \"{name}\" is forbidden: what is in this store is written elsewhere") with
        {
            Target = target,
            Name = name,
        };

    /// <summary>Makes of what a client wants what shall be, and looks whether it may.</summary>
    private ApiStatus? Prepare(WriteContext context, JsonObject item, JsonObject before)
    {
        var target = context.Target;
        if (ObjectIdentity.Fit(item, target) is { } misfit)
            return misfit;
        var metadata = item.Part("metadata");
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != before.Member("metadata").Text("uid"))
            return ApiStatus.Conflict(
                target,
                target.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Member("metadata").Text("uid")}"
            );
        if (target.IsStatus)
            TakeStatusOnly(item, before);
        else if (ServedKinds.HasStatus(target.Kind))
            Set(item, "status", before["status"]);
        ObjectIdentity.Keep(item, before);
        if (ObjectAdmission.CheckFields(context, item) is { } unknown)
            return unknown;
        NamespaceLifecycle.Complete(item, target);
        if (!ObjectAdmission.SameContent(item, before))
            ObjectIdentity.CountGeneration(item, target);
        if (item["status"] is not (null or JsonObject))
            return ApiStatus.Invalid(
                target,
                target.Name,
                [new StatusCause("FieldValueTypeInvalid", "must be a mapping", "status")]
            );
        return ObjectAdmission.Check(context, item, before);
    }

    /// <returns>Null when another write came between.</returns>
    private async Task<Outcome<Written>?> PutAsync(
        WriteContext context,
        JsonObject item,
        JsonObject before,
        long revision,
        CancellationToken stop
    )
    {
        var target = context.Target;
        if (!context.IsApply)
            OwnershipRecords.Update(context, item, before, time.GetUtcNow());
        if (OwnershipRecords.IsSame(item, before))
            return new Written(before);
        item.Part("metadata")["resourceVersion"] = StoredObjects.Text(revision);
        if (context.Options.IsDryRun)
            return new Written(item);
        var isGone =
            item.Member("metadata").Member("deletionTimestamp") is not null
            && !MetadataRules.FinalizersOf(item.Part("metadata")).Any();
        var outcome =
            isGone && target.Kind != NamespaceLifecycle.Kind
                ? await store.DeleteAsync(target.Key, revision, stop).ConfigureAwait(false)
                : await store
                    .PutAsync(target.Key, StoredObjects.Write(item, target.Kind), revision, stop)
                    .ConfigureAwait(false);
        if (isGone && outcome.Status == WriteStatus.Done)
            await namespaces.ContinueAsync(target, stop).ConfigureAwait(false);
        return outcome.Status switch
        {
            WriteStatus.Done when isGone => new Written(item),
            WriteStatus.Done => new Written(StoredObjects.Read(outcome.Object!, target)),
            WriteStatus.NotFound => ApiStatus.NotFound(target, target.Name),
            WriteStatus.Conflict => null,
            WriteStatus.ReadOnly => ReadOnly(target, target.Name),
            _ => throw new UnreachableException($"a replacement ended in {outcome.Status}"),
        };
    }

    private static void TakeStatusOnly(JsonObject item, JsonObject before)
    {
        var status = item["status"]?.DeepClone();
        var records = item.Member("metadata").Member("managedFields")?.DeepClone();
        item.Clear();
        foreach (var (name, value) in before)
            item[name] = value?.DeepClone();
        Set(item, "status", status);
        Set(item.Part("metadata"), "managedFields", records);
    }

    private static void Set(JsonObject item, string name, JsonNode? value)
    {
        if (value is null)
            item.Remove(name);
        else
            item[name] = value.DeepClone();
    }
}
