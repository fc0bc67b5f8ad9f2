// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>A store that lives as long as its process: for tests, and for a mesh that is gone when its command ends.</summary>
public sealed class MemoryStore : IResourceStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ObjectKey, StoredObject> _objects = new(KeyOrder.Instance);
    private readonly ChangeFeed _feed = new(0);
    private long _revision;

    public ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        lock (_gate)
            return ValueTask.FromResult(_objects.GetValueOrDefault(key));
    }

    /// <remarks>Pages are of the moment of each: a memory has no past.</remarks>
    public ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        lock (_gate)
        {
            var found = _objects
                .Values.Where(stored => scope.Contains(stored.Key))
                .Where(stored => after is null || KeyOrder.Instance.Compare(stored.Key, after.Value) > 0);
            if (limit == 0)
                return ValueTask.FromResult(new ObjectPage(_revision, found.ToArray()));
            var page = found.Take(limit + 1).ToArray();
            return ValueTask.FromResult(
                page.Length > limit
                    ? new ObjectPage(_revision, page[..limit], page[limit - 1].Key)
                    : new ObjectPage(_revision, page)
            );
        }
    }

    public IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        CancellationToken stop = default
    ) => _feed.WatchAsync(scope, revision, stop);

    public ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    )
    {
        lock (_gate)
        {
            var current = _objects.GetValueOrDefault(key);
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return ValueTask.FromResult(new WriteOutcome(refusal, current));
            var stored = new StoredObject(key, ++_revision, content);
            _objects[key] = stored;
            _feed.Add(new ObjectChange(current is null ? ChangeKind.Added : ChangeKind.Modified, stored, current));
            return ValueTask.FromResult(new WriteOutcome(WriteStatus.Done, stored));
        }
    }

    public ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        lock (_gate)
        {
            var current = _objects.GetValueOrDefault(key);
            if (current is null)
                return ValueTask.FromResult(new WriteOutcome(WriteStatus.NotFound, null));
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return ValueTask.FromResult(new WriteOutcome(refusal, current));
            _objects.Remove(key);
            var gone = current with { Revision = ++_revision };
            _feed.Add(new ObjectChange(ChangeKind.Deleted, gone, current));
            return ValueTask.FromResult(new WriteOutcome(WriteStatus.Done, gone));
        }
    }
}
