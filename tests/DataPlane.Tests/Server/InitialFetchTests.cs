// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Tls;
using Lateen.Proxy.Runtime;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using EndpointApi = Envoy.Config.Endpoint.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using RouteApi = Envoy.Config.Route.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Server;

/// <summary>What is named and does not come is waited for so long and no longer (<c>initial_fetch_timeout</c>), by a clock that the test moves.</summary>
public sealed class InitialFetchTests : IDisposable
{
    private const string Ads = "\"resourceApiVersion\":\"V3\",\"ads\":{}";

    private readonly ProxyFixture _proxy = new(time: new ManualTime());

    public void Dispose() => _proxy.Dispose();

    /// <summary>The field, and the seconds that are waited; 0 for ever.</summary>
    public static TheoryData<string, int> Timeouts =>
        new()
        {
            { "", 15 },
            { "\"initialFetchTimeout\":\"3.5s\",", 4 },
            { "\"initialFetchTimeout\":\"0s\",", 0 },
        };

    [Theory, MemberData(nameof(Timeouts))]
    public void A_cluster_without_its_endpoints(string timeout, int seconds)
    {
        Cluster("a", $"\"type\":\"EDS\",\"edsClusterConfig\":{{\"edsConfig\":{{{timeout}{Ads}}}}}");
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"}}""");
        AssertGivenUpAfter(seconds, () => _proxy.Runtime.Current.Clusters.ContainsKey("a"), "cluster_manager.eds");
        if (seconds == 0)
            return;
        Assert.EndsWith("no healthy upstream", Ask(at), StringComparison.Ordinal);
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        Endpoints("a", upstream.Port);
        Assert.EndsWith("ahoy", Ask(at), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Timeouts))]
    public void A_listener_without_its_routes(string timeout, int seconds)
    {
        Cluster("a", "\"type\":\"STATIC\"");
        ListenerOf($"\"rds\":{{\"routeConfigName\":\"r\",\"configSource\":{{{timeout}{Ads}}}}}");
        AssertGivenUpAfter(seconds, () => _proxy.Runtime.Current.Listeners.ContainsKey("l"), "http.rds");
        if (seconds == 0)
            return;
        var at = _proxy.Address("l");
        Assert.StartsWith("HTTP/1.1 404 ", Ask(at), StringComparison.Ordinal);
        Assert.Empty(
            _proxy.Apply<RouteApi.RouteConfiguration>(
                TypeUrls.Route,
                (
                    "r",
                    $$"""{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"routes":[{{Overload.Listeners.Ahoy}}]}]}"""
                )
            )
        );
        Assert.EndsWith("ahoy", Ask(at), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Timeouts))]
    public void A_listener_without_its_secret(string timeout, int seconds)
    {
        using var authority = new TestAuthority();
        var socket = TlsJson.Downstream(
            $"\"tlsCertificateSdsSecretConfigs\":[{{\"name\":\"s\",\"sdsConfig\":{{{timeout}{Ads}}}}}]"
        );
        Cluster("a", "\"type\":\"STATIC\"");
        Assert.Empty(
            _proxy.Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                (
                    "l",
                    TlsJson
                        .Listener(TlsJson.TcpChain("c", "a", socket: socket))
                        .Replace("\"t\"", "\"l\"", StringComparison.Ordinal)
                )
            )
        );
        AssertGivenUpAfter(seconds, () => _proxy.Runtime.Current.Listeners.ContainsKey("l"), "sds.s");
        if (seconds == 0)
            return;
        using (var client = new Client(_proxy.Address("l")))
            Assert.True(client.WaitForEnd());
        Assert.Equal(
            1,
            _proxy.Stat("listener.127.0.0.1_0.server_ssl_socket_factory.downstream_context_secrets_not_ready")
        );
        var certificate = TlsJson.Certificate(authority.Issue(CertificateOrder.ForDns("localhost")));
        Assert.Empty(
            _proxy.Apply<SecretApi.Secret>(
                TypeUrls.Secret,
                ("s", $"{{\"name\":\"s\",\"tlsCertificate\":{certificate}}}")
            )
        );
        using var tls = new System.Net.Security.SslStream(
            new NetworkStream(new Client(_proxy.Address("l")).Socket, ownsSocket: true)
        );
        tls.AuthenticateAsClient(TlsFixture.AnyServer("localhost"));
    }

    /// <summary>Clusters first, then listeners: each source from when it is asked, and without configuration nobody is ready.</summary>
    [Theory]
    [InlineData(15, 15)]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    public void A_proxy_without_clusters_and_listeners(int clusters, int listeners)
    {
        var timeouts = new SourceTimeouts(TimeSpan.FromSeconds(clusters), TimeSpan.FromSeconds(listeners));
        using var proxy = new ProxyFixture(time: new ManualTime(), sources: timeouts);
        proxy.Store.Start();
        AssertWaits("cluster_manager.cds", clusters);
        if (clusters == 0)
            Assert.Empty(proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster));
        AssertWaits("listener_manager.lds", listeners);
        if (listeners == 0)
            Assert.Empty(proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener));
        Eventually.True(() => proxy.Store.IsLive, "it is waited for no longer");
        Assert.False(proxy.Store.IsReady);
        // What comes late is in force at once.
        Assert.Empty(proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster));
        Assert.Empty(proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener));
        Assert.True(proxy.Store.IsReady);

        void AssertWaits(string source, int seconds)
        {
            var stat = $"{source}.init_fetch_timeout";
            proxy.Advance(TimeSpan.FromSeconds(seconds == 0 ? 86_400 : seconds - 1));
            Assert.False(proxy.Store.IsLive);
            Assert.Equal(0, proxy.Stat(stat));
            if (seconds == 0)
                return;
            var revision = proxy.Runtime.Current.Revision;
            proxy.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, proxy.Stat(stat));
            Eventually.True(() => proxy.Runtime.Current.Revision > revision, "what was given up is taken note of");
        }
    }

    [Fact]
    public void Clusters_that_came_in_time_are_given_up_never()
    {
        _proxy.Store.Start();
        _proxy.Advance(TimeSpan.FromSeconds(14));
        Cluster("a", "\"type\":\"STATIC\"");
        _proxy.Advance(TimeSpan.FromSeconds(14));
        _proxy.Http(Overload.Listeners.Ahoy);
        _proxy.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, _proxy.Stat("cluster_manager.cds.init_fetch_timeout"));
        Assert.Equal(0, _proxy.Stat("listener_manager.lds.init_fetch_timeout"));
    }

    /// <summary>Both must come or be given up: the first to time out does not speak for the other.</summary>
    [Fact]
    public void Every_source_has_its_own_clock()
    {
        var socket = TlsJson.Upstream(
            $"\"tlsCertificateSdsSecretConfigs\":[{{\"name\":\"s\",\"sdsConfig\":{{\"initialFetchTimeout\":\"10s\",{Ads}}}}}]"
        );
        Cluster(
            "a",
            $"\"type\":\"EDS\",\"edsClusterConfig\":{{\"edsConfig\":{{\"initialFetchTimeout\":\"5s\",{Ads}}}}},\"transportSocket\":{socket}"
        );
        _proxy.Advance(TimeSpan.FromSeconds(5));
        Eventually.True(() => _proxy.Stat("cluster_manager.eds.init_fetch_timeout") == 1, "endpoints are given up");
        Assert.False(_proxy.Runtime.Current.Clusters.ContainsKey("a"));
        _proxy.Advance(TimeSpan.FromSeconds(5));
        Eventually.True(() => _proxy.Runtime.Current.Clusters.ContainsKey("a"), "the secret is given up too");
    }

    /// <summary>What came in time is given up never, nor what nobody names any more.</summary>
    [Fact]
    public void A_clock_stops_when_it_comes_and_when_nobody_asks()
    {
        Cluster("a", $"\"type\":\"EDS\",\"edsClusterConfig\":{{\"edsConfig\":{{{Ads}}}}}");
        _proxy.Advance(TimeSpan.FromSeconds(14));
        Endpoints("a", 1);
        Cluster("b", $"\"type\":\"EDS\",\"edsClusterConfig\":{{\"edsConfig\":{{{Ads}}}}}");
        _proxy.Advance(TimeSpan.FromSeconds(14));
        Cluster("c", "\"type\":\"STATIC\"");
        _proxy.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _proxy.Stat("cluster_manager.eds.init_fetch_timeout"));
    }

    private void AssertGivenUpAfter(int seconds, Func<bool> isInForce, string stat)
    {
        Assert.False(isInForce());
        _proxy.Advance(TimeSpan.FromSeconds(seconds == 0 ? 86_400 : seconds - 1));
        Assert.False(isInForce());
        if (seconds == 0)
            return;
        Assert.Equal(0, _proxy.StatOrZero($"{stat}.init_fetch_timeout"));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Eventually.True(isInForce, "it is waited for no longer");
        Assert.Equal(1, _proxy.Stat($"{stat}.init_fetch_timeout"));
        Eventually.True(
            () => _proxy.Store.IsReady || !stat.StartsWith("http", StringComparison.Ordinal),
            "it is ready"
        );
        _proxy.Settle();
    }

    /// <summary>The only cluster from now on.</summary>
    private void Cluster(string name, string fields) =>
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (name, $"{{\"name\":\"{name}\",{fields},\"connectTimeout\":\"2s\"}}")
            )
        );

    private void Endpoints(string cluster, int port) =>
        Assert.Empty(
            _proxy.Apply<EndpointApi.ClusterLoadAssignment>(
                TypeUrls.Endpoints,
                (
                    cluster,
                    $$$$"""
                    {"clusterName":"{{{{cluster}}}}","endpoints":[{"lbEndpoints":[
                      {"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } } } }]}]}
                    """
                )
            )
        );

    private void ListenerOf(string routes)
    {
        var (name, json) = Overload.Listeners.Http("l");
        var start = json.IndexOf("\"routeConfig\"", StringComparison.Ordinal);
        var end = json.IndexOf("\"httpFilters\"", StringComparison.Ordinal);
        Assert.Empty(
            _proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, (name, $"{json[..start]}{routes},{json[end..]}"))
        );
    }

    private static string Ask(System.Net.IPEndPoint at) =>
        ProxyFixture.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n");
}
