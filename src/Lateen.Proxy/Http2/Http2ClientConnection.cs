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
    /// <summary>For the last frames to a server that may not read them.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly Worker _worker;
    private readonly IConnectionOwner _owner;
    private readonly ClusterRuntime _cluster;
    private readonly ByteStream _stream;
    private readonly LoopTimer _idle;
    private Http2KeepAlive? _keepAlive;
    private bool _isRetired;

    public Http2ClientConnection(Worker worker, IConnectionOwner owner, ClusterRuntime cluster, ByteStream stream)
    {
        _worker = worker;
        _owner = owner;
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
        _idle = new LoopTimer(static self => ((Http2ClientConnection)self).OnIdle(), this);
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
    public bool CanOpen => StreamsLeft > 0;

    /// <summary>How many more requests may be sent now.</summary>
    public int StreamsLeft
    {
        get
        {
            if (IsOver || _isRetired || _stream.IsDead || _stream.PeerHasClosed)
                return 0;
            var most = _cluster.Spec.MaxRequestsPerConnection;
            return most == 0 ? Codec.StreamsLeft : Math.Min(Codec.StreamsLeft, most - Requests);
        }
    }

    /// <summary>Runs to the connection's end.</summary>
    public async LoopTask<int> RunAsync()
    {
        _owner.OnOpened(_cluster);
        try
        {
            Transport.Start();
            _keepAlive = Http2KeepAlive.Start(
                _worker,
                _cluster.Spec.Http2.KeepAlive,
                _stream,
                Codec,
                Transport,
                _cluster.Stats.Http2(_worker.Index)
            );
            await Transport.ReadToEndAsync();
        }
        finally
        {
            IsOver = true;
            if (Codec.Fault != Http2Fault.None)
                _cluster.Stats.OnProtocolError(_worker.Index);
            _worker.Loop.Disarm(_idle);
            _keepAlive?.Stop();
            _owner.OnRetired(this);
        }
        if (_stream.PeerHasClosed || (Codec.Fault == Http2Fault.None && !_isRetired))
            _stream.Abort();
        _worker.Loop.Arm(_idle, s_farewell);
        await Transport.FinishAsync();
        _worker.Loop.Disarm(_idle);
        Codec.Terminate(Http2ErrorCode.NoError);
        _owner.OnClosed(_cluster);
        _stream.Close();
        return 0;
    }

    public ClientStream Open()
    {
        _worker.Loop.Disarm(_idle);
        Requests++;
        _keepAlive?.OnRequest();
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
        EndUse();
        _owner.OnStreamEnded(UpstreamProtocol.Http2);
    }

    /// <summary>Nobody uses it now, perhaps: it may wait for the next for a while.</summary>
    public void EndUse()
    {
        if (Codec.ActiveStreams > 0 || IsOver)
            return;
        // Nobody is left, so what cannot take a request now never will.
        if (!CanOpen)
            Retire();
        else if (_cluster.Spec.IdleTimeout > TimeSpan.Zero)
            _worker.Loop.Arm(_idle, _cluster.Spec.IdleTimeout);
    }

    /// <summary>Takes no more requests from here on, and ends with the last of those under way.</summary>
    public void Retire()
    {
        _isRetired = true;
        _owner.OnRetired(this);
        Codec.SendGoAway();
        Transport.ScheduleFlush();
        if (Codec.ActiveStreams == 0)
            Transport.EndReading();
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

    void IHttp2Handler.OnPingAnswered(ulong payload) => _keepAlive?.OnAnswered(payload);

    void IHttp2Handler.OnGoAway(uint lastStreamId, Http2ErrorCode code)
    {
        if (Codec.ActiveStreams == 0)
            Retire();
        else
            _owner.OnRetired(this);
    }

    private void OnIdle()
    {
        if (IsOver)
            _stream.Abort();
        else
            Retire();
    }

    private static Http2ClientStream Of(Http2Stream stream) => (Http2ClientStream)stream.Owner!;
}
