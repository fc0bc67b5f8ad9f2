// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http;

/// <summary>A client's connection to a connection manager, of any protocol version: what its exchanges share.</summary>
internal abstract class ServerConnection
{
    /// <summary>Longest text of an IPv6 address, its zone included.</summary>
    private const int MaxAddressText = 64;

    private static readonly TimeSpan s_leastFarewell = TimeSpan.FromSeconds(1);

    private readonly LoopTimer? _age;
    private string? _remoteText;
    private string? _directText;
    private string? _localText;
    private byte[]? _certDetails;
    private byte[]? _clientText;
    private List<EndpointPool>? _pools;
    private NetAddress _localAddress;

    protected ServerConnection(Worker worker, ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
    {
        Worker = worker;
        Listener = listener;
        Chain = chain;
        Stream = stream;
        Manager = (HttpConnectionManagerSpec)chain.Spec.Terminal;
        if (Manager.MaxConnectionDuration > TimeSpan.Zero)
            _age = new LoopTimer(static self => ((ServerConnection)self).OnOld(), this);
    }

    public Worker Worker { get; }

    /// <summary>What it is served by, to its end.</summary>
    public FilterChainRuntime Chain { get; }

    public ByteStream Stream { get; }

    public HttpConnectionManagerSpec Manager { get; }

    public HttpStats Stats => Chain.HttpStats!;

    public IReadOnlyList<IHttpFilter> Filters => Chain.HttpFilters;

    public NetAddress Client => Stream.RemoteAddress;

    /// <summary>The client's IP address; empty where it has none, as over a Unix socket. Made once.</summary>
    public ReadOnlySpan<byte> ClientText => _clientText ??= TextOf(Client);

    /// <summary>What its handshake settled; null in plaintext.</summary>
    public TlsConnection? Tls => Stream.Tls;

    /// <summary>What <c>x-forwarded-client-cert</c> says of the client; empty where it has shown no certificate. Made once.</summary>
    public ReadOnlySpan<byte> ClientCertDetails =>
        _certDetails ??= Tls is { Peer: not null } tls ? ForwardedClientCert.Describe(tls, Manager.CertDetails) : [];

    /// <summary>How long a client that we are done with has to take what is left for it: <c>delayed_close_timeout</c>, at least something.</summary>
    public TimeSpan Farewell =>
        Manager.DelayedCloseTimeout > TimeSpan.Zero ? Manager.DelayedCloseTimeout : s_leastFarewell;

    public RouteTable? Routes =>
        Chain.InlineRoutes ?? Worker.Runtime.Routes.GetValueOrDefault(Manager.RouteConfigName ?? "");

    /// <summary>The port that the client connected to.</summary>
    public int LocalPort => (_localAddress.IsNone ? _localAddress = Stream.GetLocalAddress() : _localAddress).Port;

    protected ActiveListener Listener { get; }

    /// <summary>Requests begun so far.</summary>
    protected int Requests { get; private set; }

    /// <summary>The connection ended in the middle of a request.</summary>
    protected bool EndsWithinRequest { get; set; }

    /// <summary>The connection is to end: responses say so, and without a request it ends soon.</summary>
    protected bool IsDraining { get; private set; }

    /// <summary>How long the connection may be without a request, pressure taken into account; zero for any time.</summary>
    protected TimeSpan IdleTimeout =>
        IsDraining
            ? TimeSpan.FromTicks(Math.Max(Manager.DrainTimeout.Ticks, 1))
            : Worker.Overload.State.Scale(ScaledTimer.HttpDownstreamConnectionIdle, Manager.IdleTimeout);

    /// <summary>Whether pressure hits here and now; a listener may be exempt.</summary>
    public bool Sheds(OverloadAction action) =>
        Worker.Overload.State.ValueOf(action) != 0
        && !Listener.BypassesOverload
        && Worker.Overload.State.Hits(action, Worker.NextRandom());

    /// <summary>Lets the connection end: its client learns it in time for the next request to go elsewhere.</summary>
    /// <param name="tellsNow">
    /// The client is told even while it has no request under way. It may be about to send one, so that this is for connections
    /// that nobody uses much.
    /// </param>
    public void Drain(bool tellsNow = true)
    {
        if (IsDraining)
            return;
        IsDraining = true;
        OnDrain(tellsNow);
    }

    /// <summary>The listener, its filter chain, or the whole proxy, drains.</summary>
    public void OnListenerDrains()
    {
        if (IsDraining)
            return;
        Stats.OnDrainClose(Worker.Index);
        Drain(tellsNow: false);
    }

    /// <summary>A final head is about to go. True when it is the connection's last.</summary>
    public bool EndsWithResponse()
    {
        if (!IsDraining && (Chain.IsDraining || Listener.ClosesConnections))
            OnListenerDrains();
        if (!IsDraining && Sheds(OverloadAction.DisableHttpKeepalive))
        {
            Stats.OnKeepaliveDisabled(Worker.Index);
            OnListenerDrains();
        }
        return IsDraining;
    }

    /// <summary>Pressure has changed, and with it how long quiet may last.</summary>
    public abstract void Rescale();

    /// <summary>Resets exchanges that hold much memory.</summary>
    /// <param name="bytes">What is much.</param>
    /// <param name="most">How many of them at the most.</param>
    /// <returns>How many there were.</returns>
    public abstract int ShedStreams(long bytes, int most);

    /// <summary>Ends the connection, whatever is under way.</summary>
    public virtual void Abort() => Stream.Abort();

    /// <summary>Connections to an endpoint that carry this client's requests alone.</summary>
    public EndpointPool PoolFor(EndpointState endpoint, string host)
    {
        _pools ??= [];
        foreach (var pool in _pools)
        {
            if (ReferenceEquals(pool.Endpoint, endpoint) && pool.Host == host)
                return pool;
        }
        var added = EndpointPool.ForClient(Worker, endpoint, host, Stream);
        _pools.Add(added);
        return added;
    }

    /// <summary>Somebody reads what is known of requests.</summary>
    public bool IsLogged => !Chain.AccessLog.IsEmpty;

    /// <summary>Counts and logs an exchange that is over.</summary>
    /// <param name="cluster">Where the request went; null when it went nowhere.</param>
    public void Record(StreamInfo info, ClusterRuntime? cluster)
    {
        Stats.OnRequestEnded(Worker.Index, info);
        var context = Chain.IsInbound ? cluster?.InboundContext : cluster?.OutboundContext;
        Worker.Telemetry.Stats.Istio.Record(Worker.Index, context ?? Chain.UnroutedContext, info);
        if (!IsLogged)
            return;
        info.DownstreamRemoteAddress = _remoteText ??= Stream.RemoteAddress.ToString();
        info.DownstreamDirectRemoteAddress = Stream.Inspected.Remote.IsNone
            ? _remoteText
            : _directText ??= Stream.DirectRemoteAddress.ToString();
        info.DownstreamLocalAddress = _localText ??= Stream.GetLocalAddress().ToString();
        info.DownstreamTls = Tls;
        info.Inspected = Stream.Inspected;
        info.RequestedServerName = Stream.ServerName is { Length: > 0 } name ? name : null;
        Chain.AccessLog.Log(Worker.Index, info, AccessLogType.DownstreamEnd);
    }

    /// <summary>For connections whose last exchanges are recorded after their end.</summary>
    protected void RememberAddresses() => _localText ??= Stream.GetLocalAddress().ToString();

    /// <summary>The connection has begun to drain.</summary>
    protected abstract void OnDrain(bool tellsNow);

    protected void OnRequestBegun()
    {
        Requests++;
        if (Manager.MaxRequestsPerConnection == 0 || Requests < Manager.MaxRequestsPerConnection)
            return;
        Stats.OnConnectionRequestsReached(Worker.Index);
        Drain();
    }

    protected void OnOpened()
    {
        Listener.OnOpened(this);
        Stats.OnConnectionOpened(Worker.Index);
        StartAge();
    }

    /// <summary>Another object served the connection up to here, which counted it.</summary>
    protected void OnMoved(ServerConnection from)
    {
        Listener.OnMoved(from, this);
        from.StopAge();
        StartAge();
        if (from.IsDraining)
            Drain(tellsNow: false);
    }

    protected void OnClosed()
    {
        StopAge();
        Stats.OnConnectionClosed(Worker.Index, Stream.PeerHasClosed, EndsWithinRequest);
        Listener.OnClosed(this);
        foreach (var pool in _pools ?? [])
            pool.Close();
    }

    private void StartAge()
    {
        if (_age is not null)
            Worker.Loop.Arm(
                _age,
                Worker.Overload.State.Scale(ScaledTimer.HttpDownstreamConnectionMax, Manager.MaxConnectionDuration)
            );
    }

    private void StopAge()
    {
        if (_age is not null)
            Worker.Loop.Disarm(_age);
    }

    private void OnOld()
    {
        Stats.OnConnectionDurationReached(Worker.Index);
        Drain();
    }

    private static byte[] TextOf(in NetAddress address)
    {
        Span<byte> text = stackalloc byte[MaxAddressText];
        return text[..address.FormatIP(text)].ToArray();
    }
}
