// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>Contexts: which certificate is shown, what sessions are good for, and how one replaces another.</summary>
public sealed class TlsContextTests : IDisposable
{
    private readonly TlsFixture _tls = new();

    public void Dispose() => _tls.Dispose();

    /// <summary>Exact before wildcard before the first certificate, as Envoy.</summary>
    [Theory]
    [InlineData("cart.shop.test", "exact")]
    [InlineData("CART.shop.test", "exact")]
    [InlineData("other.shop.test", "wildcard")]
    [InlineData("a.b.shop.test", "first")]
    [InlineData("shop.test", "first")]
    [InlineData("elsewhere.test", "first")]
    [InlineData("", "first")]
    public async Task Sni_selects_the_certificate(string serverName, string expected)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                Named("first", "default.test"),
                Named("wildcard", "*.shop.test"),
                Named("exact", "cart.shop.test")
            )
        );
        var (handshake, answer) = await _tls.Ask(
            at,
            _tls.ClientContext(),
            options: new TlsClientOptions { ServerName = serverName }
        );
        Assert.Equal("ahoy", answer);
        Assert.Equal(expected, handshake.Connection!.Peer!.CommonName);
    }

    [Theory]
    [InlineData("ecdsa_secp256r1_sha256", false)]
    [InlineData("rsa_pss_rsae_sha256", true)]
    [InlineData("rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256", false)] // both can: ECDSA, the cheaper one to make
    public async Task Of_two_kinds_of_keys_the_clients_abilities_decide(string algorithms, bool rsa)
    {
        var names = CertificateOrder.ForDns("cart.shop.test");
        var at = await _tls.Serve(
            _tls.ServerContext(
                _tls.Authority.Issue(names with { Rsa = true, CommonName = "rsa" }),
                _tls.Authority.Issue(names with { CommonName = "ecdsa" })
            )
        );
        var client = _tls.ClientContext(options =>
            options with
            {
                SignatureAlgorithms = algorithms.Split(':'),
                Validation = null,
            }
        );
        var (handshake, _) = await _tls.Ask(
            at,
            client,
            options: new TlsClientOptions { ServerName = "cart.shop.test" }
        );
        Assert.Equal(rsa ? "rsa" : "ecdsa", handshake.Connection!.Peer!.CommonName);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task Sessions_resume_and_carry_the_identity(TlsVersion version)
    {
        var at = await _tls.Serve(Mutual());
        var client = MutualClient(version);
        var sessions = new TlsSessions();
        var first = await AskWith(at, client, sessions);
        var second = await AskWith(at, client, sessions);
        Assert.False(first.IsResumed);
        Assert.True(second.IsResumed);
        Assert.Equal("spiffe://td/ns/a/sa/b", second.Peer!.SpiffeId);
        Assert.True(second.IsPeerVerified);
    }

    /// <summary>A session must not outlive the trust it was made under: a new context has new keys, and a full handshake checks anew.</summary>
    [Fact]
    public async Task A_new_context_does_not_know_old_sessions()
    {
        var at = await _tls.Serve(Mutual());
        var client = MutualClient(TlsVersion.Tls13);
        var sessions = new TlsSessions();
        await AskWith(at, client, sessions);
        _tls.Server = Mutual();
        Assert.False((await AskWith(at, client, sessions)).IsResumed);
        Assert.True((await AskWith(at, client, sessions)).IsResumed);
        Assert.False((await AskWith(at, MutualClient(TlsVersion.Tls13), sessions)).IsResumed);
    }

    [Fact]
    public async Task Sessions_can_be_turned_off()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options => options with { SessionTickets = false, SessionCache = false },
                _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
            )
        );
        var client = _tls.ClientContext();
        var sessions = new TlsSessions();
        await AskWith(at, client, sessions);
        Assert.False((await AskWith(at, client, sessions)).IsResumed);
    }

    [Fact]
    public async Task A_session_kept_for_one_name_is_not_used_for_another()
    {
        var at = await _tls.Serve(_tls.ServerContext(Named("a", "a.test"), Named("b", "b.test")));
        var client = _tls.ClientContext();
        var sessions = new TlsSessions();
        foreach (var name in new[] { "a.test", "b.test" })
        {
            var options = new TlsClientOptions
            {
                ServerName = name,
                ExpectedHost = name,
                Sessions = sessions,
            };
            var (handshake, answer) = await _tls.Ask(at, client, options: options);
            Assert.Equal("ahoy", answer);
            Assert.False(handshake.Connection!.IsResumed);
        }
    }

    /// <summary>Contexts change while connections come: none fails, and those that are open go on with what they have.</summary>
    [Fact]
    public async Task Contexts_are_swapped_under_load()
    {
        var at = await _tls.Serve(Swap(0));
        await using var old = await TlsFixture.Dial(at);
        for (var version = 1; version <= 20; version++)
        {
            _tls.Server = Swap(version);
            var asked = await Task.WhenAll(
                Enumerable.Range(0, 5).Select(_ => _tls.Ask(at, _tls.ClientContext(), options: null))
            );
            foreach (var (handshake, answer) in asked)
            {
                Assert.Equal("ahoy", answer);
                Assert.Equal($"v{version}", handshake.Connection!.Peer!.CommonName);
            }
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await old.WriteAsync("still"u8.ToArray(), TestContext.Current.CancellationToken);
        var answered = new byte[5];
        await old.ReadExactlyAsync(answered, TestContext.Current.CancellationToken);
        Assert.Equal("still"u8.ToArray(), answered);

        TlsContext Swap(int version) => _tls.ServerContext(Named($"v{version}", "localhost"));
    }

    [Theory]
    [InlineData("CN=cart, O=shop, C=DE", "CN=cart,O=shop,C=DE")]
    [InlineData("CN=\"a, b+c\"", "CN=a\\, b\\+c")]
    public void Subjects_read_as_rfc_2253_has_them(string subject, string expected)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            new System.Security.Cryptography.X509Certificates.X500DistinguishedName(subject),
            key,
            System.Security.Cryptography.HashAlgorithmName.SHA256
        );
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.CreateSelfSigned(now, now.AddDays(1));
        var read = PeerCertificate.TryParse(issued.RawData)!;
        Assert.Equal(expected, read.Subject);
        Assert.Equal(issued.SerialNumberBytes.Span.TrimStart((byte)0), Convert.FromHexString(read.SerialNumber));
        Assert.Equal(issued.NotAfter.ToUniversalTime(), read.NotAfter.UtcDateTime);
        Assert.Equal(
            issued.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(),
            read.Sha256
        );
    }

    private async Task<TlsConnection> AskWith(Lateen.Net.NetAddress at, TlsContext client, TlsSessions sessions)
    {
        var options = new TlsClientOptions { ServerName = "localhost", Sessions = sessions };
        var (_, answer) = await _tls.Ask(at, client, options: options);
        Assert.Equal("ahoy", answer);
        return (await _tls.NextHandshake()).Connection!;
    }

    private TestCertificate Named(string commonName, params string[] names) =>
        _tls.Authority.Issue(CertificateOrder.ForDns(names) with { CommonName = commonName });

    private TlsContext Mutual() =>
        _tls.ServerContext(
            options =>
                options with
                {
                    RequireClientCertificate = true,
                    Validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem },
                },
            _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
        );

    private TlsContext MutualClient(TlsVersion version)
    {
        var certificate = _tls.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/b"));
        return _tls.ClientContext(options =>
            options with
            {
                MaxVersion = version,
                Certificates = [certificate.ForLateen],
            }
        );
    }
}
