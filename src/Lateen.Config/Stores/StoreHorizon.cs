// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Lateen.Config.Stores;

/// <summary>
/// How much of a store somebody has taken in. Revisions are compared within a kind alone: a cluster tells of each kind in its own order.
/// </summary>
/// <param name="Listed">All that was written up to this revision; -1 before the first list.</param>
/// <param name="Seen">By <c>PLURAL.GROUP</c>: the revision of the kind's latest write that was seen.</param>
public sealed record StoreHorizon(long Listed, ImmutableDictionary<string, long> Seen)
{
    /// <summary>Nothing was taken in.</summary>
    public static StoreHorizon None { get; } =
        new(-1, ImmutableDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>Whether each write that the other one has seen is among these. A list may be of a later moment than any write, so it asks for nothing.</summary>
    public bool Covers(StoreHorizon other)
    {
        foreach (var (kind, revision) in other.Seen)
        {
            if (revision > Math.Max(Listed, Seen.GetValueOrDefault(kind, -1)))
                return false;
        }
        return true;
    }

    /// <summary>A write was seen.</summary>
    public StoreHorizon With(in ObjectKey key, long revision)
    {
        var kind = $"{key.Plural}.{key.Group}";
        return Seen.GetValueOrDefault(kind, -1) >= revision ? this : this with { Seen = Seen.SetItem(kind, revision) };
    }
}
