// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>Connections that are open now, of all workers: an atomic, since a limit is about the whole proxy.</summary>
public sealed class ConnectionCount
{
    private long _open;

    public long Open => Volatile.Read(ref _open);

    /// <summary>Counts one more unless there are as many as the limit already.</summary>
    public bool TryAdd(long limit)
    {
        var open = Open;
        while (open < limit)
        {
            var seen = Interlocked.CompareExchange(ref _open, open + 1, open);
            if (seen == open)
                return true;
            open = seen;
        }
        return false;
    }

    /// <summary>Counts one more, whatever there are.</summary>
    public void Add() => Interlocked.Increment(ref _open);

    public void Remove() => Interlocked.Decrement(ref _open);
}
