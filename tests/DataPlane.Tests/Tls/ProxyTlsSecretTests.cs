// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using Lateen.Net.Tls;
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Tls;

/// <summary>Secrets of each kind at work in a serving proxy, and the numbers Envoy shows of them.</summary>
public sealed class ProxyTlsSecretTests : IDisposable
{
    private const string Listener = "listener.127.0.0.1_0.";
    private const string Spiffe = "spiffe://shop/ns/a/sa/b";

    private readonly ProxyFixture _proxy = new();
    private readonly ProxyFixture _second = new();
    private readonly TestAuthority _authority = new();
    private readonly ScriptedServer _echo = new(
        static (server, socket, _) =>
        {
            if (server.ReadHead(socket) is not null)
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    );
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-secrets-").FullName;
    private readonly TestCertificate _server;

    public ProxyTlsSecretTests()
    {
        _server = _authority.Issue(CertificateOrder.ForDns("localhost"));
        _proxy.Clusters(_echo.Port);
        _second.Clusters(_echo.Port);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _second.Dispose();
        _echo.Dispose();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Several gateways share their ticket keys by SDS: a client resumes at another one.</summary>
    [Fact]
    public async Task Ticket_keys_by_sds_are_shared_by_proxies()
    {
        var keys = Convert.ToBase64String(RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength));
        var secret = $$"""{"name":"tickets","sessionTicketKeys":{"keys":[{"inlineBytes":"{{keys}}"}]} }""";
        var socket = TlsJson.Downstream(
            $"\"tlsCertificates\":[{TlsJson.Certificate(_server)}]",
            ",\"sessionTicketKeysSdsSecretConfig\":{\"name\":\"tickets\",\"sdsConfig\":{\"ads\":{}}}"
        );
        Apply(_proxy, socket);
        Assert.Equal(["tickets"], _proxy.Store.ReferencedNames(TypeUrls.Secret));
        Assert.Empty(_proxy.Runtime.Current.Listeners);
        Secret(_proxy, "tickets", secret);
        Secret(_second, "tickets", secret);
        Apply(_second, socket);

        var session = Path.Combine(_directory, "session");
        await Connect(_proxy, $"-sess_out {session}");
        await Connect(_second, $"-sess_in {session}");
        Assert.Equal(0, _proxy.Stat(Listener + "ssl.session_reused"));
        Assert.Equal(1, _second.Stat(Listener + "ssl.session_reused"));
    }

    /// <summary>As Istio's agent sends roots of several trust domains: SDS has the validator, the listener the names.</summary>
    [Fact]
    public async Task The_spiffe_validator_comes_by_sds()
    {
        using var bank = new TestAuthority("Bank");
        const string Common = """
            "tlsCertificateSdsSecretConfigs":[{"name":"default"}],
            "combinedValidationContext":{"defaultValidationContext":{"matchSubjectAltNames":[{"prefix":"spiffe://shop/"},{"prefix":"spiffe://bank/"}]},
              "validationContextSdsSecretConfig":{"name":"ROOTCA"} }
            """;
        Secret(_proxy, "default", TlsJson.CertificateSecret("default", _server));
        Secret(
            _proxy,
            "ROOTCA",
            $$"""
            {"name":"ROOTCA","validationContext":{"customValidatorConfig":{"name":"envoy.tls.cert_validator.spiffe","typedConfig":
              {"@type":"{{TlsJson.Types}}transport_sockets.tls.v3.SPIFFECertValidatorConfig","trustDomains":[
                {"name":"shop","trustBundle":{{TlsJson.Roots(
                _authority
            )}} },{"name":"bank","trustBundle":{{TlsJson.Roots(bank)}} }]} } } }
            """
        );
        Apply(_proxy, TlsJson.Downstream(Common, ",\"requireClientCertificate\":true"));
        Assert.True(await Connects(_authority.Issue(CertificateOrder.ForSpiffe(Spiffe))));
        Assert.True(await Connects(bank.Issue(CertificateOrder.ForSpiffe("spiffe://bank/ns/a/sa/b"))));
        Assert.False(await Connects(bank.Issue(CertificateOrder.ForSpiffe(Spiffe))));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.fail_verify_error"));
        Assert.Equal(2, _proxy.Stat(Listener + "ssl.client_certificate_presented"));
    }

    [Fact]
    public async Task Numbers_of_secrets_and_what_was_negotiated()
    {
        Apply(_proxy, TlsJson.Downstream("\"tlsCertificateSdsSecretConfigs\":[{\"name\":\"server\"}]"));
        var rsa = _authority.Issue(
            CertificateOrder.ForDns("localhost") with
            {
                Rsa = true,
                To = TimeSpan.FromDays(10.5),
            }
        );
        Secret(_proxy, "server", TlsJson.CertificateSecret("server", rsa));
        Secret(_proxy, "server", TlsJson.CertificateSecret("server", rsa)); // the same again is no update
        Assert.Equal(1, _proxy.Stat(Listener + "server_ssl_socket_factory.ssl_context_update_by_sds"));
        Assert.Equal(0, _proxy.Stat(Listener + "server_ssl_socket_factory.downstream_context_secrets_not_ready"));
        var ends = _proxy.Stat(Listener + "ssl.certificate.server.expiration_unix_time_in_seconds");
        Assert.InRange(
            DateTimeOffset.FromUnixTimeSeconds(ends) - TimeProvider.System.GetUtcNow(),
            TimeSpan.FromDays(10),
            TimeSpan.FromDays(11)
        );
        Assert.Equal(10, _proxy.Stat("server.days_until_first_cert_expiring"));

        await Connect(_proxy, "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups P-256");
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.versions.TLSv1.2"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.ciphers.ECDHE-RSA-AES256-GCM-SHA384"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.curves.P-256"));
        await Connect(_proxy, "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256 -groups X25519 -status");
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.versions.TLSv1.3"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.ciphers.TLS_CHACHA20_POLY1305_SHA256"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.curves.X25519"));
        Assert.Equal(2, _proxy.Stat(Listener + "ssl.handshake"));
        Assert.Equal(2, _proxy.Stat(Listener + "ssl.no_certificate"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.ocsp_staple_requests"));
        Assert.Equal(1, _proxy.Stat(Listener + "ssl.ocsp_staple_omitted"));
    }

    /// <summary>The scheme that counts is the peer's: of clients that show a certificate.</summary>
    [Theory]
    [InlineData(true, "rsa_pss_rsae_sha256")]
    [InlineData(false, "ecdsa_secp256r1_sha256")]
    public async Task Signatures_of_clients_are_counted(bool rsa, string expected)
    {
        var common =
            $"\"tlsCertificates\":[{TlsJson.Certificate(_server)}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_authority)}}}";
        Apply(_proxy, TlsJson.Downstream(common));
        Assert.True(await Connects(_authority.Issue(CertificateOrder.ForSpiffe(Spiffe) with { Rsa = rsa })));
        Assert.Equal(1, _proxy.Stat(Listener + $"ssl.sigalgs.{expected}"));
    }

    private static void Apply(ProxyFixture proxy, string socket) =>
        Assert.Empty(
            proxy.Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                ("t", TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket)))
            )
        );

    private static void Secret(ProxyFixture proxy, string name, string json) =>
        Assert.Empty(proxy.Apply<SecretApi.Secret>(TypeUrls.Secret, (name, json)));

    private async Task<bool> Connects(TestCertificate client)
    {
        var (certificate, key) = client.WriteTo(_directory, "client");
        var (code, _) = await Ask(_proxy, $"-cert {certificate} -key {key}");
        return code == 0;
    }

    private static async Task Connect(ProxyFixture proxy, string offer)
    {
        var (code, output) = await Ask(proxy, offer);
        Assert.True(code == 0, output);
        Assert.Contains("HTTP/1.1 200 OK", output, StringComparison.Ordinal);
    }

    /// <summary>The upstream answers and closes, so that openssl has read every ticket by its end.</summary>
    private static Task<(int Code, string Output)> Ask(ProxyFixture proxy, string offer) =>
        Tool.Run(
            "openssl",
            $"s_client -connect {proxy.Address("t")} {offer} -ign_eof",
            "GET / HTTP/1.1\r\nconnection: close\r\n\r\n"
        );
}
