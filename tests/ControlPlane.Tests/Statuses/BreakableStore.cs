// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Statuses;

/// <summary>A store that a test takes away and gives back.</summary>
internal sealed class BreakableStore(IResourceStore inner) : IResourceStore
{
    private volatile bool _isAway;

    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Whether it knows such a kind.</summary>
    public bool HasLeases { get; set; } = true;

    public bool IsShared => inner.IsShared;

    private IResourceStore Inner => _isAway ? throw new StoreUnavailableException("it is away") : inner;

    public ValueTask<StoredObject?> GetAsync(ObjectKey key, CancellationToken stop = default) =>
        Inner.GetAsync(key, stop);

    public ValueTask<ObjectPage> ListAsync(
        ObjectScope scope,
        int limit = 0,
        ObjectKey? after = null,
        long revision = 0,
        CancellationToken stop = default
    ) => Inner.ListAsync(scope, limit, after, revision, stop);

    public IAsyncEnumerable<ObjectChange> WatchAsync(
        ObjectScope scope,
        long revision,
        CancellationToken stop = default
    ) => Inner.WatchAsync(scope, revision, stop);

    public ValueTask<WriteOutcome> PutAsync(
        ObjectKey key,
        ReadOnlyMemory<byte> content,
        long? expected,
        CancellationToken stop = default
    ) =>
        key.Group == "coordination.k8s.io" && !HasLeases
            ? ValueTask.FromResult(new WriteOutcome(WriteStatus.NotFound, null))
            : Inner.PutAsync(key, content, expected, stop);

    public ValueTask<WriteOutcome> DeleteAsync(ObjectKey key, long? expected, CancellationToken stop = default) =>
        Inner.DeleteAsync(key, expected, stop);
}
