// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>The latest, from the oldest on; those in front of <see cref="_first"/> are forgotten.</summary>
    private readonly List<ObjectChange> _recent = [];

    private int _first;
    private readonly List<Channel<bool>> _waiting = [];

    /// <summary>Changes up to this revision, included, are forgotten.</summary>
    private long _forgotten = start;

    /// <summary>Adds a change; each has a greater revision than the one before.</summary>
    public void Add(ObjectChange change)
    {
        lock (_gate)
        {
            _recent.Add(change);
            if (_recent.Count - _first > capacity)
                _forgotten = _recent[_first++].Object.Revision;
            if (_first > capacity / 4)
            {
                // Not each by itself, which would move all the others each time.
                _recent.RemoveRange(0, _first);
                _first = 0;
            }
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
            var begin = FirstAfter(revision);
            return CollectionsMarshal.AsSpan(_recent)[begin..].ToArray();
        }
    }

    /// <summary>Halves, since one who keeps up asks after every change.</summary>
    private int FirstAfter(long revision)
    {
        var (low, high) = (_first, _recent.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_recent[middle].Object.Revision > revision)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
