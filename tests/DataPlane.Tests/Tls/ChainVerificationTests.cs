// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>
/// Chains: intermediates and how many, revocation up and down them, and the bundles of trust domains, which no domain can
/// speak across.
/// </summary>
public sealed class ChainVerificationTests : IDisposable
{
    private const string Cart = "spiffe://shop/ns/default/sa/cart";

    private readonly TlsFixture _tls = new();
    private readonly TestAuthority _intermediate;
    private readonly TestAuthority _lowest;

    public ChainVerificationTests()
    {
        _intermediate = new TestAuthority("Intermediate", _tls.Authority);
        _lowest = new TestAuthority("Lowest", _intermediate);
    }

    public void Dispose()
    {
        _tls.Dispose();
        _intermediate.Dispose();
        _lowest.Dispose();
    }

    /// <summary>Issuers of the leaf, the trusted one counted, as Envoy has it.</summary>
    [Theory]
    [InlineData("root", null, TlsOutcome.Established)]
    [InlineData("root", 1, TlsOutcome.Established)]
    [InlineData("intermediate", 1, TlsOutcome.UntrustedPeer)]
    [InlineData("intermediate", 2, TlsOutcome.Established)]
    [InlineData("lowest", 2, TlsOutcome.UntrustedPeer)]
    [InlineData("lowest", 3, TlsOutcome.Established)]
    [InlineData("lowest", null, TlsOutcome.Established)]
    public async Task Depth_is_limited(string issuer, int? depth, TlsOutcome expected) =>
        Assert.Equal(expected, await Outcome(Issue(issuer), validation => validation with { MaxDepth = depth }));

    /// <summary>An intermediate may be trusted alone.</summary>
    [Fact]
    public async Task The_chain_ends_at_whoever_is_trusted()
    {
        PeerValidation Trusting(PeerValidation validation) => validation with { TrustedRoots = _intermediate.Pem };
        Assert.Equal(TlsOutcome.Established, await Outcome(Issue("lowest"), Trusting));
        Assert.Equal(TlsOutcome.UntrustedPeer, await Outcome(Issue("root"), Trusting));
    }

    [Fact]
    public async Task An_intermediate_that_is_not_sent_is_missed()
    {
        var whole = Issue("intermediate");
        var end = whole.Chain.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 25;
        Assert.Equal(TlsOutcome.UntrustedPeer, await Outcome(whole with { Chain = whole.Chain[..end] }, Same));
    }

    public static TheoryData<string, bool, TlsOutcome> Revocations =>
        new()
        {
            // lists that are given | leaf only | outcome for a leaf of the intermediate
            { "root,intermediate", false, TlsOutcome.Established },
            { "intermediate", false, TlsOutcome.UntrustedPeer }, // the root's is missing
            { "intermediate", true, TlsOutcome.Established },
            { "root", true, TlsOutcome.UntrustedPeer }, // the leaf's is missing
            { "root,intermediate revokes leaf", false, TlsOutcome.UntrustedPeer },
            { "root,intermediate revokes leaf", true, TlsOutcome.UntrustedPeer },
            { "root revokes intermediate,intermediate", false, TlsOutcome.UntrustedPeer },
            { "root revokes intermediate,intermediate", true, TlsOutcome.Established },
        };

    [Theory]
    [MemberData(nameof(Revocations))]
    public async Task Revocation_lists(string lists, bool onlyLeaf, TlsOutcome expected)
    {
        var leaf = Issue("intermediate");
        var given = new List<byte>();
        foreach (var list in lists.Split(','))
        {
            var authority = list.StartsWith("root", StringComparison.Ordinal) ? _tls.Authority : _intermediate;
            var revoked =
                list.EndsWith("leaf", StringComparison.Ordinal) ? leaf.Serial
                : list.EndsWith("revokes intermediate", StringComparison.Ordinal)
                    ? _intermediate.Root.SerialNumberBytes.ToArray()
                : null;
            given.AddRange(authority.RevokeSerials(revoked is null ? [] : [revoked]));
            given.Add((byte)'\n');
        }
        var bytes = given.ToArray();
        Assert.Equal(
            expected,
            await Outcome(leaf, one => one with { RevocationLists = bytes, OnlyLeafRevocation = onlyLeaf })
        );
        // The same where the lists stand among the roots.
        var roots = (byte[])[.. _tls.Authority.Pem, (byte)'\n', .. bytes];
        Assert.Equal(
            expected,
            await Outcome(leaf, one => one with { TrustedRoots = roots, OnlyLeafRevocation = onlyLeaf })
        );
    }

    public static TheoryData<string, TlsOutcome> Spiffe =>
        new()
        {
            { "spiffe://shop/ns/a/sa/b of shop", TlsOutcome.Established },
            { "spiffe://bank/ns/a/sa/b of bank", TlsOutcome.Established },
            // Whoever vouches for one domain cannot for another.
            { "spiffe://shop/ns/a/sa/b of bank", TlsOutcome.UntrustedPeer },
            { "spiffe://bank/ns/a/sa/b of shop", TlsOutcome.UntrustedPeer },
            { "spiffe://town/ns/a/sa/b of shop", TlsOutcome.UntrustedPeer },
            { "https://shop/ns/a/sa/b of shop", TlsOutcome.UntrustedPeer },
            { "none of shop", TlsOutcome.UntrustedPeer },
            { "authority of shop", TlsOutcome.UntrustedPeer },
            { "signer of shop", TlsOutcome.UntrustedPeer },
            { "expired of shop", TlsOutcome.UntrustedPeer },
            { "revoked of bank", TlsOutcome.UntrustedPeer },
            { "two of shop", TlsOutcome.NameMismatch },
            { "nothing", TlsOutcome.NoPeerCertificate },
        };

    [Theory]
    [MemberData(nameof(Spiffe))]
    public async Task Trust_domains_are_kept_apart(string who, TlsOutcome expected)
    {
        using var bank = new TestAuthority("Bank");
        var authority = who.EndsWith("bank", StringComparison.Ordinal) ? bank : _tls.Authority;
        var order = CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b");
        var certificate = who.Split(' ')[0] switch
        {
            "nothing" => null,
            "none" => authority.Issue(order with { Uris = [] }),
            "authority" => authority.Issue(order with { IsAuthority = true }),
            "signer" => authority.Issue(
                order with
                {
                    Usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign,
                }
            ),
            "expired" => authority.Issue(order with { From = TimeSpan.FromDays(-3), To = TimeSpan.FromDays(-2) }),
            "two" => authority.Issue(order with { Uris = [order.Uris[0], "spiffe://shop/ns/a/sa/c"] }),
            "revoked" => authority.Issue(order with { Uris = ["spiffe://bank/ns/a/sa/b"] }),
            var uri => authority.Issue(order with { Uris = [uri] }),
        };
        var lists = who.StartsWith("revoked", StringComparison.Ordinal) ? bank.Revoke(certificate!) : bank.Revoke();
        var domains = new[]
        {
            new TrustDomain("shop", _tls.Authority.Pem),
            new TrustDomain("bank", (byte[])[.. bank.Pem, (byte)'\n', .. lists]),
        };
        Assert.Equal(
            expected,
            await Outcome(
                certificate,
                one => one with { TrustedRoots = default, TrustDomains = domains },
                required: false
            )
        );
    }

    [Theory]
    [InlineData("spiffe://shop/ns/a", "shop")]
    [InlineData("spiffe://shop.example/", "shop.example")]
    [InlineData("spiffe://shop", null)]
    [InlineData("spiffe:///ns/a", null)]
    [InlineData("SPIFFE://shop/ns/a", null)]
    [InlineData("https://shop/ns/a", null)]
    [InlineData("", null)]
    public void The_trust_domain_of_an_id(string id, string? expected) =>
        Assert.Equal(expected, SpiffeTrust.DomainOf(id));

    /// <summary>Matchers of other kinds than URI say nothing about a SPIFFE id.</summary>
    [Fact]
    public async Task The_spiffe_validator_compares_uris()
    {
        var domains = new[] { new TrustDomain("shop", _tls.Authority.Pem) };
        var certificate = _tls.Authority.Issue(CertificateOrder.ForSpiffe(Cart) with { DnsNames = ["cart.shop.test"] });
        var uri = new SanMatcher(SanKind.Uri, static name => name == Cart);
        var other = new SanMatcher(SanKind.Uri, static name => name == Cart + "2");
        var dns = SanMatcher.DnsName("cart.shop.test");
        Task<TlsOutcome> With(params SanMatcher[] names) =>
            Outcome(certificate, one => one with { TrustedRoots = default, TrustDomains = domains, Names = names });
        Assert.Equal(TlsOutcome.Established, await With(uri));
        Assert.Equal(TlsOutcome.Established, await With(dns, uri));
        Assert.Equal(TlsOutcome.NameMismatch, await With(dns, other));
        var refused = await Assert.ThrowsAsync<TlsConfigurationException>(() => With(dns));
        Assert.Contains("has no san_type URI", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop,shop", "shop stands there twice")]
    [InlineData("shop,junk", "trust_bundle of junk holds no certificate")]
    public void Bad_bundles_are_named(string domains, string named)
    {
        var trust = domains
            .Split(',')
            .Select(name => new TrustDomain(name, name == "junk" ? "x"u8.ToArray() : _tls.Authority.Pem));
        var options = new TlsOptions
        {
            Role = TlsRole.Client,
            Validation = new PeerValidation { TrustDomains = trust.ToArray() },
        };
        var failure = Assert.Throws<TlsConfigurationException>(() => TlsContext.Create(options));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, bool> NameKinds =>
        new()
        {
            // kind | what the matcher admits | what the certificate has | whether it fits
            { "Uri", Cart, Cart, true },
            { "Uri", Cart, Cart + "2", false },
            { "Dns", "cart.test", "cart.test", true },
            { "Dns", "cart.test", "*.test", true },
            { "Dns", "a.cart.test", "*.test", false },
            { "Email", "ops@shop.test", "ops@shop.test", true },
            { "Email", "ops@shop.test", "dev@shop.test", false },
            { "IPAddress", "192.0.2.7", "192.0.2.7", true },
            { "IPAddress", "192.0.2.7", "192.0.2.8", false },
            { "IPAddress", "2001:db8::7", "2001:db8:0:0::7", true },
        };

    [Theory]
    [MemberData(nameof(NameKinds))]
    public async Task Names_of_every_kind_are_compared(string kind, string admitted, string name, bool fits)
    {
        var order = new CertificateOrder();
        order = kind switch
        {
            "Uri" => order with { Uris = [name] },
            "Dns" => order with { DnsNames = [name] },
            "Email" => order with { Emails = [name] },
            _ => order with { Addresses = [name] },
        };
        var matcher =
            kind == "Dns"
                ? SanMatcher.DnsName(admitted)
                : new SanMatcher(Enum.Parse<SanKind>(kind), one => one == admitted);
        var outcome = await Outcome(_tls.Authority.Issue(order), one => one with { Names = [matcher] });
        Assert.Equal(fits ? TlsOutcome.Established : TlsOutcome.NameMismatch, outcome);
    }

    /// <summary>As Envoy: names and pins ask for a certificate, roots alone do not; nor does who lets everybody in.</summary>
    [Theory]
    [InlineData("roots", TlsOutcome.Established)]
    [InlineData("names", TlsOutcome.NoPeerCertificate)]
    [InlineData("pins", TlsOutcome.NoPeerCertificate)]
    [InlineData("names, untrusted", TlsOutcome.Established)]
    public async Task What_asks_for_a_certificate(string what, TlsOutcome expected)
    {
        var outcome = await Outcome(
            null,
            one =>
                one with
                {
                    Names = what.StartsWith("names", StringComparison.Ordinal) ? [SanMatcher.DnsName("a")] : [],
                    CertificatePins = what == "pins" ? [new byte[32]] : [],
                    AcceptUntrusted = what.EndsWith("untrusted", StringComparison.Ordinal),
                },
            required: false
        );
        Assert.Equal(expected, outcome);
    }

    /// <summary>A server's RSA certificate whose key is not for signing: counted, and refused where that is enforced.</summary>
    [Theory]
    [InlineData(X509KeyUsageFlags.DigitalSignature, true, TlsOutcome.Established, false)]
    [InlineData(X509KeyUsageFlags.KeyEncipherment, false, TlsOutcome.Established, true)]
    [InlineData(X509KeyUsageFlags.KeyEncipherment, true, TlsOutcome.KeyUsageMismatch, true)]
    public async Task Key_usage_of_rsa_servers(
        X509KeyUsageFlags usage,
        bool enforced,
        TlsOutcome expected,
        bool isWrong
    )
    {
        var order = CertificateOrder.ForDns("localhost") with { Rsa = true, Usage = usage };
        var at = await _tls.Serve(_tls.ServerContext(_tls.Authority.Issue(order)));
        var (handshake, _) = await _tls.Ask(
            at,
            _tls.ClientContext(options => options with { EnforcesRsaKeyUsage = enforced })
        );
        Assert.Equal(expected, handshake.Outcome);
        Assert.Equal(isWrong, handshake.Connection?.HasWrongKeyUsage ?? true);
    }

    /// <summary>Reasons read as Envoy's do in access logs.</summary>
    [Fact]
    public async Task Reasons_read_as_envoys()
    {
        var expired = CertificateOrder.ForDns("localhost") with
        {
            From = TimeSpan.FromDays(-3),
            To = TimeSpan.FromDays(-2),
        };
        var at = await _tls.Serve(_tls.ServerContext(_tls.Authority.Issue(expired)));
        var (handshake, _) = await _tls.Ask(at, _tls.ClientContext());
        Assert.Matches(
            @"^TLS_error:\|[0-9]+:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: X509_verify_cert: certificate verification error at depth 0: certificate has expired:TLS_error_end$",
            handshake.Reason
        );
        _tls.Server = _tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("a.test", "b.test")));
        (handshake, _) = await _tls.Ask(
            at,
            _tls.ClientContext(options =>
                options with
                {
                    Validation = options.Validation! with { Names = [SanMatcher.DnsName("c.test")] },
                }
            )
        );
        Assert.Contains(
            "verify cert failed: SAN matcher, certificate SANs are [a.test, b.test]",
            handshake.Reason,
            StringComparison.Ordinal
        );
    }

    private static PeerValidation Same(PeerValidation validation) => validation;

    private TestCertificate Issue(string issuer)
    {
        var authority = issuer switch
        {
            "root" => _tls.Authority,
            "intermediate" => _intermediate,
            _ => _lowest,
        };
        return authority.Issue(CertificateOrder.ForSpiffe(Cart));
    }

    /// <summary>What a server that trusts the root, with changes, says to a client.</summary>
    private async Task<TlsOutcome> Outcome(
        TestCertificate? client,
        Func<PeerValidation, PeerValidation> change,
        bool required = true
    )
    {
        var server = _tls.ServerContext(
            options =>
                options with
                {
                    RequireClientCertificate = required,
                    Validation = change(new PeerValidation { TrustedRoots = _tls.Authority.Pem }),
                },
            _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
        );
        var at = await _tls.Serve(server);
        await _tls.Ask(
            at,
            _tls.ClientContext(options => options with { Certificates = client is null ? [] : [client.ForLateen] })
        );
        var handshake = await _tls.NextHandshake();
        Assert.Equal(handshake.Outcome == TlsOutcome.Established, handshake.Failure.Length == 0);
        return handshake.Outcome;
    }
}
