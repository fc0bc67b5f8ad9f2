// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http1;

/// <summary>
/// An HTTP/1.1 connection to an endpoint, which is also its one stream: used by one exchange at a time, or idle with its
/// owner.
/// </summary>
internal sealed class Http1ClientConnection : ClientStream, IPeerCloseWatcher
{
    internal Http1ClientConnection? Newer;
    internal Http1ClientConnection? Older;

    /// <summary>Envoy's for upstreams: 60 KiB (<c>max_response_headers_kb</c>), 100 lines.</summary>
    private static readonly Http1Limits s_limits = Http1Limits.Default;

    private readonly IConnectionOwner _owner;
    private readonly ClusterRuntime _cluster;
    private readonly Http1Incoming _incoming = new();
    private readonly Http1Outgoing _outgoing = new();
    private Http1ResponseInfo _response;
    private string? _localAddress;
    private ResponseHead _head = null!;
    private bool _toHead;
    private int _uses;
    private bool _isClosed;

    public Http1ClientConnection(IConnectionOwner owner, ClusterRuntime cluster, ByteStream stream)
    {
        _owner = owner;
        _cluster = cluster;
        Stream = stream;
        owner.OnOpened(cluster);
    }

    public ByteStream Stream { get; }

    public override TlsConnection? Tls => Stream.Tls;

    public override string LocalAddress => _localAddress ??= Stream.GetLocalAddress().ToString();

    public override bool IsHttp2 => false;

    public override bool IsReused => _uses > 1;

    public override BodyLength ResponseLength =>
        _response.Framing switch
        {
            BodyFraming.ContentLength => BodyLength.Known(_response.ContentLength),
            BodyFraming.None => new BodyLength(BodyKind.None, _response.ContentLength),
            _ => BodyLength.Unknown,
        };

    public override bool IsBodyComplete => _incoming.IsComplete;

    public override bool HasUnread => _incoming.HasUnread;

    public override int Held => _incoming.Held;

    public override int Buffered => Stream.Input.Length;

    public override int Room => _outgoing.Room;

    internal bool IsIdle { get; set; }

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long IdleDeadline { get; set; }

    /// <summary>Makes the connection ready for its next request.</summary>
    public void Begin()
    {
        _uses++;
        _response = default;
        Trailers.Clear();
        _outgoing.Begin(Stream);
    }

    public override bool WriteHead(RequestHead head, BodyLength length, ResponseHead response)
    {
        _head = response;
        _toHead = head.Method.SequenceEqual("HEAD"u8);
        var framing = length.Kind switch
        {
            BodyKind.Known => BodyFraming.ContentLength,
            BodyKind.Unknown => BodyFraming.Chunked,
            _ => BodyFraming.None,
        };
        var written = Http1Writer.WriteRequestHead(head, framing, length.Bytes, _outgoing.Scratch);
        if (written >= 0)
            _outgoing.OnHead(written, framing);
        return written >= 0;
    }

    public override async LoopTask<ResponseHeadStatus> ReadHeadAsync()
    {
        var scanned = 0;
        while (true)
        {
            switch (ParseHead(ref scanned))
            {
                case ParseStatus.Complete:
                    return _response.IsInterim ? ResponseHeadStatus.Interim : ResponseHeadStatus.Final;
                case ParseStatus.Fault:
                    return ResponseHeadStatus.Malformed;
            }
            var result = await Stream.ReadAsync(s_limits.MaxHeadBytes);
            if (result == IoResult.BufferFull || (result == IoResult.EndOfStream && !Stream.Input.IsEmpty))
                return ResponseHeadStatus.Malformed;
            if (result <= 0)
                return ResponseHeadStatus.Closed;
        }
    }

    public override void BeginTunnel()
    {
        _incoming.Begin(Stream, BodyFraming.UntilClose, 0, s_limits);
        _outgoing.BeginTunnel();
        // Whatever becomes of it, it speaks HTTP no more.
        _response = _response with
        {
            KeepAlive = false,
        };
    }

    public override BodyStatus Read(int max, out ReadOnlySpan<byte> payload) =>
        _incoming.Read(max, Trailers, out payload);

    public override void Release() => _incoming.Release();

    public override void Rewind() => _incoming.Rewind(Trailers);

    public override LoopTask<int> WaitForBodyAsync() => _incoming.WaitAsync();

    public override void CancelWait() => Stream.CancelRead();

    public override void Append(ReadOnlySpan<byte> payload) => _outgoing.Append(payload);

    public override void End(HeaderMap trailers) => _outgoing.End(trailers);

    public override LoopTask<int> FlushAsync() => _outgoing.FlushAsync();

    public override LoopTask<int> WaitForRoomAsync() => new(1);

    public override void Abort() => Stream.Abort();

    public override void Return(bool isClean)
    {
        var most = _cluster.Spec.MaxRequestsPerConnection;
        if (isClean && _response.KeepAlive && !Stream.IsDead && !Stream.HasUnreadInput && (most == 0 || _uses < most))
            _owner.OnIdle(this, _cluster.Spec.IdleTimeout);
        else
            Close();
    }

    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _owner.OnClosed(_cluster);
        Stream.Close();
    }

    /// <summary>The server closed while the connection was idle.</summary>
    public void OnPeerClosed(ByteStream stream)
    {
        _owner.OnPeerClosed(this);
        Close();
    }

    private ParseStatus ParseHead(ref int scanned)
    {
        var status = Http1ResponseParser.Parse(
            Stream.Input,
            s_limits,
            _toHead,
            ref scanned,
            _head,
            out _response,
            out var consumed,
            out _
        );
        if (status != ParseStatus.Complete)
            return status;
        Stream.Consume(consumed);
        _incoming.Begin(Stream, _response.Framing, _response.ContentLength, s_limits);
        return status;
    }
}
