// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;
using Lateen.Proxy.Upstream;

namespace Lateen.Proxy.Http;

/// <summary>A client's connection to a connection manager, of any protocol version: what its exchanges share.</summary>
internal abstract class ServerConnection
{
    private readonly FilterChainRuntime _chain;
    private string? _remoteText;
    private string? _localText;
    private byte[]? _certDetails;
    private List<EndpointPool>? _pools;
    private NetAddress _localAddress;

    protected ServerConnection(Worker worker, ActiveListener listener, FilterChainRuntime chain, ByteStream stream)
    {
        Worker = worker;
        Listener = listener;
        _chain = chain;
        Stream = stream;
        Manager = (HttpConnectionManagerSpec)chain.Spec.Terminal;
    }

    public Worker Worker { get; }

    public ByteStream Stream { get; }

    public HttpConnectionManagerSpec Manager { get; }

    public HttpStats Stats => _chain.HttpStats!;

    public IReadOnlyList<IHttpFilter> Filters => _chain.HttpFilters;

    public NetAddress Client => Stream.RemoteAddress;

    /// <summary>What its handshake settled; null in plaintext.</summary>
    public TlsConnection? Tls => Stream.Tls;

    /// <summary>What <c>x-forwarded-client-cert</c> says of the client; empty where it has shown no certificate. Made once.</summary>
    public ReadOnlySpan<byte> ClientCertDetails =>
        _certDetails ??= Tls is { Peer: not null } tls ? ForwardedClientCert.Describe(tls, Manager.CertDetails) : [];

    /// <summary>The next response is the last: the listener drains, or the connection has served enough.</summary>
    public bool IsClosing =>
        Worker.IsDraining
        || Listener.IsDraining
        || (Manager.MaxRequestsPerConnection > 0 && Requests >= Manager.MaxRequestsPerConnection);

    public RouteTable? Routes =>
        _chain.InlineRoutes ?? Worker.Runtime.Routes.GetValueOrDefault(Manager.RouteConfigName ?? "");

    /// <summary>The port that the client connected to.</summary>
    public int LocalPort => (_localAddress.IsNone ? _localAddress = Stream.GetLocalAddress() : _localAddress).Port;

    protected ActiveListener Listener { get; }

    /// <summary>Requests begun so far.</summary>
    protected int Requests { get; set; }

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

    /// <summary>Ends the connection now if it is idle; else with what is under way.</summary>
    public abstract void BeginDrain();

    public void Abort() => Stream.Abort();

    /// <summary>Counts and logs an exchange that is over.</summary>
    /// <param name="cluster">Where the request went; null when it went nowhere.</param>
    public void Record(StreamInfo info, ClusterRuntime? cluster)
    {
        Stats.OnRequestEnded(Worker.Index, info);
        var context = _chain.IsInbound ? cluster?.InboundContext : cluster?.OutboundContext;
        Worker.Telemetry.Stats.Istio.Record(Worker.Index, context ?? _chain.UnroutedContext, info);
        if (_chain.AccessLog.IsEmpty)
            return;
        info.DownstreamRemoteAddress = _remoteText ??= Stream.RemoteAddress.ToString();
        info.DownstreamLocalAddress = _localText ??= Stream.GetLocalAddress().ToString();
        info.DownstreamTls = Tls;
        info.Inspected = Stream.Inspected;
        info.RequestedServerName = Stream.ServerName is { Length: > 0 } name ? name : null;
        _chain.AccessLog.Log(Worker.Index, info);
    }

    /// <summary>For connections whose last exchanges are recorded after their end.</summary>
    protected void RememberAddresses() => _localText ??= Stream.GetLocalAddress().ToString();

    protected void OnOpened()
    {
        Listener.OnOpened(this);
        Stats.OnConnectionOpened(Worker.Index);
    }

    protected void OnClosed()
    {
        Stats.OnConnectionClosed(Worker.Index);
        Listener.OnClosed(this);
        foreach (var pool in _pools ?? [])
            pool.Close();
    }
}
