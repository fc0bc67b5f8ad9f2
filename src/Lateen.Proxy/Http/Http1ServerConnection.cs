// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http1;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// A client's HTTP/1.1 connection: waits for a request, runs its exchange, and again, until one side has enough. While it
/// waits it holds no buffer and no exchange.
/// </summary>
internal sealed class Http1ServerConnection
{
    private readonly ActiveListener _listener;
    private readonly FilterChainRuntime _chain;
    private readonly LoopTimer _timer;
    private bool _isIdle;
    private int _requests;
    private string? _remoteText;
    private string? _localText;

    public Http1ServerConnection(Worker worker, ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
    {
        Worker = worker;
        _listener = listener;
        _chain = chain;
        Stream = stream;
        Manager = (HttpConnectionManagerSpec)chain.Spec.Terminal;
        Limits = listener.LimitsOf(Manager);
        _timer = new LoopTimer(static self => ((Http1ServerConnection)self).Stream.CancelRead(), this);
    }

    public Worker Worker { get; }

    public ByteStream Stream { get; }

    public HttpConnectionManagerSpec Manager { get; }

    public Http1Limits Limits { get; }

    public HttpStats Stats => _chain.HttpStats!;

    public IReadOnlyList<IHttpFilter> Filters { get; } = [];

    public NetAddress Client => Stream.RemoteAddress;

    public string RemoteText => _remoteText ??= Stream.RemoteAddress.ToString();

    public string LocalText => _localText ??= Stream.GetLocalAddress().ToString();

    /// <summary>The next response is the last: the listener drains, or the connection has served enough.</summary>
    public bool IsClosing =>
        Worker.IsDraining
        || _listener.IsDraining
        || (Manager.MaxRequestsPerConnection > 0 && _requests >= Manager.MaxRequestsPerConnection);

    public RouteTable? Routes =>
        _chain.InlineRoutes ?? Worker.Runtime.Routes.GetValueOrDefault(Manager.RouteConfigName ?? "");

    /// <summary>Serves the connection to its end.</summary>
    public async LoopTask<int> ServeAsync()
    {
        _listener.OnOpened(this);
        Stats.OnConnectionOpened(Worker.Index);
        try
        {
            while (await WaitForRequestAsync())
            {
                var exchange = Worker.RentExchange();
                var goesOn = await ServeOneAsync(exchange);
                Worker.ReturnExchange(exchange);
                if (!goesOn)
                {
                    await CloseGentlyAsync();
                    break;
                }
            }
        }
        finally
        {
            Worker.Loop.Disarm(_timer);
            Stats.OnConnectionClosed(Worker.Index);
            _listener.OnClosed(this);
            Stream.Close();
        }
        return 0;
    }

    /// <summary>Counts and logs an exchange that is over.</summary>
    /// <param name="cluster">Where the request went; null when it went nowhere.</param>
    public void Record(StreamInfo stream, ClusterRuntime? cluster)
    {
        Stats.OnRequestEnded(Worker.Index, stream);
        var context = _chain.IsInbound ? cluster?.InboundContext : cluster?.OutboundContext;
        Worker.Telemetry.Stats.Istio.Record(Worker.Index, context ?? _chain.UnroutedContext, stream);
        if (_chain.AccessLog.IsEmpty)
            return;
        stream.DownstreamRemoteAddress = RemoteText;
        stream.DownstreamLocalAddress = LocalText;
        _chain.AccessLog.Log(Worker.Index, stream);
    }

    /// <summary>Ends the connection now if it is idle; else <see cref="IsClosing"/> ends it with its next response.</summary>
    public void CloseIfIdle()
    {
        if (_isIdle)
            Stream.CancelRead();
    }

    public void Abort() => Stream.Abort();

    /// <summary>Waits for the first byte of a request; false when the client left or was idle too long.</summary>
    private async LoopTask<bool> WaitForRequestAsync()
    {
        if (!Stream.Input.IsEmpty)
            return true;
        if (IsClosing && _requests > 0)
            return false;
        Arm(Manager.IdleTimeout);
        _isIdle = true;
        var result = await Stream.ReadAsync();
        _isIdle = false;
        Worker.Loop.Disarm(_timer);
        return result > 0;
    }

    private async LoopTask<bool> ServeOneAsync(HttpExchange exchange)
    {
        _requests++;
        exchange.Begin(this);
        var scanned = 0;
        Arm(Manager.RequestHeadersTimeout);
        while (true)
        {
            switch (exchange.ParseRequest(ref scanned, out var fault))
            {
                case ParseStatus.Complete:
                    Worker.Loop.Disarm(_timer);
                    return await exchange.RunAsync();
                case ParseStatus.Fault:
                    return await exchange.RefuseAsync(fault);
            }
            var result = await Stream.ReadAsync(Math.Max(Limits.MaxHeadBytes + 1, ByteStream.DefaultMaxBuffered));
            if (result == IoResult.BufferFull)
                return await exchange.RefuseAsync(Http1Fault.HeadTooLarge);
            if (result == IoResult.Aborted && !Stream.IsDead)
                return await exchange.AnswerAsync(LocalReply.RequestHeadTimeout, keepAlive: false);
            if (result <= 0)
                return exchange.Abandon();
        }
    }

    /// <summary>
    /// Closes our side and waits a moment for the client's: a socket closed with unread input resets the connection, and
    /// the client may lose the answer (RFC 9112 §9.6).
    /// </summary>
    private async LoopTask<int> CloseGentlyAsync()
    {
        if (Stream.IsDead || Stream.PeerHasClosed || Manager.DelayedCloseTimeout == TimeSpan.Zero)
            return 0;
        Stream.ShutdownWrite();
        Arm(Manager.DelayedCloseTimeout);
        do
        {
            Stream.Consume(Stream.Input.Length);
        } while (await Stream.ReadAsync() > 0);
        return 0;
    }

    private void Arm(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
            Worker.Loop.Arm(_timer, delay);
    }
}
