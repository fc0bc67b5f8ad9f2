// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Listeners.Inspectors;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// A connection that carries a client's bytes as they are: the upstream of a CONNECT that ends at this proxy (Envoy's
/// TcpUpstream), or of a relayed connection, which takes its <see cref="ConnectionStream.Stream"/> alone. There is no head; 200 is
/// ours, since the connection stands.
/// </summary>
internal sealed class TcpClientStream(IConnectionOwner owner, ClusterRuntime cluster, ByteStream stream)
    : ConnectionStream(owner, cluster, stream)
{
    private ResponseHead _head = null!;

    /// <summary>A header of the PROXY protocol that goes before everything else: 1 or 2, and whom it speaks of.</summary>
    public (int Version, ByteStream Client)? Introduction { get; set; }

    public override bool IsReused => false;

    public override BodyLength ResponseLength => BodyLength.Unknown;

    /// <summary>A server may speak first: what it has said waits for whoever comes.</summary>
    public override bool CanBegin => !Stream.IsDead && !Stream.PeerHasClosed;

    public override void Begin()
    {
        Incoming.Begin(Stream, BodyFraming.UntilClose, 0, Http1Limits.Default);
        Outgoing.Begin(Stream);
        Outgoing.BeginTunnel();
    }

    public override bool WriteHead(RequestHead head, BodyLength length, ResponseHead response)
    {
        _head = response;
        if (Introduction is not var (version, client))
            return true;
        Span<byte> header = stackalloc byte[ProxyHeader.MaxWritten];
        var written = ProxyHeader.Write(version, client.RemoteAddress, client.GetLocalAddress(), header);
        Outgoing.Append(header[..written]);
        return true;
    }

    public override LoopTask<ResponseHeadStatus> ReadHeadAsync()
    {
        _head.Clear();
        _head.Status = 200;
        return new LoopTask<ResponseHeadStatus>(ResponseHeadStatus.Final);
    }

    public override void BeginTunnel() { }

    public override void Return(bool isClean)
    {
        Owner.OnStreamEnded(UpstreamProtocol.Tcp);
        Close();
    }
}
