// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Metadata;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>How a deletion went.</summary>
/// <param name="Object">The object as it was, or as it is while somebody must be done before it goes.</param>
internal sealed record Deleted(JsonObject Object, bool IsGone);

/// <summary>Deletes objects: at once, or, where they have finalizers, once the last of these is removed.</summary>
internal sealed class ObjectDeletion(IResourceStore store, NamespaceLifecycle namespaces, TimeProvider time)
{
    private const int MaxAttempts = 8;

    public async Task<Outcome<Deleted>> DeleteAsync(ApiTarget target, DeleteOptions options, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.GetAsync(target.Key, stop).ConfigureAwait(false);
            if (stored is null)
                return ApiStatus.NotFound(target, target.Name);
            var item = StoredObjects.Read(stored, target);
            if (Unmet(target, options, item) is { } unmet)
                return unmet;
            var deleted = await DeleteAsync(target, options, stored, item, stop).ConfigureAwait(false);
            if (deleted.Failure is not { Reason: "Conflict" } || attempt == MaxAttempts)
                return deleted;
        }
    }

    /// <summary>Notes that the object goes.</summary>
    public static void Mark(JsonObject item, DateTimeOffset now)
    {
        var metadata = item.Part("metadata");
        metadata["deletionTimestamp"] = ObjectIdentity.Time(now);
        metadata["deletionGracePeriodSeconds"] = 0;
        if (metadata["generation"].AsNumber() is { } generation)
            metadata["generation"] = generation + 1;
    }

    private async Task<Outcome<Deleted>> DeleteAsync(
        ApiTarget target,
        DeleteOptions options,
        StoredObject stored,
        JsonObject item,
        CancellationToken stop
    )
    {
        if (target.Kind == NamespaceLifecycle.Kind && !options.IsDryRun)
        {
            var ns = await namespaces.DeleteAsync(target, stored, stop).ConfigureAwait(false);
            return ns.Is(out var terminating, out var failure) ? new Deleted(terminating, IsGone: false) : failure;
        }
        var metadata = item.Part("metadata");
        if (!MetadataRules.FinalizersOf(metadata).Any())
        {
            if (options.IsDryRun)
                return new Deleted(item, IsGone: true);
            var gone = await store.DeleteAsync(target.Key, stored.Revision, stop).ConfigureAwait(false);
            return gone.Status is WriteStatus.Done ? new Deleted(item, IsGone: true) : FailureOf(gone.Status, target);
        }
        if (metadata["deletionTimestamp"] is not null)
            return new Deleted(item, IsGone: false);
        Mark(item, time.GetUtcNow());
        if (options.IsDryRun)
            return new Deleted(item, IsGone: false);
        var content = StoredObjects.Write(item, target.Kind);
        var marked = await store.PutAsync(target.Key, content, stored.Revision, stop).ConfigureAwait(false);
        return marked.Status is WriteStatus.Done
            ? new Deleted(StoredObjects.Read(marked.Object!, target), IsGone: false)
            : FailureOf(marked.Status, target);
    }

    private static ApiStatus FailureOf(WriteStatus status, ApiTarget target) =>
        status switch
        {
            WriteStatus.ReadOnly => ObjectWrites.ReadOnly(target, target.Name),
            WriteStatus.NotFound => ApiStatus.NotFound(target, target.Name),
            _ => ApiStatus.Outdated(target, target.Name),
        };

    private static ApiStatus? Unmet(ApiTarget target, DeleteOptions options, JsonObject item)
    {
        var metadata = item.Member("metadata");
        var (uid, version) = (metadata.Text("uid"), metadata.Text("resourceVersion"));
        if (options.Uid is not null && options.Uid != uid)
            return Precondition(target, "UID", options.Uid, uid);
        return options.ResourceVersion is not null && options.ResourceVersion != version
            ? Precondition(target, "ResourceVersion", options.ResourceVersion, version)
            : null;
    }

    private static ApiStatus Precondition(ApiTarget target, string what, string wanted, string? found) =>
        ApiStatus.Conflict(
            target,
            target.Name,
            $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}"
        );
}
