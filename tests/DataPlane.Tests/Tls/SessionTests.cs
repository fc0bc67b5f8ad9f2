// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using DataPlane.Tests.Interop;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>
/// Sessions by tickets and by the server's cache, with openssl as the client, and what they must never carry: trust of
/// another configuration.
/// </summary>
public sealed class SessionTests : IDisposable
{
    private const string Client = "spiffe://shop/ns/a/sa/b";

    private readonly TlsFixture _tls = new();
    private readonly TlsFixture _other = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-sessions-").FullName;
    private readonly TestCertificate _server;

    public SessionTests() => _server = _tls.Authority.Issue(CertificateOrder.ForDns("localhost"));

    public void Dispose()
    {
        _tls.Dispose();
        _other.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("-tls1_3", true, true, true)]
    [InlineData("-tls1_3", true, false, true)]
    [InlineData("-tls1_3", false, true, false)] // the cache is for TLS 1.2, as with BoringSSL
    [InlineData("-tls1_2", true, true, true)]
    [InlineData("-tls1_2", true, false, true)]
    [InlineData("-tls1_2", false, true, true)]
    [InlineData("-tls1_2", false, false, false)]
    [InlineData("-tls1_2 -no_ticket", true, true, true)]
    [InlineData("-tls1_2 -no_ticket", true, false, false)]
    public async Task Openssl_comes_back(string offer, bool tickets, bool cache, bool resumes)
    {
        var at = await _tls.Serve(
            _tls.ServerContext(options => options with { SessionTickets = tickets, SessionCache = cache }, _server),
            AnswerOnce
        );
        await Connect(at, offer);
        Assert.Equal(resumes, await Resumes(_tls, at, offer));
    }

    /// <summary>Two servers with the same keys take each other's tickets; others do not.</summary>
    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task Servers_with_the_same_ticket_keys_take_each_others_tickets(string offer)
    {
        var key = RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength);
        var at = await _tls.Serve(WithKeys(key), AnswerOnce);
        await Connect(at, offer);
        var second = await _other.Serve(WithKeys(key), AnswerOnce);
        Assert.True(await Resumes(_other, second, offer));
        _other.Server = WithKeys(RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength));
        Assert.False(await Resumes(_other, second, offer));
    }

    /// <summary>A rotation: tickets of the old key are opened, new ones are made with the new key.</summary>
    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task Old_ticket_keys_open_and_new_ones_make(string offer)
    {
        var old = RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength);
        var next = RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength);
        var at = await _tls.Serve(WithKeys(old), AnswerOnce);
        await Connect(at, offer);
        _tls.Server = WithKeys(next, old);
        Assert.True(await Resumes(_tls, at, offer));
        if (offer == "-tls1_2")
            return; // openssl does not write down a ticket that is renewed
        _tls.Server = WithKeys(next);
        Assert.True(await Resumes(_tls, at, offer));
    }

    public static TheoryData<string, bool> Changes =>
        new()
        {
            { "nothing", true },
            { "another key of the same names", true },
            { "another name", false },
            { "another root", false },
            { "one more root", false },
            { "another name to match", false },
            { "a revocation", false },
            { "a pin", false },
            { "a certificate is required", false },
            { "another chain", false },
        };

    /// <summary>With keys given, what decides about trust is what ties a session down.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_session_does_not_outlive_the_trust_it_was_made_under(string change, bool resumes)
    {
        var key = RandomNumberGenerator.GetBytes(TlsOptions.TicketKeyLength);
        using var stranger = new TestAuthority("Stranger");
        var match = new SanMatcher(SanKind.Uri, static uri => uri == Client) { Identity = "b" };
        var validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem, Names = [match] };
        TlsOptions Trusting(TlsOptions options) => options with { TicketKeys = [key], Validation = validation };
        var at = await _tls.Serve(_tls.ServerContext(Trusting, _server), AnswerOnce);
        var (certificate, clientKey) = _tls
            .Authority.Issue(CertificateOrder.ForSpiffe(Client))
            .WriteTo(_directory, "client");
        var offer = $"-cert {certificate} -key {clientKey}";
        await Connect(at, offer);

        var pin = SHA256.HashData(Encoded(File.ReadAllText(certificate)));
        _tls.Server = change switch
        {
            "another key of the same names" => _tls.ServerContext(
                Trusting,
                _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
            ),
            "another name" => _tls.ServerContext(Trusting, _tls.Authority.Issue(CertificateOrder.ForDns("other"))),
            "another root" => Changed(one => one with { TrustedRoots = stranger.Pem }),
            "one more root" => Changed(one =>
                one with
                {
                    TrustedRoots = (byte[])[.. _tls.Authority.Pem, (byte)'\n', .. stranger.Pem],
                }
            ),
            "another name to match" => Changed(one => one with { Names = [match with { Identity = "c" }] }),
            "a revocation" => Changed(one => one with { RevocationLists = _tls.Authority.Revoke(_server) }),
            "a pin" => Changed(one => one with { CertificatePins = [pin] }),
            "a certificate is required" => _tls.ServerContext(
                options => Trusting(options) with { RequireClientCertificate = true },
                _server
            ),
            "another chain" => _tls.ServerContext(options => Trusting(options) with { ServerNames = ["a"] }, _server),
            _ => _tls.ServerContext(Trusting, _server),
        };
        Assert.Equal(resumes, await Resumes(_tls, at, offer));

        TlsContext Changed(Func<PeerValidation, PeerValidation> to) =>
            _tls.ServerContext(options => Trusting(options) with { Validation = to(validation) }, _server);
    }

    /// <summary>Who was let in unverified is not called verified when he comes back.</summary>
    [Fact]
    public async Task An_unverified_peer_stays_unverified_when_resumed()
    {
        using var stranger = new TestAuthority("Stranger");
        var validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem, AcceptUntrusted = true };
        var context = _tls.ServerContext(options => options with { Validation = validation }, _server);
        var at = await _tls.Serve(context, AnswerOnce);
        var (certificate, key) = stranger.Issue(CertificateOrder.ForSpiffe(Client)).WriteTo(_directory, "client");
        var offer = $"-cert {certificate} -key {key}";
        await Connect(at, offer);
        var first = (await _tls.NextHandshake()).Connection!;
        Assert.Equal((false, false), (first.IsResumed, first.IsPeerVerified));
        Assert.Equal(TlsOutcome.UntrustedPeer, first.Tolerated);
        await Connect(at, $"{offer} -sess_in {Session}");
        var second = (await _tls.NextHandshake()).Connection!;
        Assert.Equal((true, false), (second.IsResumed, second.IsPeerVerified));
        Assert.Equal(Client, second.Peer!.SpiffeId);
    }

    [Fact]
    public async Task A_client_keeps_as_many_sessions_as_it_is_told()
    {
        var at = await _tls.Serve(_tls.ServerContext(_server));
        foreach (var kept in new[] { 0, 1, 2 })
        {
            var client = _tls.ClientContext(options => options with { MaxSessionKeys = kept });
            var sessions = new TlsSessions();
            for (var i = 0; i < 3; i++)
                await _tls.Ask(at, client, options: new TlsClientOptions { Sessions = i < 2 ? sessions : null });
            Assert.Equal(Math.Min(kept, 1), sessions.Count); // the second connection used the first one's
        }
    }

    private string Session => Path.Combine(_directory, "session");

    private TlsContext WithKeys(params byte[][] keys) =>
        _tls.ServerContext(
            options => options with { TicketKeys = keys.Select(static key => (ReadOnlyMemory<byte>)key).ToArray() },
            _server
        );

    /// <summary>Connects, exchanges a word, so that a ticket that follows the handshake has come, and keeps the session.</summary>
    private async Task Connect(NetAddress at, string offer)
    {
        var (code, output) = await Ask(at, offer);
        Assert.Equal(0, code);
        Assert.Contains("welcome", output, StringComparison.Ordinal);
    }

    private async Task<bool> Resumes(TlsFixture tls, NetAddress at, string offer)
    {
        if (!File.Exists(Session))
            return false; // the server gave none
        while (tls.Handshakes.Reader.TryRead(out _)) { } // of earlier connections
        await Ask(at, $"{offer} -sess_in {Session}");
        return (await tls.NextHandshake()).Connection?.IsResumed ?? false;
    }

    private Task<(int Code, string Output)> Ask(NetAddress at, string offer) =>
        Tool.Run("openssl", $"s_client -connect 127.0.0.1:{at.Port} {offer} -sess_out {Session} -ign_eof", "ahoy\n");

    private static async LoopTask<int> AnswerOnce(ByteStream stream)
    {
        await stream.ReadAsync();
        await stream.WriteAsync("welcome\n"u8);
        stream.Close();
        return 0;
    }

    private static byte[] Encoded(string pem)
    {
        using var parsed = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(pem);
        return parsed.RawData;
    }
}
