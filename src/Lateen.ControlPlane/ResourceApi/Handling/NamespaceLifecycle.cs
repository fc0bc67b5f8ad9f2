// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Metadata;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>
/// Namespaces: objects are created in those that are there, and go with them. One that is deleted takes nothing new, is emptied, and is
/// gone once everything in it is.
/// </summary>
internal sealed class NamespaceLifecycle(IResourceStore store, TimeProvider time)
{
    private const string NameLabel = "kubernetes.io/metadata.name";
    private const string Version = "v1";

    /// <summary>There from the beginning, and to the end.</summary>
    public static IReadOnlyList<string> Standing { get; } = ["default", "istio-system"];

    public static KindSchema Kind { get; } = KindCatalogue.Find("", "Namespace")!;

    /// <summary>What every namespace has, whoever writes it.</summary>
    public static void Complete(JsonObject item, ApiTarget target)
    {
        if (target.Kind != Kind)
            return;
        item.Part("metadata").Part("labels")[NameLabel] = item.Member("metadata").Text("name");
        item.Part("spec");
        item.Part("status")["phase"] = item.Member("metadata").Member("deletionTimestamp") is null
            ? "Active"
            : "Terminating";
    }

    /// <summary>Makes the standing ones, and ends what a control plane before this one had begun.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        foreach (var name in Standing)
        {
            var target = TargetOf(name);
            var item = new JsonObject
            {
                ["apiVersion"] = Version,
                ["kind"] = Kind.Name,
                ["metadata"] = new JsonObject { ["name"] = name },
            };
            ObjectIdentity.Create(item, target, time.GetUtcNow());
            Complete(item, target);
            await store.PutAsync(target.Key, StoredObjects.Write(item, Kind), expected: 0, stop).ConfigureAwait(false);
        }
        var all = await store.ListAsync(new ObjectScope("", Kind.Plural), stop: stop).ConfigureAwait(false);
        foreach (var stored in all.Objects)
        {
            if (IsTerminating(stored))
                await SweepAsync(stored.Key.Name, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Why nothing can be created there; null when something can.</summary>
    public async Task<ApiStatus?> RefusalAsync(ApiTarget target, CancellationToken stop)
    {
        if (target.Namespace.Length == 0)
            return target.Kind.IsClusterScoped
                ? null
                : ApiStatus.BadRequest("the server could not find the namespace: name one in the path");
        var ns = TargetOf(target.Namespace);
        var stored = await store.GetAsync(ns.Key, stop).ConfigureAwait(false);
        if (stored is null)
            return ApiStatus.NotFound(ns, target.Namespace);
        if (!IsTerminating(stored))
            return null;
        return ApiStatus.Forbidden($"{target} is forbidden: the namespace {target.Namespace} is being terminated") with
        {
            Target = target,
            Causes =
            [
                new StatusCause(
                    "NamespaceTerminating",
                    $"namespace {target.Namespace} is being terminated",
                    "metadata.namespace"
                ),
            ],
        };
    }

    /// <summary>Takes back an object whose namespace went while it was written.</summary>
    public async Task<ApiStatus?> UndoIfGoneAsync(ApiTarget target, StoredObject created, CancellationToken stop)
    {
        if (target.Namespace.Length == 0 || await RefusalAsync(target, stop).ConfigureAwait(false) is not { } refusal)
            return null;
        await store.DeleteAsync(created.Key, created.Revision, stop).ConfigureAwait(false);
        return refusal;
    }

    /// <summary>Deletes a namespace with everything in it.</summary>
    /// <returns>The namespace as it is then, or was last.</returns>
    public async Task<Outcome<JsonObject>> DeleteAsync(ApiTarget target, StoredObject stored, CancellationToken stop)
    {
        if (Standing.Contains(target.Name))
            return ApiStatus.Forbidden(
                $"namespaces \"{target.Name}\" is forbidden: this namespace may not be deleted"
            ) with
            {
                Target = target,
                Name = target.Name,
            };
        var item = StoredObjects.Read(stored, target);
        if (!IsTerminating(stored))
        {
            item.Part("metadata")["deletionTimestamp"] = ObjectIdentity.Time(time.GetUtcNow());
            Complete(item, target);
            var content = StoredObjects.Write(item, Kind);
            var outcome = await store.PutAsync(target.Key, content, stored.Revision, stop).ConfigureAwait(false);
            if (outcome.Status == WriteStatus.ReadOnly)
                return ObjectWrites.ReadOnly(target, target.Name);
            if (outcome.Status != WriteStatus.Done)
                return ApiStatus.Outdated(target, target.Name);
            item = StoredObjects.Read(outcome.Object!, target);
        }
        await SweepAsync(target.Name, stop).ConfigureAwait(false);
        return item;
    }

    /// <summary>After an object is gone for which somebody waited: its namespace may have waited too.</summary>
    public async Task ContinueAsync(ApiTarget target, CancellationToken stop)
    {
        var name = target.Kind == Kind ? target.Name : target.Namespace;
        if (
            name.Length > 0
            && await store.GetAsync(TargetOf(name).Key, stop).ConfigureAwait(false) is { } stored
            && IsTerminating(stored)
        )
            await SweepAsync(name, stop).ConfigureAwait(false);
    }

    /// <summary>Deletes what can be deleted; the namespace too when nothing is left that somebody waits for.</summary>
    private async Task SweepAsync(string name, CancellationToken stop)
    {
        var inside = await store.ListAsync(new ObjectScope(Namespace: name), stop: stop).ConfigureAwait(false);
        var isEmpty = true;
        foreach (var stored in inside.Objects)
            isEmpty &= await RemoveAsync(stored, stop).ConfigureAwait(false);
        if (!isEmpty || await store.GetAsync(TargetOf(name).Key, stop).ConfigureAwait(false) is not { } ns)
            return;
        // Whatever stays between ends with the next sweep: of this one's successor, or at the next start.
        if (IsTerminating(ns) && !HasFinalizers(ns))
            await store.DeleteAsync(ns.Key, ns.Revision, stop).ConfigureAwait(false);
    }

    /// <returns>Whether it is gone.</returns>
    private async Task<bool> RemoveAsync(StoredObject stored, CancellationToken stop)
    {
        if (!HasFinalizers(stored))
        {
            var outcome = await store.DeleteAsync(stored.Key, stored.Revision, stop).ConfigureAwait(false);
            return outcome.Status is WriteStatus.Done or WriteStatus.NotFound;
        }
        if (!IsTerminating(stored))
        {
            var item = JsonNode.Parse(stored.Content.Span)!.AsObject();
            ObjectDeletion.Mark(item, time.GetUtcNow());
            await store.PutAsync(stored.Key, ResponseBody.Json(item), stored.Revision, stop).ConfigureAwait(false);
        }
        return false;
    }

    private static ApiTarget TargetOf(string name) => new(Kind, Version, "", name, "");

    private static JsonNode? MetadataOf(StoredObject stored) => JsonNode.Parse(stored.Content.Span).Member("metadata");

    private static bool IsTerminating(StoredObject stored) =>
        MetadataOf(stored).Member("deletionTimestamp") is not null;

    private static bool HasFinalizers(StoredObject stored) =>
        MetadataRules.FinalizersOf(MetadataOf(stored) as JsonObject).Any();
}
