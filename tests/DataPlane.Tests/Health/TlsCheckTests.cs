// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using static DataPlane.Tests.Health.HealthFixture;

namespace DataPlane.Tests.Health;

/// <summary>Health checks through transport sockets.</summary>
public sealed class TlsCheckTests : IDisposable
{
    private readonly HealthFixture _health = new();
    private readonly TestAuthority _authority = new();
    private readonly BlockingCollection<string> _protocols = [];
    private readonly ScriptedServer _server;
    private readonly X509Certificate2 _certificate;

    public TlsCheckTests()
    {
        _certificate = _authority.Issue(CertificateOrder.ForDns("shop.test")).ForDotNet();
        _server = new ScriptedServer((_, socket, _) => Serve(socket));
    }

    public void Dispose()
    {
        _health.Dispose();
        _server.Dispose();
        _authority.Dispose();
        // Not the certificate: a thread of the server's may be in a handshake with it.
    }

    [Theory]
    [InlineData("", "h2")] // what the socket's configuration offers
    [InlineData(""","tlsOptions":{"alpnProtocols":["http/1.1"]}""", "http/1.1")]
    public void A_check_goes_through_the_endpoints_socket(string check, string protocol)
    {
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/"}{{check}}""",
            Endpoint(_server.Port),
            $",\"transportSocket\":{Socket()}"
        );
        Assert.Equal(protocol, _protocols.Take(TestContext.Current.CancellationToken));
        _health.WaitForFlags(_server.Port, "healthy");
        HealthFixture.WaitFor(() => _health.InForce is not null);
        Assert.True(_health.Proxy.Stat("cluster.a.ssl.handshake") >= 1);
    }

    [Theory]
    [InlineData("""{"mode":"tls"}""", "healthy")]
    [InlineData("""{"mode":"plain"}""", "/failed_active_hc")]
    [InlineData("""{"mode":"none"}""", "/failed_active_hc")] // the cluster's default, which is plaintext
    public void A_check_may_go_through_a_socket_of_its_own_choice(string criteria, string flags)
    {
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/"},"transportSocketMatchCriteria":{{criteria}}""",
            Endpoint(_server.Port),
            $$"""
            ,"transportSocketMatches":[{"name":"t","match":{"mode":"tls"},"transportSocket":{{Socket()}} },
              {"name":"p","match":{"mode":"plain"},"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} }]
            """
        );
        _health.WaitForStat("health_check.attempt", 2);
        _health.WaitForFlags(_server.Port, flags);
    }

    [Fact]
    public void A_server_that_cannot_be_trusted_fails()
    {
        using var stranger = new TestAuthority("Stranger");
        _health.Cluster(
            $$"""{{Fast}},"tcpHealthCheck":{}""",
            Endpoint(_server.Port),
            $",\"transportSocket\":{Socket(stranger)}"
        );
        _health.WaitForStat("health_check.network_failure", 2);
        Assert.Equal("/failed_active_hc", _health.Flags(_server.Port));
    }

    private string Socket(TestAuthority? authority = null) =>
        TlsJson.Upstream(
            $$""" "alpnProtocols":["h2"],"validationContext":{"trustedCa":{{TlsJson.Roots(authority ?? _authority)}} } """,
            ",\"sni\":\"shop.test\""
        );

    /// <summary>Says what ALPN agreed on, and answers over HTTP/1.1 whatever that is.</summary>
    private void Serve(Socket socket)
    {
        using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            stream.AuthenticateAsServer(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = _certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                }
            );
            _protocols.Add(stream.NegotiatedApplicationProtocol.ToString());
            var buffer = new byte[4096];
            while (stream.Read(buffer) > 0)
                stream.Write(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        }
        catch (Exception failure)
            when (failure is IOException or System.Security.Authentication.AuthenticationException)
        {
            // A check that is not TLS, or does not trust us.
        }
    }
}
