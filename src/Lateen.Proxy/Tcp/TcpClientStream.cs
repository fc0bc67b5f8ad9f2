// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Http1;
using Lateen.Proxy.Listeners.Inspectors;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// The upstream of a CONNECT that ends at this proxy: a connection that carries the client's bytes as they are (Envoy's
/// TcpUpstream). There is no head; 200 is ours, since the connection stands.
/// </summary>
internal sealed class TcpClientStream : ClientStream
{
    private readonly Worker _worker;
    private readonly ClusterRuntime _cluster;
    private readonly ByteStream _stream;
    private readonly Http1Incoming _incoming = new();
    private readonly Http1Outgoing _outgoing = new();
    private ResponseHead _head = null!;
    private bool _isClosed;

    public TcpClientStream(Worker worker, ClusterRuntime cluster, ByteStream stream)
    {
        _worker = worker;
        _cluster = cluster;
        _stream = stream;
        _incoming.Begin(stream, BodyFraming.UntilClose, 0, Http1Limits.Default);
        _outgoing.Begin(stream);
        _outgoing.BeginTunnel();
        cluster.Stats.OnConnectionOpened(worker.Index);
    }

    /// <summary>A header of the PROXY protocol that goes before everything else: 1 or 2, and whom it speaks of.</summary>
    public (int Version, ByteStream Client)? Introduction { get; set; }

    public override bool IsReused => false;

    public override bool IsHttp2 => false;

    public override TlsConnection? Tls => _stream.Tls;

    public override string LocalAddress => field ??= _stream.GetLocalAddress().ToString();

    public override BodyLength ResponseLength => BodyLength.Unknown;

    public override bool IsBodyComplete => _incoming.IsComplete;

    public override bool HasUnread => _incoming.HasUnread;

    public override int Held => _incoming.Held;

    public override int Buffered => _stream.Input.Length;

    public override int Room => _outgoing.Room;

    public override bool WriteHead(RequestHead head, BodyLength length, ResponseHead response)
    {
        _head = response;
        if (Introduction is not var (version, client))
            return true;
        Span<byte> header = stackalloc byte[ProxyHeader.MaxWritten];
        var written = ProxyHeader.Write(version, client.RemoteAddress, client.GetLocalAddress(), header);
        _outgoing.Append(header[..written]);
        return true;
    }

    public override LoopTask<ResponseHeadStatus> ReadHeadAsync()
    {
        _head.Clear();
        _head.Status = 200;
        return new LoopTask<ResponseHeadStatus>(ResponseHeadStatus.Final);
    }

    public override void BeginTunnel() { }

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) =>
        _incoming.Read(max, Trailers, out payload);

    public override void Release() => _incoming.Release();

    public override void Rewind() => _incoming.Rewind(Trailers);

    public override LoopTask<int> WaitForBodyAsync() => _incoming.WaitAsync();

    public override void CancelWait() => _stream.CancelRead();

    public override void Append(ReadOnlySpan<byte> payload) => _outgoing.Append(payload);

    public override void End(HeaderMap trailers) => _outgoing.End(trailers);

    public override LoopTask<int> FlushAsync() => _outgoing.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => new(1);

    public override void Abort() => _stream.Abort();

    public override void Return(bool isClean)
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _cluster.Stats.OnConnectionClosed(_worker.Index);
        _stream.Close();
    }
}
