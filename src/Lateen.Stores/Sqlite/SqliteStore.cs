// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Microsoft.Data.Sqlite;

namespace Lateen.Stores.Sqlite;

/// <summary>
/// The store of a control plane that stands alone: one SQLite file, which nobody else may have open. A write is done when it is
/// on disk (write-ahead log, synced with every commit), so that neither <c>kill -9</c> nor a power failure loses one.
/// </summary>
public sealed class SqliteStore : IResourceStore, IDisposable
{
    /// <summary>Changes that are kept, for watches that resume after a restart and pages of a list that was begun before.</summary>
    public const int ChangesKept = 10_000;

    private readonly SqliteTables _tables;
    private readonly ChangeFeed _feed;

    // One connection: SQLite has one writer anyway, and reads are short.
    private readonly SemaphoreSlim _gate = new(1);
    private long _revision;

    private SqliteStore(SqliteTables tables)
    {
        _tables = tables;
        _revision = tables.Revision();
        var kept = tables.ChangesAfter(0);
        _feed = new ChangeFeed(kept.Count > 0 ? kept[0].Object.Revision - 1 : _revision, ChangesKept);
        foreach (var change in kept)
            _feed.Add(change);
    }

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be opened, another process has it, or it is no store.</exception>
    public static SqliteStore Open(string path)
    {
        SqliteTables? tables = null;
        try
        {
            tables = SqliteTables.Open(path);
            return new SqliteStore(tables);
        }
        catch (SqliteException failure)
        {
            tables?.Dispose();
            throw new StoreUnavailableException(SqliteFile.Explain(path, failure), failure);
        }
    }

    public async ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default)
    {
        using (await EnterAsync(stop).ConfigureAwait(false))
            return _tables.Find(key);
    }

    public async ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    )
    {
        using (await EnterAsync(stop).ConfigureAwait(false))
        {
            if (revision == 0 || revision == _revision)
                return Page(_tables.List(scope, after, limit == 0 ? 0 : limit + 1), limit, _revision);
            return Page(AsOf(scope, after, revision), limit, revision);
        }
    }

    public IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        CancellationToken stop = default
    ) => _feed.WatchAsync(scope, revision, stop);

    public async ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    )
    {
        using (await EnterAsync(stop).ConfigureAwait(false))
        {
            var current = _tables.Find(key);
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return new WriteOutcome(refusal, current);
            var stored = new StoredObject(key, _revision + 1, content);
            Write(new ObjectChange(current is null ? ChangeKind.Added : ChangeKind.Modified, stored, current));
            return new WriteOutcome(WriteStatus.Done, stored);
        }
    }

    public async ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default)
    {
        using (await EnterAsync(stop).ConfigureAwait(false))
        {
            var current = _tables.Find(key);
            if (current is null)
                return new WriteOutcome(WriteStatus.NotFound, null);
            if (Preconditions.Refusal(current, expected) is { } refusal)
                return new WriteOutcome(refusal, current);
            var gone = current with { Revision = _revision + 1 };
            Write(new ObjectChange(ChangeKind.Deleted, gone, current));
            return new WriteOutcome(WriteStatus.Done, gone);
        }
    }

    public void Dispose()
    {
        _gate.Wait();
        _tables.Dispose();
        _gate.Dispose();
    }

    private void Write(ObjectChange change)
    {
        try
        {
            _tables.Write(change, ChangesKept);
        }
        catch (SqliteException failure)
        {
            throw new StoreUnavailableException($"the database did not take the write: {failure.Message}", failure);
        }
        _revision = change.Object.Revision;
        _feed.Add(change);
    }

    /// <summary>What was in the store at a revision: what is in it now, with every change since then undone.</summary>
    private List<StoredObject> AsOf(ObjectScope scope, ObjectKey? after, long revision)
    {
        var changes = _tables.ChangesAfter(revision);
        // Revisions have no gaps, so the change after the revision is there unless it was forgotten.
        if (
            revision > _revision
            || (revision < _revision && (changes.Count == 0 || changes[0].Object.Revision != revision + 1))
        )
            throw new RevisionGoneException(revision, _revision - changes.Count);
        var objects = new SortedDictionary<ObjectKey, StoredObject>(KeyOrder.Instance);
        foreach (var stored in _tables.List(scope, null, 0))
            objects[stored.Key] = stored;
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            var change = changes[i];
            if (!scope.Contains(change.Object.Key))
                continue;
            if (change.Previous is null)
                objects.Remove(change.Object.Key);
            else
                objects[change.Object.Key] = change.Previous;
        }
        return objects
            .Values.Where(stored => after is null || KeyOrder.Instance.Compare(stored.Key, after.Value) > 0)
            .ToList();
    }

    private static ObjectPage Page(List<StoredObject> found, int limit, long revision) =>
        limit > 0 && found.Count > limit
            ? new ObjectPage(revision, found[..limit], found[limit - 1].Key)
            : new ObjectPage(revision, found);

    private async ValueTask<Turn> EnterAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        return new Turn(_gate);
    }

    private readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
