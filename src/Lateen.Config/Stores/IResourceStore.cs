// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>
/// Where configuration is kept: objects with revisions, which can be listed and watched. Every write has a revision of its own,
/// greater than all before it; whoever lists and then watches from the list's revision sees every change once, in order.
/// What a write has said to be done is there after a crash at any moment.
/// </summary>
public interface IResourceStore
{
    /// <summary>Whether several control planes may have it at once.</summary>
    bool IsShared => false;

    /// <summary>Where it is, to tell it from others; empty for one that is its process's own.</summary>
    string Location => "";

    /// <summary>Something is not as it should be and does not keep the store from its work: a kind that may not be read, a watch that broke. Told once.</summary>
    event Action<string>? Warned
    {
        add { }
        remove { }
    }

    /// <summary>The object; null when there is none.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default);

    /// <summary>Objects by key, all as of one revision.</summary>
    /// <param name="scope">What is listed.</param>
    /// <param name="limit">At most so many; 0 for all.</param>
    /// <param name="after">Begins behind this object, as the page before said.</param>
    /// <param name="revision">As of this revision, where a page before was of it; 0 for now.</param>
    /// <exception cref="RevisionGoneException">The revision is too old.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    );

    /// <summary>Changes after a revision, until cancelled.</summary>
    /// <exception cref="RevisionGoneException">The revision is too old: list again.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached; watch again from the last change seen.</exception>
    IAsyncEnumerable<ObjectChange> WatchAsync(ObjectScope scope, long revision, CancellationToken stop = default);

    /// <summary>Creates (<paramref name="expected"/> 0) or replaces an object.</summary>
    /// <param name="expected">Revision that the object must have; 0: there must be none; null: any, and there must be one.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached, and it is not known whether the write happened.</exception>
    ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    );

    /// <summary>Replaces an object of which nothing but <c>status</c> differs: where that is a thing of its own (Kubernetes), only that is written.</summary>
    /// <param name="expected">Revision that the object must have.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached, and it is not known whether the write happened.</exception>
    ValueTask<WriteOutcome> PutStatusAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long expected,
        CancellationToken stop = default
    ) => PutAsync(key, content, expected, stop);

    /// <summary>Removes an object.</summary>
    /// <param name="expected">Revision that the object must have; null for any.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached, and it is not known whether the write happened.</exception>
    ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default);
}
