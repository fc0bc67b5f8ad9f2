// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using DataPlane.Tests.Net;
using DataPlane.Tests.Server;
using Lateen.Net;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Tls;

/// <summary>TLS as xDS asks for it: on listeners, towards endpoints, with secrets that come and change.</summary>
public sealed class ProxyTlsTests : IDisposable
{
    private const string Mutual = ""","requireClientCertificate":true""";

    private readonly ProxyFixture _proxy = new();
    private readonly ProxyFixture _server = new(); // for tests that have TLS on both ends
    private readonly TestAuthority _authority = new();
    private readonly ScriptedServer _echo = ScriptedServer.Echo();

    public ProxyTlsTests()
    {
        _proxy.Clusters(_echo.Port);
        _server.Clusters(_echo.Port);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _server.Dispose();
        _echo.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_listener_with_inline_certificates_terminates_tls()
    {
        var at = Listen(TlsJson.Downstream($"\"tlsCertificates\":[{TlsJson.Certificate(Issue("localhost"))}]"));
        Assert.Contains("GET / ", await Ask(at), StringComparison.Ordinal);
        Assert.Equal(1, Stat("ssl.handshake"));
        Assert.Equal(1, Stat("ssl.no_certificate"));
        Assert.Equal(1, Stat("ssl.versions.TLSv1.3"));
        Assert.Equal(1, Stat("ssl.curves.X25519"));
    }

    [Fact]
    public async Task Failures_are_counted_by_kind()
    {
        var common =
            $"\"tlsCertificates\":[{TlsJson.Certificate(Issue("localhost"))}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_authority)},\"matchTypedSubjectAltNames\":[{{\"sanType\":\"URI\",\"matcher\":{{\"prefix\":\"spiffe://shop/\"}}}}]}}";
        var at = Listen(TlsJson.Downstream(common, Mutual));
        using var stranger = new TestAuthority("Stranger");
        var right = CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b");
        Assert.Contains("GET / ", await Ask(at, _authority.Issue(right)), StringComparison.Ordinal);
        Assert.Equal("", await Ask(at));
        Assert.Equal("", await Ask(at, stranger.Issue(right)));
        Assert.Equal("", await Ask(at, _authority.Issue(CertificateOrder.ForSpiffe("spiffe://shop2/ns/a/sa/b"))));
        ProxyFixture.Converse(at, "GET / HTTP/1.1\r\n\r\n"); // plaintext
        Assert.Equal(1, Stat("ssl.handshake"));
        Assert.Equal(1, Stat("ssl.fail_verify_no_cert"));
        Assert.Equal(1, Stat("ssl.fail_verify_error"));
        Assert.Equal(1, Stat("ssl.fail_verify_san"));
        Assert.Equal(1, Stat("ssl.connection_error"));
    }

    [Fact]
    public async Task A_listener_warms_until_its_secrets_are_there_and_takes_new_ones_without_a_drain()
    {
        const string Common = """
            "tlsCertificateSdsSecretConfigs":[{"name":"server","sdsConfig":{"ads":{} } }],
            "combinedValidationContext":{"defaultValidationContext":{"matchTypedSubjectAltNames":[{"sanType":"URI","matcher":{"exact":"spiffe://shop/ns/a/sa/b"} }]},
              "validationContextSdsSecretConfig":{"name":"ROOTCA"} }
            """;
        Apply<ListenerApi.Listener>(
            TypeUrls.Listener,
            "t",
            TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: TlsJson.Downstream(Common, Mutual)))
        );
        Assert.Empty(_proxy.Runtime.Current.Listeners);
        Assert.False(_proxy.Store.IsReady);
        Assert.Equal(["server"], _proxy.Store.ReferencedNames(TypeUrls.Secret));
        Assert.Equal(["ROOTCA"], _proxy.Store.LocalSecretNames);

        Secret("server", TlsJson.CertificateSecret("server", Issue("v1")));
        Assert.Empty(_proxy.Runtime.Current.Listeners);
        Secret("ROOTCA", TlsJson.ValidationSecret("ROOTCA", _authority));
        Assert.True(_proxy.Store.IsReady);
        var at = _proxy.Address("t");
        var client = _authority.Issue(CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b"));
        await using var old = await Dial(at, client);
        Assert.Equal("CN=v1, O=Lateen", old.RemoteCertificate!.Subject);

        var listener = _proxy.Runtime.Current.Listeners["t"];
        Secret("server", TlsJson.CertificateSecret("server", Issue("v2")));
        Assert.Same(listener, _proxy.Runtime.Current.Listeners["t"]);
        await using var fresh = await Dial(at, client);
        Assert.Equal("CN=v2, O=Lateen", fresh.RemoteCertificate!.Subject);
        Assert.Contains("GET / ", await Converse(old), StringComparison.Ordinal);

        // New roots: who was trusted is not any more.
        using var rotated = new TestAuthority("Rotated");
        Secret("ROOTCA", TlsJson.ValidationSecret("ROOTCA", rotated));
        Assert.Equal("", await Ask(at, client));
    }

    [Theory]
    [InlineData(
        """{"name":"server","tlsCertificate":{"certificateChain":{"inlineString":"junk"},"privateKey":{"inlineString":"junk"} } }""",
        "certificate_chain"
    )]
    [InlineData(
        """{"name":"server","tlsCertificate":{"certificateChain":{"filename":"/nowhere/cert.pem"} } }""",
        "/nowhere/cert.pem"
    )]
    [InlineData(
        """{"name":"server","genericSecret":{} }""",
        "give tls_certificate, validation_context or session_ticket_keys"
    )]
    [InlineData("""{"name":"server","validationContext":{"trustedCa":{"inlineString":"junk"} } }""", "trusted_ca")]
    [InlineData(
        """{"name":"server","validationContext":{"customValidatorConfig":{"name":"x"} } }""",
        "custom_validator_config"
    )]
    [InlineData(
        """{"name":"server","sessionTicketKeys":{"keys":[{"inlineString":"short"}]} }""",
        "has 5 bytes; give 80"
    )]
    public async Task A_bad_secret_is_refused_and_the_last_good_one_stays(string secret, string named)
    {
        Secret("server", TlsJson.CertificateSecret("server", Issue("good")));
        var at = Listen(TlsJson.Downstream("\"tlsCertificateSdsSecretConfigs\":[{\"name\":\"server\"}]"));
        var rejection = Assert.Single(_proxy.Apply<SecretApi.Secret>(TypeUrls.Secret, ("server", secret)));
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
        await using var client = await Dial(at);
        Assert.Equal("CN=good, O=Lateen", client.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData(
        """{"name":"x","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst"} }""",
        "which this proxy does not serve"
    )]
    [InlineData("""{"name":"envoy.transport_sockets.tls"}""", "which this proxy does not serve")]
    public void A_transport_socket_that_is_not_known_is_never_taken_for_plaintext(string socket, string named)
    {
        var listener = TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket));
        var rejection = Assert.Single(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
        var cluster = ProxyFixture.Cluster("s", 1)[..^1] + $",\"transportSocket\":{socket}}}";
        rejection = Assert.Single(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("s", cluster)));
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"tlsParams\":{\"tlsMinimumProtocolVersion\":\"TLSv1_1\"}", "RFC 8996")]
    [InlineData("\"tlsParams\":{\"cipherSuites\":[\"NONSENSE\"]}", "NONSENSE")]
    [InlineData("\"alpnProtocols\":[\"h2\"]", "has no certificate")]
    [InlineData("\"validationContext\":{\"verifyCertificateHash\":[\"abcd\"]}", "verify_certificate_hash[0]")]
    [InlineData(
        "\"validationContext\":{\"matchTypedSubjectAltNames\":[{\"sanType\":\"URI\",\"matcher\":{\"exact\":\"x\"}}]}",
        "needs trusted_ca"
    )]
    public void Bad_contexts_name_the_field(string common, string named)
    {
        if (
            !named.Contains("certificate", StringComparison.Ordinal) || named.Contains("hash", StringComparison.Ordinal)
        )
            common += $",\"tlsCertificates\":[{TlsJson.Certificate(Issue("a"))}]";
        var listener = TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: TlsJson.Downstream(common)));
        var rejection = Assert.Single(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
    }

    /// <summary>Two proxies' worth in one: a TCP listener whose cluster is TLS towards a TLS listener.</summary>
    [Fact]
    public void Endpoints_are_reached_over_mutual_tls_and_http_connections_are_pooled()
    {
        var server = Issue("b.test");
        var common =
            $"\"tlsCertificates\":[{TlsJson.Certificate(server)}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_authority)}}}";
        var inner = Serve(TlsJson.Downstream(common, Mutual));
        var client = _authority.Issue(CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b"));
        Cluster("s", inner.Port, ClientContext(client, "b.test"));
        var outer = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"s"} }""");
        for (var i = 0; i < 3; i++)
        {
            var answer = ProxyFixture.Converse(outer, "GET /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        }
        Assert.Equal(1, _proxy.Stat("cluster.s.ssl.handshake"));
        Assert.Equal(1, StatOf(_server, "ssl.handshake"));
        Assert.Equal(0, StatOf(_server, "ssl.no_certificate"));
    }

    [Fact]
    public void An_endpoint_that_is_somebody_else_is_not_talked_to()
    {
        var inner = Serve(TlsJson.Downstream($"\"tlsCertificates\":[{TlsJson.Certificate(Issue("b.test"))}]"));
        Cluster("s", inner.Port, ClientContext(Issue("c"), "other.test"));
        var outer = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"s"} }""");
        var answer = ProxyFixture.Converse(outer, "GET /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("cluster.s.ssl.fail_verify_san"));
        Assert.Equal(0, _echo.Connections);
    }

    /// <summary>As istiod's auto mTLS: endpoints with a sidecar by TLS, the rest in plaintext, in one cluster.</summary>
    [Fact]
    public void Transport_sockets_are_matched_by_endpoint_metadata()
    {
        var inner = Serve(TlsJson.Downstream($"\"tlsCertificates\":[{TlsJson.Certificate(Issue("b.test"))}]"));
        var matches = $$"""
            "transportSocketMatches":[
              {"name":"tlsMode-istio","match":{"tlsMode":"istio"},"transportSocket":{{ClientContext(
                Issue("c"),
                "b.test"
            )}} },
              {"name":"tlsMode-disabled","match":{},"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} }]
            """;
        const string Istio =
            ",\"metadata\":{\"filterMetadata\":{\"envoy.transport_socket_match\":{\"tlsMode\":\"istio\"}}}";
        var cluster = $$"""
            {"name":"s","type":"STATIC",{{matches}},"loadAssignment":{"clusterName":"s","endpoints":[{"lbEndpoints":[
              {{Endpoint(inner.Port, Istio)}},{{Endpoint(_echo.Port, "")}}]}]} }
            """;
        Apply<ClusterApi.Cluster>(TypeUrls.Cluster, "s", cluster);
        var outer = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"s"} }""");
        for (var i = 0; i < 4; i++)
        {
            var answer = ProxyFixture.Converse(outer, "GET /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        }
        Assert.Equal(1, _proxy.Stat("cluster.s.ssl.handshake"));
        Assert.Equal(2, _echo.Connections); // one direct, one behind the TLS listener
    }

    private static string Endpoint(int port, string metadata) =>
        $$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } }{{metadata}} }""";

    private string ClientContext(TestCertificate certificate, string host) =>
        TlsJson.Upstream(
            $"\"tlsCertificates\":[{TlsJson.Certificate(certificate)}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_authority)},\"matchTypedSubjectAltNames\":[{{\"sanType\":\"DNS\",\"matcher\":{{\"exact\":\"{host}\"}}}}]}}",
            $",\"sni\":\"{host}\""
        );

    private void Cluster(string name, int port, string socket) =>
        Apply<ClusterApi.Cluster>(
            TypeUrls.Cluster,
            name,
            ProxyFixture.Cluster(name, port).TrimEnd()[..^1] + $",\"transportSocket\":{socket}}}"
        );

    private void Apply<T>(string typeUrl, string name, string json)
        where T : Google.Protobuf.IMessage<T>, new()
    {
        // CDS and LDS are whole: what a test has besides must be named again.
        if (typeUrl == TypeUrls.Cluster)
            Assert.Empty(_proxy.Apply<T>(typeUrl, ("a", ProxyFixture.Cluster("a", _echo.Port)), (name, json)));
        else
            Assert.Empty(_proxy.Apply<T>(typeUrl, (name, json)));
    }

    private void Secret(string name, string json) => Apply<SecretApi.Secret>(TypeUrls.Secret, name, json);

    private IPEndPoint Listen(string socket)
    {
        Apply<ListenerApi.Listener>(
            TypeUrls.Listener,
            "t",
            TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket))
        );
        return _proxy.Address("t");
    }

    private TestCertificate Issue(string name) => _authority.Issue(CertificateOrder.ForDns(name));

    /// <summary>A listener of the second proxy.</summary>
    private IPEndPoint Serve(string socket)
    {
        var listener = TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket));
        Assert.Empty(_server.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        return _server.Address("t");
    }

    private long Stat(string name) => StatOf(_proxy, name);

    private static long StatOf(ProxyFixture proxy, string name) => proxy.Stat($"listener.127.0.0.1_0.{name}");

    private static async Task<SslStream> Dial(IPEndPoint at, TestCertificate? certificate = null)
    {
        var options = TlsFixture.AnyServer("localhost", SslProtocols.Tls13);
        if (certificate is not null)
            options.ClientCertificates = [certificate.ForDotNet()];
        return await TlsFixture.Dial(NetAddress.From(at), options);
    }

    /// <summary>What came back; empty when the connection was refused.</summary>
    private static async Task<string> Ask(IPEndPoint at, TestCertificate? certificate = null)
    {
        try
        {
            await using var client = await Dial(at, certificate);
            return await Converse(client);
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException or SocketException)
        {
            return "";
        }
    }

    private static async Task<string> Converse(SslStream client)
    {
        await client.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var count = await client
            .ReadAsync(buffer, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
