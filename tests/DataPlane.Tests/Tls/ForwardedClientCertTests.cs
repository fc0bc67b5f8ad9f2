// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary><c>x-forwarded-client-cert</c> as the upstream sees it, sent by curl over TLS with a certificate or without.</summary>
public sealed partial class ForwardedClientCertTests : IDisposable
{
    private const string Earlier = "By=spiffe://shop/ns/x/sa/edge;Hash=00ff;URI=spiffe://shop/ns/x/sa/user";

    private readonly HttpsProxy _proxy = new();
    private readonly ScriptedServer _echo = ScriptedServer.Echo();
    private readonly TestCertificate _server;
    private readonly TestCertificate _client;

    public ForwardedClientCertTests()
    {
        _server = _proxy.Authority.Issue(
            CertificateOrder.ForDns("localhost") with
            {
                Uris = ["spiffe://shop/ns/a/sa/server"],
            }
        );
        _client = _proxy.Authority.Issue(
            CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/client") with
            {
                DnsNames = ["c.test", "d.test"],
            }
        );
        _proxy.Cluster("a", _echo.Port);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _echo.Dispose();
    }

    private const string Ours = "By=spiffe://shop/ns/a/sa/server;Hash=HASH";

    public static TheoryData<string, bool, bool, string?> Forwarding =>
        new()
        {
            // forward_client_cert_details | client shows a certificate | header came | header that goes on
            { "SANITIZE", true, true, null },
            { "SANITIZE", false, true, null },
            { "FORWARD_ONLY", true, true, Earlier },
            { "FORWARD_ONLY", true, false, null },
            { "FORWARD_ONLY", false, true, null }, // who shows nothing is not believed
            { "APPEND_FORWARD", true, true, $"{Earlier},{Ours}" },
            { "APPEND_FORWARD", true, false, Ours },
            { "APPEND_FORWARD", false, true, null },
            { "SANITIZE_SET", true, true, Ours },
            { "SANITIZE_SET", true, false, Ours },
            { "SANITIZE_SET", false, true, null },
            { "ALWAYS_FORWARD_ONLY", true, true, Earlier },
            { "ALWAYS_FORWARD_ONLY", false, true, Earlier },
            { "ALWAYS_FORWARD_ONLY", true, false, null },
        };

    [Theory]
    [MemberData(nameof(Forwarding))]
    public async Task The_header_goes_on(string forwarding, bool shows, bool came, string? expected)
    {
        var manager = $"\"forwardClientCertDetails\":\"{forwarding}\",";
        var sent = await Ask(manager, shows ? _client : null, came ? [Earlier] : []);
        Assert.Equal(expected, sent);
    }

    /// <summary>In plaintext nobody shows anything.</summary>
    [Theory]
    [InlineData("SANITIZE_SET", null)]
    [InlineData("FORWARD_ONLY", null)]
    [InlineData("ALWAYS_FORWARD_ONLY", Earlier)]
    public async Task In_plaintext(string forwarding, string? expected)
    {
        var at = _proxy.Listen(null, manager: $"\"forwardClientCertDetails\":\"{forwarding}\",");
        var (code, output) = await Tool.Run("curl", $"-sS -H x-forwarded-client-cert:{Earlier} http://{at}/");
        Assert.Equal((0, expected), (code, HeaderOf(output)));
    }

    public static TheoryData<string, string> Details =>
        new()
        {
            { "{}", Ours },
            { "{\"subject\":true}", $"{Ours};Subject=\"CN=test,O=Lateen\"" },
            { "{\"uri\":true}", $"{Ours};URI=spiffe://shop/ns/a/sa/client" },
            { "{\"dns\":true}", $"{Ours};DNS=c.test;DNS=d.test" },
            // As istiod asks of sidecars.
            {
                "{\"subject\":true,\"dns\":true,\"uri\":true}",
                $"{Ours};Subject=\"CN=test,O=Lateen\";URI=spiffe://shop/ns/a/sa/client;DNS=c.test;DNS=d.test"
            },
            { "{\"cert\":true}", $"{Ours};Cert=\"CERT\"" },
            {
                "{\"chain\":true,\"cert\":true,\"subject\":true}",
                $"{Ours};Cert=\"CERT\";Chain=\"CERTROOT\";Subject=\"CN=test,O=Lateen\""
            },
        };

    [Theory]
    [MemberData(nameof(Details))]
    public async Task What_is_said_of_a_certificate(string details, string expected)
    {
        var manager = $"\"forwardClientCertDetails\":\"SANITIZE_SET\",\"setCurrentClientCertDetails\":{details},";
        Assert.Equal(expected, await Ask(manager, _client, []));
    }

    /// <summary>A chain with an intermediate is written whole, leaf first; openssl reads it back.</summary>
    [Fact]
    public async Task A_chain_is_written_whole()
    {
        using var intermediate = new TestAuthority("Intermediate", _proxy.Authority);
        var client = intermediate.Issue(CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/client"));
        var manager = "\"forwardClientCertDetails\":\"SANITIZE_SET\",\"setCurrentClientCertDetails\":{\"chain\":true},";
        var header = (await AskRaw(manager, client, []))!;
        var chain = Uri.UnescapeDataString(header[(header.IndexOf("Chain=\"", StringComparison.Ordinal) + 7)..^1]);
        var (code, printed) = await Tool.Run("openssl", "crl2pkcs7 -nocrl -certfile /dev/stdin", chain);
        Assert.Equal(0, code);
        (_, printed) = await Tool.Run("openssl", "pkcs7 -print_certs -noout", printed);
        Assert.Equal(
            ["O = Lateen, CN = test", "O = Lateen, CN = Intermediate"],
            printed
                .Split('\n')
                .Where(static line => line.StartsWith("subject=", StringComparison.Ordinal))
                .Select(static line => line[8..])
        );
    }

    /// <summary>Several lines are one list, and ours is its last element.</summary>
    [Fact]
    public async Task Several_lines_become_one()
    {
        const string Manager = "\"forwardClientCertDetails\":\"APPEND_FORWARD\",";
        Assert.Equal($"Hash=1,Hash=2,{Ours}", await Ask(Manager, _client, ["Hash=1", "Hash=2"]));
    }

    [Fact]
    public async Task A_certificate_without_a_uri_says_so()
    {
        var plain = _proxy.Authority.Issue(
            CertificateOrder.ForDns("plain.test") with
            {
                CommonName = "\"a,b \"\"c\"\"\"",
            }
        );
        var manager =
            "\"forwardClientCertDetails\":\"SANITIZE_SET\",\"setCurrentClientCertDetails\":{\"uri\":true,\"subject\":true},";
        Assert.Equal($"{Ours};Subject=\"CN=a\\,b \\\"c\\\",O=Lateen\";URI=", await Ask(manager, plain, []));
    }

    /// <summary>A name must not pass for other elements of the header, nor for its end.</summary>
    [Fact]
    public void Names_with_separators_are_escaped()
    {
        using var authority = new TestAuthority();
        var certificate = authority.Issue(CertificateOrder.ForSpiffe("spiffe://a/b;By=spiffe://c,Hash=d"));
        var peer = PeerCertificate.FirstOf(System.Text.Encoding.ASCII.GetBytes(certificate.Chain))!;
        var connection = new TlsConnection("", "", "", "", "", false, peer, null, true);
        var text = Lateen.Proxy.Http.ForwardedClientCert.Describe(
            connection,
            Lateen.Proxy.Filters.ClientCertDetails.Uri
        );
        Assert.EndsWith(
            ";URI=spiffe://a/b%3BBy=spiffe://c%2CHash=d",
            System.Text.Encoding.ASCII.GetString(text),
            StringComparison.Ordinal
        );
    }

    /// <summary>Over TLS, HTTP/1.1 or HTTP/2, the scheme is https, whatever the client says at an edge.</summary>
    [Theory]
    [InlineData("--http1.1", false, "", "https")]
    [InlineData("--http2", false, "", "https")]
    [InlineData("--http1.1", true, "-H x-forwarded-proto:http", "https")]
    [InlineData("--http1.1", false, "-H x-forwarded-proto:http", "http")]
    public async Task The_scheme_is_the_transports(string version, bool isEdge, string more, string expected)
    {
        var manager = isEdge ? "\"useRemoteAddress\":true," : "";
        var at = _proxy.Listen(_proxy.Simple(",\"alpnProtocols\":[\"h2\",\"http/1.1\"]"), manager: manager);
        var (code, output) = await _proxy.Curl(at, $"{version} {more}");
        Assert.Equal(0, code);
        Assert.Contains($"x-forwarded-proto: {expected}\r\n", output, StringComparison.Ordinal);
    }

    /// <summary>The header as it came upstream, with hash and certificate replaced by names; null for none.</summary>
    private async Task<string?> Ask(string manager, TestCertificate? client, string[] headers)
    {
        var value = await AskRaw(manager, client, headers);
        if (client is null || value is null)
            return value;
        var peer = PeerCertificate.FirstOf(System.Text.Encoding.ASCII.GetBytes(client.Chain))!;
        var root = System.Text.Encoding.ASCII.GetString(_proxy.Authority.Pem);
        return value
            .Replace(peer.Sha256, "HASH", StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(client.Chain + "\n"), "CERT", StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(root + "\n"), "ROOT", StringComparison.Ordinal); // curl sends it too
    }

    private async Task<string?> AskRaw(string manager, TestCertificate? client, string[] headers)
    {
        var common =
            $"\"tlsCertificates\":[{TlsJson.Certificate(_server)}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_proxy.Authority)}}},\"alpnProtocols\":[\"h2\",\"http/1.1\"]";
        var at = _proxy.Listen(TlsJson.Downstream(common), manager: manager);
        var arguments = client is null ? "" : _proxy.CurlCertificate(client);
        foreach (var header in headers)
            arguments += $" -H x-forwarded-client-cert:{header}";
        var (code, output) = await _proxy.Curl(at, arguments);
        Assert.True(code == 0, output);
        return HeaderOf(output);
    }

    private static string? HeaderOf(string head)
    {
        var lines = Header().Matches(head);
        Assert.InRange(lines.Count, 0, 1);
        return lines.Count == 0 ? null : lines[0].Groups["value"].Value;
    }

    [GeneratedRegex(
        "^x-forwarded-client-cert: (?<value>.*)\r$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Header();
}
