// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// How much of the store is in the latest revisions of the configuration. Revisions are each control plane's own, what they took in of the store is
/// what others understand. May be used by any thread.
/// </summary>
internal sealed class ConfigHistory
{
    /// <summary>Proxies that are further behind count as having nothing.</summary>
    private const int Kept = 1024;

    private readonly Lock _gate = new();

    // By revision. A status changes no revision, and yet is taken in.
    private readonly List<Entry> _entries = [];

    /// <summary>A revision is in force, or still is, with so much of the store.</summary>
    public void Record(long revision, StoreHorizon horizon)
    {
        lock (_gate)
        {
            if (_entries.Count > 0 && _entries[^1].Revision == revision)
            {
                _entries[^1] = _entries[^1] with { Last = horizon };
                return;
            }
            _entries.Add(new Entry(revision, horizon, horizon));
            if (_entries.Count > 2 * Kept)
                _entries.RemoveRange(0, _entries.Count - Kept);
        }
    }

    /// <summary>What those have of the store who have this revision.</summary>
    public StoreHorizon TakenBy(long revision)
    {
        lock (_gate)
        {
            var at = LastUpTo(revision);
            return at < 0 ? StoreHorizon.None : _entries[at].Last;
        }
    }

    /// <summary>What others must have of the store to have all that this revision was made of.</summary>
    public StoreHorizon NeededFor(long revision)
    {
        lock (_gate)
        {
            if (_entries.Count == 0)
                return StoreHorizon.None;
            // Of one that is forgotten: more than it needs.
            return _entries[Math.Max(LastUpTo(revision), 0)].First;
        }
    }

    private int LastUpTo(long revision)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].Revision <= revision)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }

    /// <param name="First">As the revision came.</param>
    /// <param name="Last">With what came since and changed nothing.</param>
    private readonly record struct Entry(long Revision, StoreHorizon First, StoreHorizon Last);
}
