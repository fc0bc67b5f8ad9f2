// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>Who gets in: each row is a client certificate and what mutual TLS says to it.</summary>
public sealed class PeerVerificationTests : IDisposable
{
    private const string Cart = "spiffe://shop/ns/default/sa/cart";

    private readonly TlsFixture _tls = new();

    public void Dispose() => _tls.Dispose();

    public static TheoryData<string, TlsOutcome> Clients =>
        new()
        {
            { "right", TlsOutcome.Established },
            { "none", TlsOutcome.NoPeerCertificate },
            { "expired", TlsOutcome.UntrustedPeer },
            { "not yet valid", TlsOutcome.UntrustedPeer },
            { "self-signed", TlsOutcome.UntrustedPeer },
            { "of another authority", TlsOutcome.UntrustedPeer },
            { "server purpose", TlsOutcome.UntrustedPeer },
            { "wrong trust domain", TlsOutcome.NameMismatch },
            { "wrong account", TlsOutcome.NameMismatch },
            { "two URIs", TlsOutcome.NameMismatch },
            { "no URI", TlsOutcome.NameMismatch },
            { "DNS name that reads like the URI", TlsOutcome.NameMismatch },
            { "authority as leaf", TlsOutcome.NameMismatch },
            { "revoked", TlsOutcome.UntrustedPeer },
        };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Client_certificates(string client, TlsOutcome expected)
    {
        using var stranger = new TestAuthority("Stranger");
        var certificate = client switch
        {
            "none" => null,
            "expired" => Issue(order => order with { From = TimeSpan.FromDays(-3), To = TimeSpan.FromDays(-2) }),
            "not yet valid" => Issue(order => order with { From = TimeSpan.FromHours(1) }),
            "self-signed" => Issue(order => order with { SelfSigned = true }),
            "of another authority" => stranger.Issue(CertificateOrder.ForSpiffe(Cart)),
            "server purpose" => Issue(order => order with { Purposes = [CertificateOrder.ServerPurpose] }),
            "wrong trust domain" => Issue(order => order with { Uris = [Cart.Replace("shop", "shop2")] }),
            "wrong account" => Issue(order => order with { Uris = [Cart + "2"] }),
            "two URIs" => Issue(order => order with { Uris = [Cart, "spiffe://shop/ns/default/sa/admin"] }),
            "no URI" => Issue(order => order with { Uris = [] }),
            "DNS name that reads like the URI" => Issue(order => order with { Uris = [], DnsNames = ["shop"] }),
            "authority as leaf" => Issue(order => order with { IsAuthority = true }),
            _ => Issue(order => order),
        };
        var revoked = client == "revoked" ? certificate! : Issue(order => order);
        var at = await _tls.Serve(
            Mutual(validation =>
                validation with
                {
                    Names = [new SanMatcher(SanKind.Uri, static uri => uri == Cart)],
                    RevocationLists = _tls.Authority.Revoke(revoked),
                }
            )
        );
        await _tls.Ask(at, _tls.ClientContext(options => options with { Certificates = Shown(certificate) }));
        var handshake = await _tls.NextHandshake();
        Assert.Equal(expected, handshake.Outcome);
        if (expected != TlsOutcome.Established)
        {
            Assert.NotEqual("", handshake.Failure);
            return;
        }
        Assert.Equal(Cart, handshake.Connection!.Peer!.SpiffeId);
        Assert.True(handshake.Connection.IsPeerVerified);
    }

    /// <summary>The refusal is an alert within the handshake, so a client knows why (RFC 8446 §6.2).</summary>
    [Fact]
    public async Task A_refused_client_gets_an_alert()
    {
        var at = await _tls.Serve(Mutual(validation => validation));
        var certificate = Issue(order => order with { To = TimeSpan.FromHours(-1) });
        var client = _tls.ClientContext(options =>
            options with
            {
                Certificates = [certificate.ForLateen],
                MaxVersion = TlsVersion.Tls12,
            }
        );
        var (handshake, _) = await _tls.Ask(at, client);
        Assert.Equal(TlsOutcome.ConnectionError, handshake.Outcome);
        Assert.Contains("alert certificate expired", handshake.Failure, StringComparison.Ordinal);
    }

    public static TheoryData<string, TlsOutcome> Servers =>
        new()
        {
            { "right", TlsOutcome.Established },
            { "expired", TlsOutcome.UntrustedPeer },
            { "client purpose", TlsOutcome.UntrustedPeer },
            { "other host", TlsOutcome.NameMismatch },
            { "wildcard", TlsOutcome.Established },
            { "wildcard two labels up", TlsOutcome.NameMismatch },
        };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Server_certificates(string server, TlsOutcome expected)
    {
        var order = CertificateOrder.ForDns("cart.shop.test");
        var certificate = _tls.Authority.Issue(
            server switch
            {
                "expired" => order with { From = TimeSpan.FromDays(-3), To = TimeSpan.FromDays(-2) },
                "client purpose" => order with { Purposes = [CertificateOrder.ClientPurpose] },
                "other host" => CertificateOrder.ForDns("basket.shop.test"),
                "wildcard" => CertificateOrder.ForDns("*.shop.test"),
                "wildcard two labels up" => CertificateOrder.ForDns("*.test"),
                _ => order,
            }
        );
        var at = await _tls.Serve(_tls.ServerContext(certificate));
        var options = new TlsClientOptions { ServerName = "cart.shop.test", ExpectedHost = "cart.shop.test" };
        var (handshake, _) = await _tls.Ask(at, _tls.ClientContext(), options: options);
        Assert.Equal(expected, handshake.Outcome);
    }

    [Fact]
    public async Task Expiry_can_be_forgiven_and_nothing_else_is()
    {
        var at = await _tls.Serve(Mutual(validation => validation with { AllowExpired = true }));
        using var stranger = new TestAuthority("Stranger");
        var expired = CertificateOrder.ForSpiffe(Cart) with
        {
            From = TimeSpan.FromDays(-3),
            To = TimeSpan.FromDays(-2),
        };
        Assert.Equal(TlsOutcome.Established, await Outcome(at, _tls.Authority.Issue(expired)));
        Assert.Equal(TlsOutcome.UntrustedPeer, await Outcome(at, stranger.Issue(expired)));
    }

    [Fact]
    public async Task An_untrusted_client_is_let_in_when_asked_for_and_is_not_called_verified()
    {
        var at = await _tls.Serve(Mutual(validation => validation with { AcceptUntrusted = true }));
        using var stranger = new TestAuthority("Stranger");
        await _tls.Ask(at, ClientWith(stranger.Issue(CertificateOrder.ForSpiffe(Cart))));
        var handshake = await _tls.NextHandshake();
        Assert.Equal(TlsOutcome.Established, handshake.Outcome);
        Assert.False(handshake.Connection!.IsPeerVerified);
    }

    [Theory]
    [InlineData(true, true, TlsOutcome.Established)]
    [InlineData(true, false, TlsOutcome.PinMismatch)]
    [InlineData(false, true, TlsOutcome.Established)]
    [InlineData(false, false, TlsOutcome.PinMismatch)]
    public async Task Pins_of_certificates_and_keys(bool pinsCertificate, bool isPinned, TlsOutcome expected)
    {
        var certificate = Issue(order => order);
        var pinned = isPinned ? certificate : Issue(order => order);
        using var described = X509CertificateLoader.LoadCertificate(Encoded(pinned));
        ReadOnlyMemory<byte> pin = SHA256.HashData(
            pinsCertificate ? described.RawData : described.PublicKey.ExportSubjectPublicKeyInfo()
        );
        var at = await _tls.Serve(
            Mutual(validation =>
                pinsCertificate ? validation with { CertificatePins = [pin] } : validation with { KeyPins = [pin] }
            )
        );
        Assert.Equal(expected, await Outcome(at, certificate));
    }

    [Fact]
    public async Task A_server_that_requires_certificates_and_trusts_nobody_refuses_everybody()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(options => options with { RequireClientCertificate = true }, ServerCertificate())
        );
        Assert.Equal(TlsOutcome.UntrustedPeer, await Outcome(at, Issue(order => order)));
    }

    [Fact]
    public async Task Optional_certificates_may_be_missing_but_not_wrong()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options => options with { Validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem } },
                ServerCertificate()
            )
        );
        using var stranger = new TestAuthority("Stranger");
        Assert.Equal(TlsOutcome.Established, await Outcome(at, null));
        Assert.Equal(TlsOutcome.Established, await Outcome(at, Issue(order => order)));
        Assert.Equal(TlsOutcome.UntrustedPeer, await Outcome(at, stranger.Issue(CertificateOrder.ForSpiffe(Cart))));
    }

    public static TheoryData<string, string> BadOptions =>
        new()
        {
            { "certificate", "certificate_chain" },
            { "key", "private_key" },
            { "other key", "is not the key of the certificate" },
            { "roots", "trusted_ca" },
            { "revocations", "crl" },
            { "cipher", "NOT-A-CIPHER" },
            { "curve", "ecdh_curves" },
            { "versions", "tls_minimum_protocol_version" },
            { "alpn", "alpn_protocols" },
            { "names without roots", "match_typed_subject_alt_names" },
            { "no certificate", "tls_certificates" },
        };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_that_cannot_be_used_are_named(string what, string named)
    {
        var good = ServerCertificate().ForLateen;
        var junk = "junk"u8.ToArray();
        var options = new TlsOptions { Role = TlsRole.Server, Certificates = [good] };
        var bad = what switch
        {
            "certificate" => options with { Certificates = [good with { Chain = junk }] },
            "key" => options with { Certificates = [good with { PrivateKey = junk }] },
            "other key" => options with
            {
                Certificates = [good with { PrivateKey = ServerCertificate().ForLateen.PrivateKey }],
            },
            "roots" => options with { Validation = new PeerValidation { TrustedRoots = junk } },
            "revocations" => options with
            {
                Validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem, RevocationLists = junk },
            },
            "cipher" => options with { Ciphers = ["ECDHE-RSA-AES128-GCM-SHA256", "NOT-A-CIPHER"] },
            "curve" => options with { Curves = ["X25519", "curvy"] },
            "versions" => options with { MinVersion = TlsVersion.Tls13, MaxVersion = TlsVersion.Tls12 },
            "alpn" => options with { ApplicationProtocols = [""] },
            "names without roots" => options with
            {
                Validation = new PeerValidation { Names = [SanMatcher.DnsName("a")] },
            },
            _ => options with { Certificates = [] },
        };
        var failure = Assert.Throws<TlsConfigurationException>(() => TlsContext.Create(bad));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private async Task<TlsOutcome> Outcome(Lateen.Net.NetAddress at, TestCertificate? client)
    {
        await _tls.Ask(at, ClientWith(client));
        return (await _tls.NextHandshake()).Outcome;
    }

    private TlsContext Mutual(Func<PeerValidation, PeerValidation> change) =>
        _tls.ServerContext(
            options =>
                options with
                {
                    RequireClientCertificate = true,
                    Validation = change(new PeerValidation { TrustedRoots = _tls.Authority.Pem }),
                },
            ServerCertificate()
        );

    private TlsContext ClientWith(TestCertificate? certificate) =>
        _tls.ClientContext(options => options with { Certificates = Shown(certificate) });

    private TestCertificate ServerCertificate() => _tls.Authority.Issue(CertificateOrder.ForDns("localhost"));

    private TestCertificate Issue(Func<CertificateOrder, CertificateOrder> change) =>
        _tls.Authority.Issue(change(CertificateOrder.ForSpiffe(Cart)));

    private static TlsCertificate[] Shown(TestCertificate? certificate) =>
        certificate is null ? [] : [certificate.ForLateen];

    private static byte[] Encoded(TestCertificate certificate)
    {
        using var parsed = X509Certificate2.CreateFromPem(certificate.Chain);
        return parsed.RawData;
    }
}
