// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Interop;

/// <summary>openssl s_client in front of a serving proxy: what is negotiated, who is let in, and what is counted.</summary>
public sealed class OpensslTests : IDisposable
{
    private const string Request = "GET /x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

    private readonly HttpsProxy _proxy = new();
    private readonly ScriptedServer _echo = ScriptedServer.Echo();

    public OpensslTests() => _proxy.Cluster("a", _echo.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _echo.Dispose();
    }

    /// <summary>tls_params of the listener, what openssl offers → version and cipher, or nothing.</summary>
    public static TheoryData<string, string, string> Parameters =>
        new()
        {
            { "", "", "TLSv1.3 TLS_AES_256_GCM_SHA384|TLSv1.3 TLS_AES_128_GCM_SHA256" },
            { "", "-tls1_2", "TLSv1.2 ECDHE-ECDSA-(AES128-GCM-SHA256|AES256-GCM-SHA384|CHACHA20-POLY1305)" },
            { "", "-tls1_3", "TLSv1.3 .*" },
            { "", "-tls1_1 -cipher DEFAULT@SECLEVEL=0", "" },
            { "", "-tls1 -cipher DEFAULT@SECLEVEL=0", "" },
            { "", "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305" },
            { "", "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", "" },
            { "", "-ciphersuites TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256" },
            { "\"tlsMaximumProtocolVersion\":\"TLSv1_2\"", "", "TLSv1.2 .*" },
            { "\"tlsMaximumProtocolVersion\":\"TLSv1_2\"", "-tls1_3", "" },
            { "\"tlsMinimumProtocolVersion\":\"TLSv1_3\"", "", "TLSv1.3 .*" },
            { "\"tlsMinimumProtocolVersion\":\"TLSv1_3\"", "-tls1_2", "" },
            {
                "\"cipherSuites\":[\"ECDHE-ECDSA-AES256-GCM-SHA384\"]",
                "-tls1_2",
                "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384"
            },
            {
                "\"cipherSuites\":[\"ECDHE-ECDSA-AES256-GCM-SHA384\"]",
                "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256",
                ""
            },
            // Of TLS 1.3 nobody chooses them, in Envoy either.
            { "\"cipherSuites\":[\"ECDHE-ECDSA-AES256-GCM-SHA384\"]", "", "TLSv1.3 .*" },
        };

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Versions_and_ciphers(string parameters, string offer, string expected)
    {
        var at = _proxy.Listen(_proxy.Simple($",\"tlsParams\":{{{parameters}}}"));
        var output = await Ask(at, offer);
        if (expected.Length > 0)
        {
            Assert.Contains("GET /x ", output, StringComparison.Ordinal);
            var found = Regex.Match(output, @"New, (TLSv[\d.]+), Cipher is (\S+)");
            // What s_client says first is the version of the cipher; the session has the version of the connection.
            var version = Regex.Match(output, @"Protocol *: *(TLSv[\d.]+)");
            Assert.Matches(
                $"^({expected})$",
                $"{(version.Success ? version : found).Groups[1].Value} {found.Groups[2].Value}"
            );
        }
        else
        {
            Assert.DoesNotContain("GET /x ", output, StringComparison.Ordinal);
            Assert.Matches("alert (protocol version|handshake failure)|no protocols available", output);
        }
    }

    [Theory]
    [InlineData("", "", "X25519|ECDH, prime256v1.*")]
    [InlineData("", "-groups P-256", "ECDH, prime256v1.*")]
    [InlineData("", "-groups P-521", "")]
    [InlineData("\"P-384\"", "", "ECDH, secp384r1.*")]
    [InlineData("\"P-384\",\"P-521\"", "-groups P-521:P-384", "ECDH, secp(384r1|521r1).*")]
    [InlineData("\"P-384\"", "-groups X25519", "")]
    [InlineData("\"X25519\"", "-tls1_2", "X25519.*")]
    public async Task Curves(string curves, string offer, string expected)
    {
        var parameters = curves.Length > 0 ? $"\"ecdhCurves\":[{curves}]" : "";
        var at = _proxy.Listen(_proxy.Simple($",\"tlsParams\":{{{parameters}}}"));
        var output = await Ask(at, offer);
        var key = Regex.Match(output, "Server Temp Key: (.*)").Groups[1].Value;
        Assert.Matches($"^({expected})", key);
        Assert.Equal(expected.Length > 0, output.Contains("GET /x ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("", "h2", "")]
    [InlineData("\"h2\",\"http/1.1\"", "", "")]
    [InlineData("\"h2\",\"http/1.1\"", "http/1.1", "http/1.1")]
    [InlineData("\"h2\",\"http/1.1\"", "http/1.1,h2", "h2")] // the server's order
    [InlineData("\"http/1.1\",\"h2\"", "h2,http/1.1", "http/1.1")]
    [InlineData("\"istio-peer-exchange\",\"istio\"", "istio,h2", "istio")]
    [InlineData("\"h2\"", "spdy/3,x", "")] // none in common: none, as Envoy has it
    public async Task Alpn(string protocols, string offer, string expected)
    {
        var at = _proxy.Listen(_proxy.Simple(protocols.Length > 0 ? $",\"alpnProtocols\":[{protocols}]" : ""));
        var output = await Run(at, offer.Length > 0 ? $"-alpn {offer}" : "");
        var chosen = expected.Length > 0 ? $"ALPN protocol: {expected}\n" : "No ALPN negotiated\n";
        Assert.Contains(chosen, output, StringComparison.Ordinal);
    }

    /// <summary>A session of one connection is taken up by the next, by ticket and by the server's memory.</summary>
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_2 -no_ticket")]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_3 -no_ticket")]
    public async Task Sessions(string offer)
    {
        var at = _proxy.Listen(_proxy.Simple());
        var session = Path.Combine(_proxy.Directory, "session");
        Assert.Contains("New, TLS", await Ask(at, $"{offer} -sess_out {session}"), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
            Assert.Contains("Reused, TLS", await Ask(at, $"{offer} -sess_in {session}"), StringComparison.Ordinal);
        Assert.Equal(2, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.session_reused"));
        Assert.Equal(3, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.handshake"));
    }

    [Fact]
    public async Task Reconnect()
    {
        var at = _proxy.Listen(_proxy.Simple());
        var output = await Run(at, "-tls1_2 -reconnect");
        Assert.Equal(5, Regex.Count(output, "Reused, TLSv1.2"));
        Assert.Equal(5, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.session_reused"));
    }

    /// <summary>Who comes → what openssl is told, and the statistic that counts him.</summary>
    public static TheoryData<string, string, string> Clients =>
        new()
        {
            { "good", "", "handshake" },
            { "good of an intermediate", "", "handshake" },
            { "nobody", "certificate required|handshake failure", "fail_verify_no_cert" },
            { "expired", "certificate expired", "fail_verify_error" },
            { "not yet valid", "bad certificate", "fail_verify_error" },
            { "of another authority", "unknown ca", "fail_verify_error" },
            { "self-signed", "unknown ca", "fail_verify_error" },
            { "of an intermediate that it keeps to itself", "unknown ca", "fail_verify_error" },
            { "an authority", "certificate unknown", "fail_verify_san" },
            { "for servers", "unsupported certificate", "fail_verify_error" },
            { "revoked", "certificate revoked", "fail_verify_error" },
            { "of another trust domain", "certificate unknown", "fail_verify_san" },
            { "of another workload", "certificate unknown", "fail_verify_san" },
            { "without a name", "certificate unknown", "fail_verify_san" },
        };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Client_certificates(string who, string alert, string counted)
    {
        using var intermediate = new TestAuthority("Intermediate", _proxy.Authority);
        using var other = new TestAuthority("Other root");
        var mine = CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/b");
        var certificate = who switch
        {
            "nobody" => null,
            "good of an intermediate" => intermediate.Issue(mine),
            "of an intermediate that it keeps to itself" => WithoutChain(intermediate.Issue(mine)),
            "expired" => _proxy.Authority.Issue(
                mine with
                {
                    From = TimeSpan.FromDays(-2),
                    To = TimeSpan.FromHours(-1),
                }
            ),
            "not yet valid" => _proxy.Authority.Issue(mine with { From = TimeSpan.FromHours(1) }),
            "of another authority" => other.Issue(mine),
            "self-signed" => _proxy.Authority.Issue(mine with { SelfSigned = true }),
            "an authority" => _proxy.Authority.Issue(mine with { IsAuthority = true }),
            "for servers" => _proxy.Authority.Issue(mine with { Purposes = [CertificateOrder.ServerPurpose] }),
            "of another trust domain" => _proxy.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://dt/ns/a/sa/b")),
            "of another workload" => _proxy.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/c")),
            "without a name" => _proxy.Authority.Issue(new CertificateOrder()),
            _ => _proxy.Authority.Issue(mine),
        };
        // One of each authority: who is not on its issuer's is not revoked, where there is none nobody is trusted.
        var list = Encoding.ASCII.GetString([
            .. _proxy.Authority.Revoke(who == "revoked" ? [certificate!] : []),
            .. "\n"u8,
            .. intermediate.Revoke(),
        ]);
        var context =
            $"\"trustedCa\":{TlsJson.Roots(_proxy.Authority)},\"crl\":{{\"inlineString\":{JsonSerializer.Serialize(list)}}},\"onlyVerifyLeafCertCrl\":true,"
            + "\"matchTypedSubjectAltNames\":[{\"sanType\":\"URI\",\"matcher\":{\"exact\":\"spiffe://td/ns/a/sa/b\"} }]";
        var at = _proxy.Listen(
            TlsJson.Downstream(
                $"\"tlsCertificates\":[{TlsJson.Certificate(_proxy.Server)}],\"validationContext\":{{{context}}}",
                ",\"requireClientCertificate\":true"
            )
        );
        var show = "";
        if (certificate is not null)
        {
            var (path, key) = certificate.WriteTo(_proxy.Directory, "client");
            show = $"-cert {path} -key {key} -cert_chain {path}";
        }
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            var output = await Ask(at, $"{version} {show}");
            Assert.Equal(alert.Length == 0, output.Contains("GET /x ", StringComparison.Ordinal));
            if (alert.Length > 0)
                Assert.Matches($"alert ({alert})", output);
        }
        Assert.Equal(2, _proxy.Proxy.Stat($"listener.127.0.0.1_0.ssl.{counted}"));
        Assert.Equal(alert.Length == 0 ? 2 : 0, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.handshake"));
    }

    /// <summary>A client that asks to negotiate anew is told no, and what it has goes on.</summary>
    [Fact]
    public async Task Renegotiation()
    {
        var at = _proxy.Listen(_proxy.Simple());
        var (_, output) = await Tool.Run("openssl", $"s_client -connect {at} -tls1_2", "R\n", keepInput: true);
        Assert.Contains("RENEGOTIATING", output, StringComparison.Ordinal);
        Assert.Contains("no renegotiation", output, StringComparison.Ordinal);
    }

    private static TestCertificate WithoutChain(TestCertificate certificate)
    {
        const string End = "-----END CERTIFICATE-----";
        return certificate with
        {
            Chain = certificate.Chain[..(certificate.Chain.IndexOf(End, StringComparison.Ordinal) + End.Length)],
        };
    }

    /// <summary>A handshake and no more.</summary>
    private async Task<string> Run(IPEndPoint at, string offer) =>
        (await Tool.Run("openssl", $"s_client -connect {at} -CAfile {_proxy.Roots} {offer}")).Output;

    /// <summary>A handshake and a request; what openssl prints has the answer.</summary>
    private async Task<string> Ask(IPEndPoint at, string offer) =>
        (await Tool.Run("openssl", $"s_client -connect {at} -CAfile {_proxy.Roots} -ign_eof {offer}", Request)).Output;
}
