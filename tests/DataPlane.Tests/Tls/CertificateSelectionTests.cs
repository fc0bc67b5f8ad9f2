// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using DataPlane.Tests.Interop;
using Lateen.Net;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>
/// Which of a server's certificates openssl is shown: by the name it asks for, and by the keys it can check, as Envoy
/// chooses.
/// </summary>
public sealed class CertificateSelectionTests : IDisposable
{
    private const string Everything = "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha256";
    private const string RsaOnly = "rsa_pss_rsae_sha256";
    private const string P384AndRsa = "ecdsa_secp384r1_sha384:rsa_pss_rsae_sha256";

    private readonly TlsFixture _tls = new();

    public void Dispose() => _tls.Dispose();

    public static TheoryData<string, string, string, string> Choices =>
        new()
        {
            // certificates, in order | SNI | what the client can check | shown
            { "rsa shop.test,ec shop.test", "shop.test", Everything, "ec shop.test" },
            { "rsa shop.test,ec shop.test", "shop.test", RsaOnly, "rsa shop.test" },
            { "ec shop.test,rsa shop.test", "shop.test", RsaOnly, "rsa shop.test" },
            { "rsa shop.test,ec shop.test", "", Everything, "ec shop.test" },
            { "rsa shop.test,ec shop.test", "", RsaOnly, "rsa shop.test" },
            // An exact name with the other key is preferred to a wildcard with the better one.
            { "ec *.test,rsa shop.test", "shop.test", Everything, "rsa shop.test" },
            // But one that the client cannot check at all is none: the wildcard serves.
            { "ec shop.test,rsa *.test", "shop.test", RsaOnly, "rsa *.test" },
            { "ec shop.test,rsa *.test", "SHOP.test", Everything, "ec shop.test" },
            { "ec a.test,ec *.shop.test", "cart.shop.test", Everything, "ec *.shop.test" },
            { "ec a.test,ec *.shop.test", "a.cart.shop.test", Everything, "ec a.test" }, // a star is one label
            { "ec a.test,ec *.shop.test", "shop.test", Everything, "ec a.test" },
            // No name fits: the first, whatever the client can do.
            { "rsa a.test,ec b.test", "c.test", Everything, "rsa a.test" },
            { "ec a.test,rsa b.test", "c.test", RsaOnly, "" },
            // No name asked for: the first that fits its abilities.
            { "ec a.test,rsa b.test", "", RsaOnly, "rsa b.test" },
            { "p384 a.test,ec b.test", "", Everything, "p384 a.test" },
            { "ec a.test,p384 b.test", "", P384AndRsa, "p384 b.test" },
            // Two with the same name and kind: the earlier.
            { "ec shop.test one,ec shop.test two", "shop.test", Everything, "ec shop.test one" },
            // The common name counts where there are no alternative names.
            { "ec a.test,plain shop.test", "shop.test", Everything, "plain shop.test" },
        };

    [Theory]
    [MemberData(nameof(Choices))]
    public async Task Openssl_is_shown(string certificates, string name, string algorithms, string expected)
    {
        var at = await _tls.Serve(_tls.ServerContext(certificates.Split(',').Select(Issue).ToArray()));
        Assert.Equal(expected, await Shown(at, name, $"-sigalgs {algorithms}"));
    }

    /// <summary>Under TLS 1.2 the cipher suites say it: a client without one for ECDSA cannot be shown such a key.</summary>
    [Theory]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256", "ec shop.test")]
    [InlineData("ECDHE-RSA-AES128-GCM-SHA256", "rsa shop.test")]
    [InlineData("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA", "rsa shop.test")] // one that we do not have
    public async Task Cipher_suites_of_tls_1_2_decide(string ciphers, string expected)
    {
        var at = await _tls.Serve(_tls.ServerContext(Issue("ec shop.test"), Issue("rsa shop.test")));
        Assert.Equal(expected, await Shown(at, "shop.test", $"-tls1_2 -cipher {ciphers}"));
    }

    [Theory]
    [InlineData(false, "rsa a.test")]
    [InlineData(true, "ec b.test")]
    public async Task A_full_scan_looks_for_abilities_where_no_name_fits(bool scans, string expected)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options => options with { ScansAllOnNameMismatch = scans },
                Issue("rsa a.test"),
                Issue("ec b.test")
            )
        );
        Assert.Equal(expected, await Shown(at, "c.test", $"-sigalgs {Everything}"));
    }

    /// <summary>What a resumed connection says of this side is what the full handshake showed.</summary>
    [Fact]
    public async Task A_resumed_connection_knows_what_was_shown()
    {
        var at = await _tls.Serve(_tls.ServerContext(Issue("ec a.test"), Issue("ec b.test")));
        var client = _tls.ClientContext();
        var sessions = new TlsSessions();
        foreach (var isResumed in new[] { false, true })
        {
            var options = new TlsClientOptions { ServerName = "b.test", Sessions = sessions };
            await _tls.Ask(at, client, options: options);
            var connection = (await _tls.NextHandshake()).Connection!;
            Assert.Equal((isResumed, "ec b.test"), (connection.IsResumed, connection.Own!.CommonName));
        }
    }

    /// <summary>The server's order of cipher suites decides, unless the client's shall.</summary>
    [Theory]
    [InlineData(false, "ECDHE-ECDSA-AES128-GCM-SHA256")]
    [InlineData(true, "ECDHE-ECDSA-AES256-GCM-SHA384")]
    public async Task The_order_of_cipher_suites(bool prefersClient, string expected)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(options => options with { PrefersClientCiphers = prefersClient }, Issue("ec a.test"))
        );
        var offer = "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
        await Shown(at, "a.test", offer);
        Assert.Equal(expected, (await _tls.NextHandshake()).Connection!.Cipher);
    }

    [Theory]
    [InlineData("P-256", "P-256", "X25519:P-256")]
    [InlineData("P-384", "P-384", "P-256:P-384")]
    [InlineData("X25519,P-256", "P-256", "P-256:X25519")] // the share that has come is taken, rather than asked for another
    [InlineData("P-521", "", "X25519")]
    public async Task Curves_are_those_of_the_configuration(string curves, string expected, string offered)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(options => options with { Curves = curves.Split(',') }, Issue("rsa a.test"))
        );
        await Shown(at, "a.test", $"-groups {offered}");
        Assert.Equal(expected, (await _tls.NextHandshake()).Connection?.Curve ?? "");
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls12, "-tls1_3", "")]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls12, "", "TLSv1.2")]
    [InlineData(TlsVersion.Tls13, TlsVersion.Tls13, "-tls1_2", "")]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls13, "", "TLSv1.3")]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls13, "-no_tls1_3", "TLSv1.2")]
    public async Task Versions_have_limits(TlsVersion lowest, TlsVersion highest, string offer, string expected)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options => options with { MinVersion = lowest, MaxVersion = highest },
                Issue("ec a.test")
            )
        );
        await Shown(at, "a.test", offer);
        Assert.Equal(expected, (await _tls.NextHandshake()).Connection?.Version ?? "");
    }

    /// <summary>Kind of key, DNS name, and what else tells it from others.</summary>
    private TestCertificate Issue(string description)
    {
        var words = description.Split(' ');
        var order = CertificateOrder.ForDns(words[1]) with { CommonName = description };
        return _tls.Authority.Issue(
            words[0] switch
            {
                "rsa" => order with { Rsa = true },
                "p384" => order with { Curve = ECCurve.NamedCurves.nistP384 },
                "plain" => order with { CommonName = words[1], DnsNames = [] },
                _ => order,
            }
        );
    }

    /// <summary>Common name of the certificate that openssl got; empty when the handshake failed.</summary>
    private static async Task<string> Shown(NetAddress at, string name, string offer)
    {
        var sni = name.Length == 0 ? "-noservername" : $"-servername {name}";
        var (code, output) = await Tool.Run("openssl", $"s_client -connect 127.0.0.1:{at.Port} {sni} {offer}");
        if (code != 0)
            return "";
        var subject = output.Split('\n').Single(static line => line.StartsWith("subject=", StringComparison.Ordinal));
        var text = subject[(subject.IndexOf("CN = ", StringComparison.Ordinal) + 5)..];
        text = text.Contains(',', StringComparison.Ordinal)
            ? text[..text.IndexOf(',', StringComparison.Ordinal)]
            : text;
        return text == "shop.test" ? "plain shop.test" : text;
    }
}
