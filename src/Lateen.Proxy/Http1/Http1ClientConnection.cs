// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http1;

/// <summary>An HTTP/1.1 connection to an endpoint.</summary>
internal sealed class Http1ClientConnection(IConnectionOwner owner, ClusterRuntime cluster, ByteStream stream)
    : ConnectionStream(owner, cluster, stream)
{
    /// <summary>Envoy's for upstreams: 60 KiB (<c>max_response_headers_kb</c>), 100 lines.</summary>
    private static readonly Http1Limits s_limits = Http1Limits.Default;

    private Http1ResponseInfo _response;
    private ResponseHead _head = null!;
    private bool _toHead;
    private int _uses;

    public override bool IsReused => _uses > 1;

    public override bool CanBegin => !Stream.IsDead && !Stream.HasUnreadInput;

    public override BodyLength ResponseLength =>
        _response.Framing switch
        {
            BodyFraming.ContentLength => BodyLength.Known(_response.ContentLength),
            BodyFraming.None => new BodyLength(BodyKind.None, _response.ContentLength),
            _ => BodyLength.Unknown,
        };

    public override void Begin()
    {
        _uses++;
        _response = default;
        Trailers.Clear();
        Outgoing.Begin(Stream);
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
        var written = Http1Writer.WriteRequestHead(head, framing, length.Bytes, Outgoing.Scratch);
        if (written >= 0)
            Outgoing.OnHead(written, framing);
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
        Incoming.Begin(Stream, BodyFraming.UntilClose, 0, s_limits);
        Outgoing.BeginTunnel();
        // Whatever becomes of it, it speaks HTTP no more.
        _response = _response with
        {
            KeepAlive = false,
        };
    }

    public override void Return(bool isClean)
    {
        var most = Cluster.Spec.MaxRequestsPerConnection;
        Owner.OnStreamEnded(UpstreamProtocol.Http1);
        if (isClean && _response.KeepAlive && CanBegin && (most == 0 || _uses < most))
            Owner.OnIdle(this, Cluster.Spec.IdleTimeout);
        else
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
        Incoming.Begin(Stream, _response.Framing, _response.ContentLength, s_limits);
        return status;
    }
}
