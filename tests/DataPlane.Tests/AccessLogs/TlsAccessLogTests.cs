// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Interop;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Net.Tls;
using Lateen.Proxy.Formatting;
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.AccessLogs;

/// <summary>What access logs tell of TLS, down- and upstream; values compared with what openssl prints of the same certificate.</summary>
public sealed class TlsAccessLogTests : IDisposable
{
    private const string Client = "spiffe://shop/ns/a/sa/client";
    private const string Own = "spiffe://shop/ns/a/sa/server";

    private readonly HttpsProxy _proxy = new();
    private readonly ScriptedServer _echo = ScriptedServer.Echo();
    private readonly TestCertificate _client;

    public TlsAccessLogTests()
    {
        _client = _proxy.Authority.Issue(
            CertificateOrder.ForSpiffe(Client) with
            {
                CommonName = "client",
                DnsNames = ["c.test", "d.test"],
                Emails = ["ops@shop.test"],
                Addresses = ["192.0.2.7", "2001:db8::7"],
            }
        );
        _proxy.Cluster("a", _echo.Port);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _echo.Dispose();
    }

    public static TheoryData<string, string> Downstream =>
        new()
        {
            { "%DOWNSTREAM_PEER_URI_SAN%", Client },
            { "%DOWNSTREAM_PEER_DNS_SAN%", "c.test,d.test" },
            { "%DOWNSTREAM_PEER_EMAIL_SAN%", "ops@shop.test" },
            { "%DOWNSTREAM_PEER_IP_SAN%", "192.0.2.7,2001:db8::7" },
            { "%DOWNSTREAM_LOCAL_URI_SAN%", Own },
            { "%DOWNSTREAM_LOCAL_DNS_SAN%", "localhost" },
            { "%DOWNSTREAM_LOCAL_IP_SAN%", "-" },
            { "%DOWNSTREAM_LOCAL_EMAIL_SAN%", "-" },
            { "%DOWNSTREAM_PEER_SUBJECT%", "CN=client,O=Lateen" },
            { "%DOWNSTREAM_PEER_ISSUER%", "CN=Test root,O=Lateen" },
            { "%DOWNSTREAM_LOCAL_SUBJECT%", "CN=localhost,O=Lateen" },
            { "%DOWNSTREAM_PEER_SERIAL%", "SERIAL" },
            { "%DOWNSTREAM_PEER_FINGERPRINT_256%", "SHA256" },
            { "%DOWNSTREAM_PEER_FINGERPRINT_1%", "SHA1" },
            // curl sends the root too.
            { "%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256%", "SHA256,ROOT256" },
            { "%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1%", "SHA1,ROOT1" },
            { "%DOWNSTREAM_PEER_CHAIN_SERIALS%", "SERIAL,ROOTSERIAL" },
            { "%DOWNSTREAM_PEER_CERT%", "PEM" },
            { "%DOWNSTREAM_PEER_CERT_V_START(%Y-%m-%d)%", "START" },
            { "%DOWNSTREAM_PEER_CERT_V_END(%Y-%m-%d)%", "END" },
            { "%DOWNSTREAM_TLS_VERSION%", "TLSv1.2" },
            { "%DOWNSTREAM_TLS_CIPHER%", "ECDHE-ECDSA-AES128-GCM-SHA256" },
            { "%REQUESTED_SERVER_NAME%", "localhost" },
        };

    [Theory]
    [MemberData(nameof(Downstream))]
    public async Task Of_clients(string command, string expected)
    {
        var at = Listen(command);
        var (code, output) = await _proxy.Curl(
            at,
            $"--tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256 {_proxy.CurlCertificate(_client)}"
        );
        Assert.True(code == 0, output);
        Assert.Equal([await Told(expected)], _proxy.Lines());
    }

    /// <summary>TLS 1.2 has session ids, TLS 1.3 has none (RFC 8446 §4.1.2).</summary>
    [Theory]
    [InlineData("--tls-max 1.2", "^[0-9a-f]{64}$")]
    [InlineData("--tlsv1.3", "^-$")]
    public async Task Session_ids(string version, string expected)
    {
        var at = Listen("%DOWNSTREAM_TLS_SESSION_ID%");
        await _proxy.Curl(at, $"{version} {_proxy.CurlCertificate(_client)}");
        Assert.Matches(expected, Assert.Single(_proxy.Lines()));
    }

    [Theory]
    [InlineData("%DOWNSTREAM_PEER_URI_SAN%")]
    [InlineData("%DOWNSTREAM_PEER_SUBJECT%")]
    [InlineData("%DOWNSTREAM_PEER_CERT_V_END%")]
    [InlineData("%DOWNSTREAM_PEER_CHAIN_SERIALS%")]
    [InlineData("%DOWNSTREAM_TLS_VERSION%")]
    [InlineData("%UPSTREAM_TLS_VERSION%")]
    [InlineData("%UPSTREAM_PEER_URI_SAN%")]
    public async Task Of_plaintext_there_is_nothing_to_tell(string command)
    {
        var at = _proxy.Listen(null, manager: _proxy.Logging(command));
        await Tool.Run("curl", $"-sS http://{at}/");
        Assert.Equal(["-"], _proxy.Lines());
    }

    public static TheoryData<string, string> Upstream =>
        new()
        {
            { "%UPSTREAM_PEER_URI_SAN%", Client },
            { "%UPSTREAM_PEER_DNS_SAN%", "c.test,d.test" },
            { "%UPSTREAM_PEER_IP_SAN%", "192.0.2.7,2001:db8::7" },
            { "%UPSTREAM_PEER_SUBJECT%", "CN=client,O=Lateen" },
            { "%UPSTREAM_PEER_ISSUER%", "CN=Test root,O=Lateen" },
            { "%UPSTREAM_PEER_CERT%", "PEM" },
            { "%UPSTREAM_PEER_CERT_V_START(%Y-%m-%d)%", "START" },
            { "%UPSTREAM_PEER_CERT_V_END(%Y-%m-%d)%", "END" },
            { "%UPSTREAM_LOCAL_URI_SAN%", Own },
            { "%UPSTREAM_LOCAL_DNS_SAN%", "localhost" },
            { "%UPSTREAM_LOCAL_IP_SAN%", "-" },
            { "%UPSTREAM_TLS_VERSION%", "TLSv1.3" },
            { "%UPSTREAM_TLS_CIPHER%", "TLS_AES_128_GCM_SHA256" },
            { "%UPSTREAM_TLS_SESSION_ID%", "-" },
            { "%UPSTREAM_TRANSPORT_FAILURE_REASON%", "-" },
        };

    /// <summary>The endpoint is another proxy whose certificate is the client's of the other table.</summary>
    [Theory]
    [MemberData(nameof(Upstream))]
    public async Task Of_endpoints(string command, string expected)
    {
        using var server = new HttpsProxy();
        server.Cluster("a", _echo.Port);
        var inner = server.Listen(TlsJson.Downstream($"\"tlsCertificates\":[{TlsJson.Certificate(_client)}]"));
        var own = OwnCertificate();
        _proxy.Cluster("a", inner.Port, TlsJson.Upstream($"\"tlsCertificates\":[{TlsJson.Certificate(own)}]"));
        var at = _proxy.Listen(null, manager: _proxy.Logging(command));
        var (code, output) = await Tool.Run("curl", $"-sS http://{at}/");
        Assert.True(code == 0, output);
        Assert.Equal([await Told(expected)], _proxy.Lines());
    }

    /// <summary>A handshake that fails says why, in the log; spaces are underscores there, as in Envoy's.</summary>
    [Fact]
    public async Task Why_an_endpoint_was_not_trusted()
    {
        using var stranger = new HttpsProxy("Stranger");
        stranger.Cluster("a", _echo.Port);
        var inner = stranger.Listen(stranger.Simple());
        _proxy.Cluster(
            "a",
            inner.Port,
            TlsJson.Upstream($"\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_proxy.Authority)}}}")
        );
        var at = _proxy.Listen(null, manager: _proxy.Logging("%RESPONSE_FLAGS% %UPSTREAM_TRANSPORT_FAILURE_REASON%"));
        var (_, answer) = await Tool.Run("curl", $"-sS http://{at}/");
        Assert.StartsWith(
            "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error:|",
            answer,
            StringComparison.Ordinal
        );
        Assert.Matches(
            @"^UF TLS_error:\|[0-9]+:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_0:_unable_to_get_local_issuer_certificate:TLS_error_end$",
            Assert.Single(_proxy.Lines())
        );
    }

    [Theory]
    [InlineData("%DOWNSTREAM_PEER_NONSENSE%")]
    [InlineData("%UPSTREAM_PEER_SERIAL%")] // Envoy has it for clients alone
    [InlineData("%DOWNSTREAM_PEER_CERT_V_START(%Q)%")]
    public void Unknown_commands_are_refused(string command) =>
        Assert.Throws<FormatException>(() => SubstitutionFormat.Parse(command));

    /// <summary>Subjects read as openssl's RFC 2253 form, which Envoy prints.</summary>
    [Theory]
    [InlineData("/C=DE/O=Shop/CN=cart")]
    [InlineData("/O=a, b+c;d<e>f/CN= padded ")]
    [InlineData("/O=#hash/CN=quote\\\"d back\\\\slash")]
    [InlineData("/O=Ümläut/CN=日本")]
    [InlineData("/O=tab\there/CN=bell\u0007")]
    [InlineData("/DC=test/DC=shop/UID=7/CN=x/emailAddress=a@b.test")]
    public async Task Subjects_read_as_openssl_prints_them(string subject)
    {
        var (certificate, key) = (Path.Combine(_proxy.Directory, "x.pem"), Path.Combine(_proxy.Directory, "x.key"));
        var (code, output) = await Tool.RunWith(
            "openssl",
            [
                "req",
                "-x509",
                "-utf8",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                key,
                "-out",
                certificate,
                "-subj",
                subject,
            ]
        );
        Assert.True(code == 0, output);
        var (_, printed) = await Tool.Run("openssl", $"x509 -in {certificate} -noout -subject -nameopt RFC2253");
        var read = PeerCertificate.FirstOf(
            await File.ReadAllBytesAsync(certificate, TestContext.Current.CancellationToken)
        )!;
        Assert.Equal(printed.TrimEnd('\n')["subject=".Length..], read.Subject);
    }

    /// <summary>Of a relayed connection too.</summary>
    [Fact]
    public async Task Of_tcp_connections()
    {
        var chain = $$"""
            {"transportSocket":{{Socket()}},"filters":[{"name":"tcp","typedConfig":{"@type":"{{TlsJson.Types}}filters.network.tcp_proxy.v3.TcpProxy","statPrefix":"t","cluster":"a",
              "accessLog":[{{_proxy.Log(
                "%DOWNSTREAM_PEER_URI_SAN% %REQUESTED_SERVER_NAME% %DOWNSTREAM_TLS_VERSION%"
            )}}]} }]}
            """;
        Assert.Empty(_proxy.Proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", TlsJson.Listener(chain))));
        var at = _proxy.Proxy.Address("t");
        await _proxy.Curl(at, _proxy.CurlCertificate(_client));
        // Its line is written when both sides have ended, which curl does not wait for.
        Eventually.True(() => _proxy.Proxy.Stat("tcp.t.downstream_cx_active") == 0, "the connection is over");
        Assert.Equal([$"{Client} localhost TLSv1.3"], _proxy.Lines());
    }

    private System.Net.IPEndPoint Listen(string command) => _proxy.Listen(Socket(), manager: _proxy.Logging(command));

    private string Socket() =>
        TlsJson.Downstream(
            $"\"tlsCertificates\":[{TlsJson.Certificate(OwnCertificate())}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_proxy.Authority)}}}"
        );

    private TestCertificate OwnCertificate() =>
        _proxy.Authority.Issue(CertificateOrder.ForDns("localhost") with { Uris = [Own] });

    /// <summary>A placeholder's value, by openssl; of several, with commas between.</summary>
    private async Task<string> Told(string expected)
    {
        var (path, _) = _client.WriteTo(_proxy.Directory, "told");
        var values = new List<string>();
        foreach (var one in expected.Split(','))
        {
            values.Add(
                one switch
                {
                    "SERIAL" => await X509(path, "-serial"),
                    "SHA256" => await X509(path, "-fingerprint -sha256"),
                    "SHA1" => await X509(path, "-fingerprint -sha1"),
                    "ROOTSERIAL" => await X509(_proxy.Roots, "-serial"),
                    "ROOT256" => await X509(_proxy.Roots, "-fingerprint -sha256"),
                    "ROOT1" => await X509(_proxy.Roots, "-fingerprint -sha1"),
                    "PEM" => Uri.EscapeDataString(_client.Chain + "\n"),
                    "START" => await Day(path, "startdate"),
                    "END" => await Day(path, "enddate"),
                    _ => one,
                }
            );
        }
        return string.Join(',', values);
    }

    private static async Task<string> X509(string path, string what)
    {
        var (_, output) = await Tool.Run("openssl", $"x509 -in {path} -noout {what}");
        return output.TrimEnd('\n').Split('=', 2)[1].Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    private static async Task<string> Day(string path, string what)
    {
        var (_, output) = await Tool.Run("openssl", $"x509 -in {path} -noout -{what} -dateopt iso_8601");
        return output.Split('=', 2)[1][..10];
    }
}
