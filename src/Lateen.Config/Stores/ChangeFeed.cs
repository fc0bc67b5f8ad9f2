// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Lateen.Config.Stores;

/// <summary>
/// The latest changes of a store in this process, for those who watch. Writers add in the order of revisions; a watcher gets what
/// came since its revision, then what comes. One that falls behind further than the feed remembers must list again.
/// </summary>
/// <param name="start">The store's revision when the feed begins.</param>
/// <param name="capacity">How many changes are remembered.</param>
public sealed class ChangeFeed(long start, int capacity = 10_000)
{
    private readonly Lock _gate = new();
    private readonly Queue<ObjectChange> _recent = new();
    private readonly List<Channel<bool>> _waiting = [];

    /// <summary>Changes up to this revision, included, are forgotten.</summary>
    private long _forgotten = start;

    /// <summary>Adds a change; each has a greater revision than the one before.</summary>
    public void Add(ObjectChange change)
    {
        lock (_gate)
        {
            _recent.Enqueue(change);
            if (_recent.Count > capacity)
                _forgotten = _recent.Dequeue().Object.Revision;
            foreach (var watcher in _waiting)
                watcher.Writer.TryWrite(true);
        }
    }

    /// <inheritdoc cref="IResourceStore.WatchAsync"/>
    public async IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        // Holds one sign at most: that there is something is all it says.
        var signs = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        lock (_gate)
            _waiting.Add(signs);
        try
        {
            while (true)
            {
                foreach (var change in Since(revision))
                {
                    revision = change.Object.Revision;
                    if (scope.Contains(change.Object.Key))
                        yield return change;
                }
                await signs.Reader.ReadAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_gate)
                _waiting.Remove(signs);
        }
    }

    private ObjectChange[] Since(long revision)
    {
        lock (_gate)
        {
            if (revision < _forgotten)
                throw new RevisionGoneException(revision, _forgotten);
            return _recent.Where(change => change.Object.Revision > revision).ToArray();
        }
    }
}
