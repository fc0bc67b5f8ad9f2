// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>A store in memory that a test can make forget its past, go away, and be written to behind the back of a writer.</summary>
internal sealed class ForgetfulStore : IResourceStore
{
    private readonly MemoryStore _store = new();

    /// <summary>Revisions that are gone: all but the present.</summary>
    public bool HasForgotten { get; set; }

    public bool IsAway { get; set; }

    /// <summary>Runs once before the next write.</summary>
    public Func<IResourceStore, Task>? BeforeWrite { get; set; }

    public ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        Look();
        return _store.GetAsync(key, stop);
    }

    public ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        Look();
        return HasForgotten && revision > 0
            ? throw new RevisionGoneException(revision, revision + 1)
            : _store.ListAsync(scope, limit, after, revision, stop);
    }

    public IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        CancellationToken stop = default
    ) => _store.WatchAsync(scope, HasForgotten ? -1 : revision, stop);

    public async ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    )
    {
        await InterfereAsync();
        return await _store.PutAsync(key, content, expected, stop);
    }

    public async ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        await InterfereAsync();
        return await _store.DeleteAsync(key, expected, stop);
    }

    private async Task InterfereAsync()
    {
        Look();
        if (BeforeWrite is not { } interfere)
            return;
        BeforeWrite = null;
        await interfere(_store);
    }

    private void Look()
    {
        if (IsAway)
            throw new StoreUnavailableException("the store is away");
    }
}
