// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>Whether a write may be, by what its writer thinks is there.</summary>
public static class Preconditions
{
    /// <summary>Why it may not; null when it may.</summary>
    /// <param name="current">What is there.</param>
    /// <param name="expected">As in <see cref="IResourceStore.PutAsync"/>.</param>
    public static WriteStatus? Refusal(StoredObject? current, long? expected) =>
        (current, expected) switch
        {
            (null, 0) => null,
            (null, _) => WriteStatus.NotFound,
            (_, 0) => WriteStatus.Exists,
            (_, null) => null,
            var (stored, revision) => stored.Revision == revision ? null : WriteStatus.Conflict,
        };
}
