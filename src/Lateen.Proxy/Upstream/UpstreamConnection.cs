// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;

namespace Lateen.Proxy.Upstream;

/// <summary>A connection to an endpoint: used by one exchange at a time, or idle in its <see cref="ConnectionPool"/>.</summary>
internal sealed class UpstreamConnection(ByteStream stream, ConnectionPool pool) : IPeerCloseWatcher
{
    internal UpstreamConnection? Newer;
    internal UpstreamConnection? Older;

    public ByteStream Stream { get; } = stream;

    public ConnectionPool Pool { get; } = pool;

    /// <summary>Exchanges that used it, the current one included; more than one means that the server may just have closed it.</summary>
    public int Uses { get; set; }

    internal bool IsIdle { get; set; }

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long IdleDeadline { get; set; }

    /// <summary>The server closed while the connection was idle.</summary>
    public void OnPeerClosed(ByteStream peer)
    {
        Pool.Remove(this);
        peer.Close();
    }
}
