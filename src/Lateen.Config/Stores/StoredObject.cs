// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>An object as a store holds it.</summary>
/// <param name="Revision">The store's revision of its last write; <c>metadata.resourceVersion</c> to clients.</param>
/// <param name="Content">The whole object as JSON in UTF-8, without <c>metadata.resourceVersion</c>.</param>
public sealed record StoredObject(ObjectKey Key, long Revision, ReadOnlyMemory<byte> Content);

/// <summary>Objects that were in the store at one moment.</summary>
/// <param name="Revision">That moment; a watch that starts here misses nothing.</param>
/// <param name="Continue">Where the next page begins; null on the last one.</param>
public sealed record ObjectPage(long Revision, IReadOnlyList<StoredObject> Objects, ObjectKey? Continue = null)
{
    /// <summary>Parts of what was asked for that the store does not let us read, the same on every page: what was known of them holds.</summary>
    public IReadOnlyList<ObjectScope> Unread { get; init; } = [];

    /// <summary>Whether it says nothing of an object.</summary>
    public bool IsSilentOn(ObjectKey key)
    {
        foreach (var part in Unread)
        {
            if (part.Contains(key))
                return true;
        }
        return false;
    }
}

/// <summary>What happened to an object.</summary>
public enum ChangeKind : byte
{
    Added,
    Modified,
    Deleted,
}

/// <summary>A change, in the order of the store's revisions.</summary>
/// <param name="Object">As it is now; when it was deleted, as it was last, with the revision of its deletion.</param>
/// <param name="Previous">As it was before; null for one that is new.</param>
public sealed record ObjectChange(ChangeKind Kind, StoredObject Object, StoredObject? Previous);
