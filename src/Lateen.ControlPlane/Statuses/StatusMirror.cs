// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Generations and statuses of the objects of a store, as they become. Follows the store by itself: what the mesh reads of it has no
/// statuses.
/// </summary>
internal sealed class StatusMirror(IResourceStore store, TimeProvider time)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ObjectKey, MirroredObject> _objects = new();
    private ImmutableDictionary<string, IReadOnlyDictionary<string, string>> _namespaces = ImmutableDictionary<
        string,
        IReadOnlyDictionary<string, string>
    >.Empty;
    private long _revision;
    private bool _mustList = true;

    /// <summary>An object is new, or says something else. What only changes a status is not told: nobody writes for that.</summary>
    public event Action? Changed;

    public ICollection<KeyValuePair<ObjectKey, MirroredObject>> Objects => _objects;

    /// <summary>Labels of the namespaces that there are; another one after each change.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Namespaces =>
        Volatile.Read(ref _namespaces);

    /// <summary>Follows the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                if (_mustList)
                    await ListAsync(stop).ConfigureAwait(false);
                else
                    await WatchAsync(stop).ConfigureAwait(false);
            }
            catch (RevisionGoneException)
            {
                _mustList = true;
                await Task.Delay(s_retry, time, stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Who reads the configuration says so.
                await Task.Delay(s_retry, time, stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What was written by ourselves is known before the store tells of it.</summary>
    public void Take(StoredObject stored)
    {
        if (KindOf(stored.Key) is { } kind && Read(stored, kind) is { } read)
            _objects[stored.Key] = read;
    }

    /// <summary>Kinds with a status beside their specification; a pod's and a service's is not ours.</summary>
    public static KindSchema? KindOf(ObjectKey key) =>
        s_kinds.TryGetValue((key.Group, key.Plural), out var kind) ? kind : null;

    private static readonly Dictionary<(string Group, string Plural), KindSchema> s_kinds = KindCatalogue
        .All.Where(static kind => !kind.IsWhole)
        .ToDictionary(static kind => (kind.Group, kind.Plural));

    private async Task ListAsync(CancellationToken stop)
    {
        var page = await store.ListAsync(ObjectScope.Everything, stop: stop).ConfigureAwait(false);
        var there = page.Objects.Select(static stored => stored.Key).ToHashSet();
        foreach (var gone in _objects.Keys.Where(key => !there.Contains(key) && !page.IsSilentOn(key)))
            _objects.TryRemove(gone, out _);
        foreach (var stored in page.Objects)
            Take(stored);
        foreach (
            var gone in _namespaces.Keys.Where(name =>
                !there.Contains(NamespaceKey(name)) && !page.IsSilentOn(NamespaceKey(name))
            )
        )
            Volatile.Write(ref _namespaces, _namespaces.Remove(gone));
        foreach (var stored in page.Objects.Where(static stored => IsNamespace(stored.Key)))
            TakeNamespace(stored);
        _revision = page.Revision;
        _mustList = false;
        Changed?.Invoke();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        await foreach (var change in store.WatchAsync(ObjectScope.Everything, _revision, stop).ConfigureAwait(false))
        {
            _revision = change.Object.Revision;
            if (IsNamespace(change.Object.Key))
            {
                if (change.Kind == ChangeKind.Deleted)
                    Volatile.Write(ref _namespaces, _namespaces.Remove(change.Object.Key.Name));
                else
                    TakeNamespace(change.Object);
                Changed?.Invoke();
                continue;
            }
            var before = _objects.GetValueOrDefault(change.Object.Key);
            if (change.Kind == ChangeKind.Deleted)
            {
                _objects.TryRemove(change.Object.Key, out _);
                continue;
            }
            // Our own writes come back late, and must not take back what was written since.
            if (before is not null && before.Revision >= change.Object.Revision)
                continue;
            Take(change.Object);
            var now = _objects.GetValueOrDefault(change.Object.Key);
            if (now is not null && (before is null || before.Generation != now.Generation || before.Uid != now.Uid))
                Changed?.Invoke();
        }
    }

    private static bool IsNamespace(in ObjectKey key) => key is { Group: "", Plural: "namespaces" };

    private static ObjectKey NamespaceKey(string name) => new("", "namespaces", "", name);

    private void TakeNamespace(StoredObject stored)
    {
        var labels = JsonNode.Parse(stored.Content.Span).Member("metadata").Member("labels") as JsonObject;
        var read = labels?.ToDictionary(static one => one.Key, static one => one.Value.AsText() ?? "") ?? [];
        Volatile.Write(ref _namespaces, _namespaces.SetItem(stored.Key.Name, read));
    }

    private static MirroredObject? Read(StoredObject stored, KindSchema kind)
    {
        if (JsonNode.Parse(stored.Content.Span) is not JsonObject item)
            return null;
        var metadata = item.Member("metadata");
        return new MirroredObject(
            kind,
            stored.Revision,
            metadata.Member("generation").AsNumber() ?? 0,
            metadata.Text("uid") ?? "",
            item["status"] as JsonObject,
            // Other kinds' is in the configuration.
            kind.Group == "gateway.networking.k8s.io"
                ? item["spec"] as JsonObject
                : null
        );
    }
}

/// <summary>What a status depends on.</summary>
/// <param name="Revision">Of the store.</param>
/// <param name="Status">Not to be changed; null where there is none.</param>
/// <param name="Spec">Of the Gateway API's kinds, in whose statuses it shows; null for others.</param>
internal sealed record MirroredObject(
    KindSchema Kind,
    long Revision,
    long Generation,
    string Uid,
    JsonObject? Status,
    JsonObject? Spec
);
