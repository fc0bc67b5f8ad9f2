// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>What a watch tells.</summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c>, <c>BOOKMARK</c> or <c>ERROR</c>.</param>
/// <param name="Object">The object; for an error the status.</param>
internal readonly record struct WatchEvent(string Type, JsonObject Object)
{
    public const string Added = "ADDED";
    public const string Modified = "MODIFIED";
    public const string Deleted = "DELETED";
    public const string Bookmark = "BOOKMARK";
    public const string Error = "ERROR";

    /// <summary>Whether the object is one that somebody wrote.</summary>
    public bool IsChange => Type is Added or Modified or Deleted;
}

/// <summary>Tells what becomes of objects, from a revision on.</summary>
internal sealed class ObjectWatch(IResourceStore store, TimeProvider time)
{
    /// <summary>As Kubernetes: how often a client that takes bookmarks gets one.</summary>
    public static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    /// <summary>Events until cancelled, or until one says that no more can be told.</summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiTarget target,
        ListOptions options,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var revision = options.Revision ?? 0;
        if (revision == 0 || options.SendInitialEvents == true)
        {
            // What is there counts as added, unless the client asks for nothing but news.
            var page = await store.ListAsync(target.Scope, stop: stop).ConfigureAwait(false);
            revision = page.Revision;
            foreach (var stored in page.Objects)
            {
                if (options.SendInitialEvents != false && Selected(stored, target, options) is { } item)
                    yield return new WatchEvent(WatchEvent.Added, item);
            }
            if (options is { SendInitialEvents: true, AllowBookmarks: true })
                yield return Bookmark(target, revision, isInitialEnd: true);
        }
        await foreach (var told in ChangesAsync(target, options, revision, stop).ConfigureAwait(false))
            yield return told;
    }

    /// <summary>
    /// Everything in the store passes by, and not this scope alone, so that bookmarks advance where nothing changes in it.
    /// </summary>
    private async IAsyncEnumerable<WatchEvent> ChangesAsync(
        ApiTarget target,
        ListOptions options,
        long revision,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var changes = store.WatchAsync(ObjectScope.Everything, revision, ending.Token).GetAsyncEnumerator(ending.Token);
        var next = NextAsync(changes);
        var bookmark = Task.Delay(BookmarkInterval, time, ending.Token);
        try
        {
            while (true)
            {
                if (options.AllowBookmarks)
                    await Task.WhenAny(next, bookmark).ConfigureAwait(false);
                if (!next.IsCompleted && options.AllowBookmarks)
                {
                    stop.ThrowIfCancellationRequested();
                    yield return Bookmark(target, revision, isInitialEnd: false);
                    bookmark = Task.Delay(BookmarkInterval, time, ending.Token);
                    continue;
                }
                var (change, failure) = await next.ConfigureAwait(false);
                if (failure is not null)
                {
                    yield return new WatchEvent(WatchEvent.Error, failure.ToJson());
                    yield break;
                }
                if (change is null)
                    yield break;
                revision = change.Object.Revision;
                if (target.Scope.Contains(change.Object.Key) && EventOf(change, target, options) is { } told)
                    yield return told;
                next = NextAsync(changes);
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await changes.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<(ObjectChange? Change, ApiStatus? Failure)> NextAsync(
        IAsyncEnumerator<ObjectChange> changes
    )
    {
        try
        {
            return (await changes.MoveNextAsync().ConfigureAwait(false) ? changes.Current : null, null);
        }
        catch (RevisionGoneException gone)
        {
            return (null, ApiStatus.Expired($"too old resource version: {gone.Message}"));
        }
        catch (StoreUnavailableException unavailable)
        {
            return (null, ApiStatus.Unavailable(unavailable.Message));
        }
    }

    /// <summary>An object that a change brings into the selection is added to it, one that leaves it is deleted from it.</summary>
    private static WatchEvent? EventOf(ObjectChange change, ApiTarget target, ListOptions options)
    {
        var before = change.Previous is { } previous ? Selected(previous, target, options) : null;
        var after = change.Kind == ChangeKind.Deleted ? null : Selected(change.Object, target, options);
        if (after is not null)
            return new WatchEvent(before is null ? WatchEvent.Added : WatchEvent.Modified, after);
        if (before is null)
            return null;
        before["metadata"]!["resourceVersion"] = StoredObjects.Text(change.Object.Revision);
        return new WatchEvent(WatchEvent.Deleted, before);
    }

    private static JsonObject? Selected(StoredObject stored, ApiTarget target, ListOptions options)
    {
        var item = StoredObjects.Read(stored, target);
        return options.Selects(stored.Key.Name, stored.Key.Namespace, StoredObjects.LabelsOf(item)) ? item : null;
    }

    private static WatchEvent Bookmark(ApiTarget target, long revision, bool isInitialEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = StoredObjects.Text(revision) };
        if (isInitialEnd)
            metadata["annotations"] = new JsonObject { [InitialEventsEnd] = "true" };
        return new WatchEvent(
            WatchEvent.Bookmark,
            new JsonObject
            {
                ["kind"] = target.Kind.Name,
                ["apiVersion"] = target.ApiVersion,
                ["metadata"] = metadata,
            }
        );
    }
}
