// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Interop;

/// <summary>openssl s_server behind a serving proxy: whom the proxy trusts, what it asks for, and what it shows.</summary>
public sealed class OpensslServerTests : IDisposable
{
    private readonly HttpsProxy _proxy = new();

    public void Dispose() => _proxy.Dispose();

    /// <summary>The server's certificate, and the status and text that the client has of it.</summary>
    public static TheoryData<string, string> Servers =>
        new()
        {
            { "good", "200" },
            { "good of an intermediate", "200" },
            { "a wildcard", "200" },
            { "with RSA", "200" },
            { "expired", "503 .*certificate has expired" },
            { "not yet valid", "503 .*certificate is not yet valid" },
            { "of another authority", "503 .*unable to get local issuer certificate" },
            { "self-signed", "503 .*self.signed certificate" },
            { "of another name", "503 .*SAN matcher" },
            { "without a name", "503 .*SAN matcher" },
            { "for clients", "503 .*(unsupported|unsuitable) certificate purpose" },
            // As in Envoy; with a SPIFFE id it would be refused.
            { "an authority", "200" },
        };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Certificates(string who, string expected)
    {
        using var intermediate = new TestAuthority("Intermediate", _proxy.Authority);
        using var other = new TestAuthority("Other root");
        var named = CertificateOrder.ForDns("a.shop.test");
        var certificate = who switch
        {
            "good of an intermediate" => intermediate.Issue(named),
            "a wildcard" => _proxy.Authority.Issue(CertificateOrder.ForDns("*.shop.test")),
            "with RSA" => _proxy.Authority.Issue(named with { Rsa = true }),
            "expired" => _proxy.Authority.Issue(
                named with
                {
                    From = TimeSpan.FromDays(-2),
                    To = TimeSpan.FromHours(-1),
                }
            ),
            "not yet valid" => _proxy.Authority.Issue(named with { From = TimeSpan.FromHours(1) }),
            "of another authority" => other.Issue(named),
            "self-signed" => _proxy.Authority.Issue(named with { SelfSigned = true }),
            "of another name" => _proxy.Authority.Issue(CertificateOrder.ForDns("b.shop.test")),
            "without a name" => _proxy.Authority.Issue(new CertificateOrder { CommonName = "a.shop.test" }),
            "for clients" => _proxy.Authority.Issue(named with { Purposes = [CertificateOrder.ClientPurpose] }),
            "an authority" => _proxy.Authority.Issue(named with { IsAuthority = true }),
            _ => _proxy.Authority.Issue(named),
        };
        using var server = await StartAsync(certificate, "-www");
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test")));
        Assert.Matches($"(?s)^{expected}", await Get());
    }

    /// <summary>Options of the server × tls_params of the cluster → protocol and cipher on the server's page, or why not.</summary>
    [Theory]
    [InlineData("-tls1_2", "", "TLSv1.2, Cipher is ECDHE-ECDSA-")]
    [InlineData("-tls1_3", "\"tlsMaximumProtocolVersion\":\"TLSv1_3\"", "TLSv1.3, Cipher is TLS_AES_")]
    [InlineData("-tls1_3", "\"tlsMaximumProtocolVersion\":\"TLSv1_2\"", "503")]
    [InlineData(
        "-tls1_2",
        "\"tlsMinimumProtocolVersion\":\"TLSv1_3\",\"tlsMaximumProtocolVersion\":\"TLSv1_3\"",
        "503"
    )]
    [InlineData("-tls1_1 -cipher DEFAULT@SECLEVEL=0", "", "503")]
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", "", "503")]
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", "", "Cipher is ECDHE-ECDSA-CHACHA20-POLY1305")]
    [InlineData(
        "-ciphersuites TLS_CHACHA20_POLY1305_SHA256",
        "\"tlsMaximumProtocolVersion\":\"TLSv1_3\"",
        "TLS_CHACHA20"
    )]
    [InlineData("", "\"ecdhCurves\":[\"P-384\"]", "200")]
    [InlineData("-groups P-521", "", "503")]
    public async Task Parameters(string options, string parameters, string expected)
    {
        using var server = await StartAsync(
            _proxy.Authority.Issue(CertificateOrder.ForDns("a.shop.test")),
            $"-www {options}"
        );
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test"), parameters: parameters));
        Assert.Contains(expected, await Get(), StringComparison.Ordinal);
    }

    /// <summary>The name that the proxy asks for chooses the certificate; a server that knows it not ends the handshake.</summary>
    [Theory]
    [InlineData("a.shop.test", "200")]
    [InlineData("other.test", "503 .*UNRECOGNIZED_NAME")]
    public async Task Names(string sni, string expected)
    {
        var (second, key) = _proxy
            .Authority.Issue(CertificateOrder.ForDns("a.shop.test"))
            .WriteTo(_proxy.Directory, "two");
        using var server = await StartAsync(
            _proxy.Authority.Issue(CertificateOrder.ForDns("fallback.test")),
            $"-www -servername a.shop.test -servername_fatal -cert2 {second} -key2 {key}"
        );
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test"), $",\"sni\":\"{sni}\""));
        Assert.Matches($"(?s)^{expected}", await Get());
    }

    [Theory]
    [InlineData("http/1.1", "\"http/1.1\"", "http/1.1")]
    [InlineData("http/1.1,h2", "\"h3\",\"http/1.1\"", "http/1.1")]
    [InlineData("http/1.1", "", "")]
    public async Task Alpn(string offered, string ours, string expected)
    {
        using var server = await StartAsync(
            _proxy.Authority.Issue(CertificateOrder.ForDns("a.shop.test")),
            $"-alpn {offered}"
        );
        var more = ours.Length > 0 ? $",\"alpnProtocols\":[{ours}]" : "";
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test") + more));
        var answer = Get();
        var told = new StringBuilder();
        string? line;
        do
        {
            line = await server.Output.ReadLineAsync(TestContext.Current.CancellationToken);
            told.AppendLine(line);
        } while (line is not (null or "Secure Renegotiation IS supported"));
        await server.Input.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        Assert.StartsWith("200", await answer, StringComparison.Ordinal);
        Assert.Equal(expected, Regex.Match(told.ToString(), "ALPN protocols selected: (.*)").Groups[1].Value);
    }

    /// <summary>A server that insists on a certificate sees ours; without one, or with one it does not trust, there is no page.</summary>
    [Theory]
    [InlineData("ours", "200")]
    [InlineData("none", "503 .*ALERT_(HANDSHAKE_FAILURE|UNKNOWN_CA)")]
    [InlineData("another's", "503 .*ALERT_(HANDSHAKE_FAILURE|UNKNOWN_CA)")]
    public async Task Our_certificate(string which, string expected)
    {
        using var other = new TestAuthority("Other root");
        using var server = await StartAsync(
            _proxy.Authority.Issue(CertificateOrder.ForDns("a.shop.test")),
            $"-www -tls1_2 -Verify 3 -verify_return_error -CAfile {_proxy.Roots}"
        );
        var mine = (which == "another's" ? other : _proxy.Authority).Issue(
            CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/proxy")
        );
        var shown = which == "none" ? "" : $",\"tlsCertificates\":[{TlsJson.Certificate(mine)}]";
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test") + shown));
        var page = await Get();
        Assert.Matches($"(?s)^{expected}", page);
        if (which == "ours")
            Assert.Contains("URI:spiffe://td/ns/a/sa/proxy", page, StringComparison.Ordinal);
    }

    /// <summary>The page tells whether a session was taken up; the server closes the connection behind each.</summary>
    [Theory]
    [InlineData("-tls1_2", "", true)]
    [InlineData("-tls1_2 -no_ticket", "", true)]
    [InlineData("-tls1_3", "", true)]
    [InlineData("-tls1_2", ",\"maxSessionKeys\":0", false)]
    [InlineData("-tls1_3", ",\"maxSessionKeys\":0", false)]
    public async Task Sessions(string options, string more, bool expected)
    {
        using var server = await StartAsync(
            _proxy.Authority.Issue(CertificateOrder.ForDns("a.shop.test")),
            $"-www {options}"
        );
        _proxy.Cluster("a", server.Port, TlsJson.Upstream(Trusting("a.shop.test"), more));
        var at = _proxy.Listen(null);
        Assert.Contains("New, TLS", await Get(at), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            Assert.Contains(expected ? "Reused, TLS" : "New, TLS", await Get(at), StringComparison.Ordinal);
        Assert.Equal(expected ? 3 : 0, _proxy.Proxy.Stat("cluster.a.ssl.session_reused"));
    }

    /// <summary>The roots, and the name that has to be on the certificate.</summary>
    private string Trusting(string name) =>
        $"\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_proxy.Authority)},\"matchTypedSubjectAltNames\":[{{\"sanType\":\"DNS\",\"matcher\":{{\"exact\":\"{name}\"}} }}]}}";

    private async Task<OpensslServer> StartAsync(TestCertificate certificate, string options)
    {
        var (path, key) = certificate.WriteTo(_proxy.Directory, "server");
        return await OpensslServer.StartAsync($"-cert {path} -key {key} -cert_chain {path} {options}");
    }

    private Task<string> Get() => Get(_proxy.Listen(null));

    /// <summary>Status and body.</summary>
    private async Task<string> Get(System.Net.IPEndPoint at)
    {
        var body = Path.Combine(_proxy.Directory, "page");
        var (_, output) = await _proxy.Curl(at, $"-o {body} -w %{{http_code}}", "/x", "http");
        return $"{output} {Regex.Replace(await File.ReadAllTextAsync(body, TestContext.Current.CancellationToken), "<[^>]*>", "")}";
    }
}
