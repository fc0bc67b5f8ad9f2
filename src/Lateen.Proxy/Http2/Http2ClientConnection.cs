// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Server;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http2;

/// <summary>
/// An HTTP/2 connection to an endpoint, shared by the exchanges of one worker. Lives by itself until the server ends it, goes
/// away, or nobody has used it for long.
/// </summary>
internal sealed class Http2ClientConnection : IHttp2Handler
{
    private readonly Worker _worker;
    private readonly EndpointPool _pool;
    private readonly ClusterRuntime _cluster;
    private readonly ByteStream _stream;
    private readonly LoopTimer _idle;

    public Http2ClientConnection(Worker worker, EndpointPool pool, ClusterRuntime cluster, ByteStream stream)
    {
        _worker = worker;
        _pool = pool;
        _cluster = cluster;
        _stream = stream;
        Codec = new Http2Connection(
            Http2Role.Client,
            cluster.Spec.Http2,
            worker.Http2Workspace,
            cluster.Stats.Http2(worker.Index),
            this
        );
        Transport = new Http2Transport(stream, Codec);
        _idle = new LoopTimer(static self => ((Http2ClientConnection)self).Retire(), this);
    }

    public Http2Connection Codec { get; }

    public Http2Transport Transport { get; }

    /// <summary>Text made once.</summary>
    public TlsConnection? Tls => _stream.Tls;

    public string LocalAddress => field ??= _stream.GetLocalAddress().ToString();

    /// <summary>Requests begun so far.</summary>
    public int Requests { get; private set; }

    /// <summary>Nothing can be sent or received any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>One more request may be sent now.</summary>
    public bool CanOpen =>
        !IsOver
        && !_stream.IsDead
        && !_stream.PeerHasClosed
        && Codec.CanOpen
        && (_cluster.Spec.MaxRequestsPerConnection == 0 || Requests < _cluster.Spec.MaxRequestsPerConnection);

    /// <summary>Runs to the connection's end.</summary>
    public async LoopTask<int> RunAsync()
    {
        _cluster.Stats.OnConnectionOpened(_worker.Index);
        try
        {
            Transport.Start();
            await Transport.ReadToEndAsync();
        }
        finally
        {
            IsOver = true;
            _worker.Loop.Disarm(_idle);
            _pool.Remove(this);
        }
        if (Codec.Fault == Http2Fault.None || _stream.PeerHasClosed)
            _stream.Abort();
        await Transport.FinishAsync();
        Codec.Terminate(Http2ErrorCode.NoError);
        _cluster.Stats.OnConnectionClosed(_worker.Index);
        _stream.Close();
        return 0;
    }

    public ClientStream Open()
    {
        _worker.Loop.Disarm(_idle);
        Requests++;
        var stream = _worker.Http2ClientStreams.Rent();
        stream.Begin(this, Codec.Open());
        return stream;
    }

    public void Return(Http2ClientStream stream)
    {
        stream.EndUse();
        Codec.Release(stream.Stream);
        _worker.Http2ClientStreams.Return(stream);
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams > 0 || IsOver)
            return;
        if (Codec.PeerIsGoingAway || !CanOpen)
            Retire();
        else if (_cluster.Spec.IdleTimeout > TimeSpan.Zero)
            _worker.Loop.Arm(_idle, _cluster.Spec.IdleTimeout);
    }

    RequestHead? IHttp2Handler.OnOpening(Http2Stream stream) => null;

    void IHttp2Handler.OnRequest(Http2Stream stream, bool endOfStream) { }

    void IHttp2Handler.OnInterim(Http2Stream stream) => Of(stream).OnInterim();

    void IHttp2Handler.OnResponse(Http2Stream stream, bool endOfStream) => Of(stream).OnResponse(endOfStream);

    void IHttp2Handler.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream) =>
        Of(stream).OnData(data, endOfStream);

    void IHttp2Handler.OnTrailers(Http2Stream stream) => Of(stream).OnEnd();

    void IHttp2Handler.OnReset(Http2Stream stream, Http2ErrorCode code) => Of(stream).OnReset();

    void IHttp2Handler.OnWritable(Http2Stream stream) => Of(stream).OnWritable();

    void IHttp2Handler.OnSettings() { }

    void IHttp2Handler.OnPingAnswered(ulong payload) { }

    void IHttp2Handler.OnGoAway(uint lastStreamId, Http2ErrorCode code)
    {
        _pool.Remove(this);
        if (Codec.ActiveStreams == 0)
            Retire();
    }

    private static Http2ClientStream Of(Http2Stream stream) => (Http2ClientStream)stream.Owner!;

    /// <summary>Ends a connection that nobody uses.</summary>
    private void Retire()
    {
        _pool.Remove(this);
        Codec.SendGoAway();
        Transport.ScheduleFlush();
        _stream.CancelRead();
    }
}
