// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.CircuitBreaking;

/// <summary>How much of something is in use over all workers: an atomic, since the limit is the whole proxy's.</summary>
public sealed class ResourceCount
{
    private int _used;

    public int Used => Volatile.Read(ref _used);

    /// <summary>Takes one when fewer than <paramref name="limit"/> are taken.</summary>
    public bool TryAcquire(uint limit)
    {
        var used = Volatile.Read(ref _used);
        while ((uint)used < limit)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + 1, used);
            if (seen == used)
                return true;
            used = seen;
        }
        return false;
    }

    /// <summary>Takes one whatever the limit.</summary>
    public void Acquire() => Interlocked.Increment(ref _used);

    public void Release() => Interlocked.Decrement(ref _used);
}

/// <summary>What requests of one priority use of a cluster. It outlives the cluster's versions, so a new limit meets the old use.</summary>
public sealed class ResourceCounts
{
    public ResourceCount Connections { get; } = new();

    public ResourceCount PendingRequests { get; } = new();

    public ResourceCount Requests { get; } = new();

    public ResourceCount Retries { get; } = new();
}
