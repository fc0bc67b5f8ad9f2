// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>How a write ended.</summary>
public enum WriteStatus : byte
{
    /// <summary>It is in the store, on disk, and in the order of its revision.</summary>
    Done,

    /// <summary>There is one of that name already.</summary>
    Exists,

    /// <summary>There is none of that name.</summary>
    NotFound,

    /// <summary>It has another revision than the writer thought.</summary>
    Conflict,

    /// <summary>The store takes no writes: what is in it is written elsewhere, as in a directory of files.</summary>
    ReadOnly,

    /// <summary>The store does not let us write the status of this kind, and has told so.</summary>
    Forbidden,

    /// <summary>The store does not take the status of this object, and has told why.</summary>
    Invalid,
}

/// <summary>How a write ended, and with what.</summary>
/// <param name="Object">As it is in the store now; after a deletion as it was; null where there is none.</param>
public readonly record struct WriteOutcome(WriteStatus Status, StoredObject? Object);
