// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Lateen.Config.Stores;

/// <summary>
/// A store that lives as long as its process: for tests, and for a mesh that is gone when its command ends. It remembers how it was
/// after each of its latest writes, so that all pages of a list are of one moment.
/// </summary>
public sealed class MemoryStore : IResourceStore
{
    private const int MomentsKept = 10_000;

    private readonly Lock _gate = new();
    private readonly ChangeFeed _feed = new(0, MomentsKept);

    /// <summary>In the order of revisions, one after the other; the last is now. They share what did not change between them.</summary>
    private readonly LinkedList<Moment> _moments = new([
        new Moment(0, ImmutableSortedDictionary.Create<ObjectKey, StoredObject>(KeyOrder.Instance)),
    ]);

    /// <summary>Not by default: who made it has it.</summary>
    public bool IsShared { get; init; }

    private Moment Now => _moments.Last!.Value;

    public ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        lock (_gate)
            return ValueTask.FromResult(Now.Objects.GetValueOrDefault(key));
    }

    public ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        var moment = At(revision);
        var found = moment
            .Objects.Values.Where(stored => scope.Contains(stored.Key))
            .Where(stored => after is null || KeyOrder.Instance.Compare(stored.Key, after.Value) > 0);
        if (limit == 0)
            return ValueTask.FromResult(new ObjectPage(moment.Revision, found.ToArray()));
        var page = found.Take(limit + 1).ToArray();
        return ValueTask.FromResult(
            page.Length > limit
                ? new ObjectPage(moment.Revision, page[..limit], page[limit - 1].Key)
                : new ObjectPage(moment.Revision, page)
        );
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
            var current = Now.Objects.GetValueOrDefault(key);
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return ValueTask.FromResult(new WriteOutcome(refusal, current));
            var stored = new StoredObject(key, Now.Revision + 1, content);
            Add(Now.Objects.SetItem(key, stored));
            _feed.Add(new ObjectChange(current is null ? ChangeKind.Added : ChangeKind.Modified, stored, current));
            return ValueTask.FromResult(new WriteOutcome(WriteStatus.Done, stored));
        }
    }

    public ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        lock (_gate)
        {
            var current = Now.Objects.GetValueOrDefault(key);
            if (current is null)
                return ValueTask.FromResult(new WriteOutcome(WriteStatus.NotFound, null));
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return ValueTask.FromResult(new WriteOutcome(refusal, current));
            Add(Now.Objects.Remove(key));
            var gone = current with { Revision = Now.Revision };
            _feed.Add(new ObjectChange(ChangeKind.Deleted, gone, current));
            return ValueTask.FromResult(new WriteOutcome(WriteStatus.Done, gone));
        }
    }

    private void Add(ImmutableSortedDictionary<ObjectKey, StoredObject> objects)
    {
        _moments.AddLast(new Moment(Now.Revision + 1, objects));
        if (_moments.Count > MomentsKept)
            _moments.RemoveFirst();
    }

    /// <param name="revision">0 for now.</param>
    private Moment At(long revision)
    {
        lock (_gate)
        {
            if (revision == 0 || revision == Now.Revision)
                return Now;
            // Pages are asked for soon after one another.
            for (var node = _moments.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Revision == revision)
                    return node.Value;
            }
            throw new RevisionGoneException(
                revision,
                revision > Now.Revision ? Now.Revision : _moments.First!.Value.Revision
            );
        }
    }

    private sealed record Moment(long Revision, ImmutableSortedDictionary<ObjectKey, StoredObject> Objects);
}
