// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http1;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// A connection to an endpoint which is also its one stream: used by one exchange at a time, or idle with its owner.
/// </summary>
internal abstract class ConnectionStream : ClientStream, IPeerCloseWatcher
{
    internal ConnectionStream? Newer;
    internal ConnectionStream? Older;

    private bool _isClosed;

    protected ConnectionStream(IConnectionOwner owner, ClusterRuntime cluster, ByteStream stream)
    {
        Owner = owner;
        Cluster = cluster;
        Stream = stream;
        owner.OnOpened(cluster);
    }

    public ByteStream Stream { get; }

    public override TlsConnection? Tls => Stream.Tls;

    public override string LocalAddress => field ??= Stream.GetLocalAddress().ToString();

    public override bool IsHttp2 => false;

    public override bool IsBodyComplete => Incoming.IsComplete;

    public override bool HasUnread => Incoming.HasUnread;

    public override int Held => Incoming.Held;

    public override int Buffered => Stream.Input.Length;

    public override int Room => Outgoing.Room;

    /// <summary>It was idle and may be used.</summary>
    public abstract bool CanBegin { get; }

    internal bool IsIdle { get; set; }

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long IdleDeadline { get; set; }

    protected IConnectionOwner Owner { get; }

    /// <summary>The version of the cluster that it goes by.</summary>
    protected ClusterRuntime Cluster { get; }

    protected Http1Incoming Incoming { get; } = new();

    protected Http1Outgoing Outgoing { get; } = new();

    /// <summary>Makes the connection ready for its next request.</summary>
    public abstract void Begin();

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) =>
        Incoming.Read(max, Trailers, out payload);

    public override void Release() => Incoming.Release();

    public override void Rewind() => Incoming.Rewind(Trailers);

    public override LoopTask<int> WaitForBodyAsync() => Incoming.WaitAsync();

    public override void CancelWait() => Stream.CancelRead();

    public override void Append(ReadOnlySpan<byte> payload) => Outgoing.Append(payload);

    public override void End(HeaderMap trailers) => Outgoing.End(trailers);

    public override LoopTask<int> FlushAsync() => Outgoing.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => new(1);

    public override void Abort() => Stream.Abort();

    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        Owner.OnClosed(Cluster);
        Stream.Close();
    }

    /// <summary>The server closed while the connection was idle.</summary>
    public void OnPeerClosed(ByteStream stream)
    {
        Owner.OnPeerClosed(this);
        Close();
    }
}
