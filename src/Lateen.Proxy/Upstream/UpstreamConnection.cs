// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Streams;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Upstream;

/// <summary>A connection to an endpoint: used by one exchange at a time, or idle in its <see cref="ConnectionPool"/>.</summary>
internal sealed class UpstreamConnection(ByteStream stream, ConnectionPool pool, Worker worker) : IPeerCloseWatcher
{
    internal UpstreamConnection? Newer;
    internal UpstreamConnection? Older;

    private readonly long _opened = worker.Loop.NowTimestamp;
    private ClusterStats? _stats;

    public ByteStream Stream { get; } = stream;

    public ConnectionPool Pool { get; } = pool;

    /// <summary>Exchanges that used it, the current one included; more than one means that the server may just have closed it.</summary>
    public int Uses { get; set; }

    internal bool IsIdle { get; set; }

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long IdleDeadline { get; set; }

    /// <summary>From now on it counts as a connection of its cluster.</summary>
    public void OnConnected(ClusterStats stats)
    {
        _stats = stats;
        stats.OnConnectionOpened(worker.Index);
        stats.OnConnected(worker.Index, Stopwatch.GetElapsedTime(_opened, worker.Loop.NowTimestamp));
    }

    public void Close()
    {
        _stats?.OnConnectionClosed(worker.Index);
        _stats = null;
        Stream.Close();
    }

    /// <summary>The server closed while the connection was idle.</summary>
    public void OnPeerClosed(ByteStream peer)
    {
        Pool.Remove(this);
        Close();
    }
}
