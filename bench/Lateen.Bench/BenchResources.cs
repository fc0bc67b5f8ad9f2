// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Bench.Tls;
using Lateen.Xds;

namespace Lateen.Bench;

/// <summary>A resource with its type URL and name.</summary>
internal sealed record BenchResource(string TypeUrl, string Name, IMessage Body);

/// <summary>What the proxy is given over xDS where mesh configuration cannot say it: one cluster, and listeners in front of it.</summary>
internal static class BenchResources
{
    private const string Backend = "backend";
    private const string ServerSecret = "server";

    public static BenchResource Cluster(int port)
    {
        var endpoint = new LbEndpoint { Endpoint = new Endpoint { Address = Loopback(port) } };
        var cluster = new Cluster
        {
            Name = Backend,
            Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Static,
            ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
            LoadAssignment = new ClusterLoadAssignment
            {
                ClusterName = Backend,
                Endpoints = { new LocalityLbEndpoints { LbEndpoints = { endpoint } } },
            },
        };
        return new BenchResource(TypeUrls.Cluster, Backend, cluster);
    }

    /// <summary>HTTPS; <c>/api</c> goes to the cluster. The certificate comes as a secret.</summary>
    /// <param name="statPrefix">Two listeners with different ones differ, and nothing else about them does.</param>
    public static BenchResource HttpsListener(int port, string statPrefix = "https")
    {
        var route = new Route
        {
            Match = new RouteMatch { Prefix = "/api" },
            Route_ = new RouteAction { Cluster = Backend, Timeout = new Duration() },
        };
        var manager = new HttpConnectionManager
        {
            StatPrefix = statPrefix,
            UseRemoteAddress = true,
            StreamIdleTimeout = new Duration(),
            RouteConfig = new RouteConfiguration
            {
                Name = "routes",
                VirtualHosts =
                {
                    new VirtualHost
                    {
                        Name = "all",
                        Domains = { "*" },
                        Routes = { route },
                    },
                },
            },
            HttpFilters =
            {
                new HttpFilter { Name = "router", TypedConfig = Any.Pack(new Router()) },
            },
        };
        return Listener(
            "https",
            port,
            manager,
            new TransportSocket
            {
                Name = "envoy.transport_sockets.tls",
                TypedConfig = Any.Pack(
                    new DownstreamTlsContext
                    {
                        CommonTlsContext = new CommonTlsContext
                        {
                            AlpnProtocols = { "h2", "http/1.1" },
                            TlsCertificateSdsSecretConfigs =
                            {
                                new SdsSecretConfig
                                {
                                    Name = ServerSecret,
                                    SdsConfig = new ConfigSource { Ads = new AggregatedConfigSource() },
                                },
                            },
                        },
                    }
                ),
            }
        );
    }

    public static BenchResource TcpListener(int port) =>
        Listener("tcp", port, new TcpProxy { StatPrefix = "tcp", Cluster = Backend });

    public static BenchResource Secret(BenchCertificate certificate)
    {
        var secret = new Secret
        {
            Name = ServerSecret,
            TlsCertificate = new TlsCertificate
            {
                CertificateChain = new DataSource { InlineString = certificate.Chain },
                PrivateKey = new DataSource { InlineString = certificate.Key },
            },
        };
        return new BenchResource(TypeUrls.Secret, ServerSecret, secret);
    }

    private static BenchResource Listener(string name, int port, IMessage filter, TransportSocket? socket = null)
    {
        var chain = new FilterChain
        {
            TransportSocket = socket,
            Filters =
            {
                new Envoy.Config.Listener.V3.Filter
                {
                    Name = filter.Descriptor.FullName,
                    TypedConfig = Any.Pack(filter),
                },
            },
        };
        var listener = new Listener
        {
            Name = name,
            Address = Loopback(port),
            FilterChains = { chain },
        };
        return new BenchResource(TypeUrls.Listener, name, listener);
    }

    private static Address Loopback(int port) =>
        new()
        {
            SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port },
        };
}
