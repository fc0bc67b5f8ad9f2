// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// What the latest lists of several kinds were made of. To those who list, a list has one revision and pages; the cluster has a revision for each kind,
/// from which the kind is watched, and pages of its own.
/// </summary>
internal sealed class KubernetesMoments
{
    /// <summary>More than there are readers of a store that could be between their list and their watch, or between two pages.</summary>
    private const int Kept = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<Moment> _moments = [];

    /// <summary>Remembers a list; returns its first page.</summary>
    public ObjectPage Add(
        ObjectScope scope,
        long revision,
        IReadOnlyDictionary<KindSchema, KindListing> listings,
        List<StoredObject> objects,
        int limit
    )
    {
        var unread = listings
            .Where(static one => one.Value.State == KindState.Forbidden)
            .Select(static one => new ObjectScope(one.Key.Group, one.Key.Plural))
            .ToArray();
        var moment = new Moment(scope, revision, listings, objects, unread);
        lock (_gate)
        {
            _moments.AddFirst(moment);
            if (_moments.Count > Kept)
                _moments.RemoveLast();
            return moment.PageFrom(0, limit);
        }
    }

    /// <summary>The page behind an object.</summary>
    /// <exception cref="RevisionGoneException">Too many lists came between: list again.</exception>
    public ObjectPage Continue(ObjectScope scope, long revision, in ObjectKey after, int limit)
    {
        lock (_gate)
        {
            foreach (var moment in _moments)
            {
                if (moment.Revision == revision && moment.Scope == scope && moment.Find(after) is { } at)
                    return moment.PageFrom(at + 1, limit);
            }
        }
        throw new RevisionGoneException(revision, revision);
    }

    /// <summary>How a kind was when a list of this revision was made. Of several such lists the oldest: what is told twice is known, what is not told is lost.</summary>
    public KindListing Find(ObjectScope scope, long revision, KindSchema kind)
    {
        lock (_gate)
        {
            return _moments
                    .Where(moment => moment.Revision == revision && moment.Scope == scope)
                    .Select(moment => moment.Listings[kind])
                    .MinBy(static listing => listing.Revision)
                ?? new KindListing(KindState.Listed, revision);
        }
    }

    private sealed class Moment(
        ObjectScope scope,
        long revision,
        IReadOnlyDictionary<KindSchema, KindListing> listings,
        List<StoredObject> objects,
        IReadOnlyList<ObjectScope> unread
    )
    {
        private List<StoredObject> _objects = objects;

        public ObjectScope Scope => scope;

        public long Revision => revision;

        public IReadOnlyDictionary<KindSchema, KindListing> Listings => listings;

        /// <summary>Where an object is; null where it is not among those that are kept.</summary>
        public int? Find(in ObjectKey key)
        {
            for (var i = 0; i < _objects.Count; i++)
            {
                if (_objects[i].Key == key)
                    return i;
            }
            return null;
        }

        public ObjectPage PageFrom(int begin, int limit)
        {
            var rest = _objects.Count - begin;
            if (limit > 0 && rest > limit)
                return new ObjectPage(revision, _objects.GetRange(begin, limit), _objects[begin + limit - 1].Key)
                {
                    Unread = unread,
                };
            var last = _objects.GetRange(begin, rest);
            // Whoever wants a page again lists again; so much memory is not kept for that.
            _objects = [];
            return new ObjectPage(revision, last) { Unread = unread };
        }
    }
}
