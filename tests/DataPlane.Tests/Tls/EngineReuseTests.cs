// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Net;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>An engine serves one connection after the other: the next finds nothing of the one before.</summary>
public sealed class EngineReuseTests : IDisposable
{
    private readonly TlsFixture _tls = new();

    public void Dispose() => _tls.Dispose();

    [Fact]
    public async Task A_failure_leaves_nothing_behind()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                options =>
                    options with
                    {
                        RequireClientCertificate = true,
                        Validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem },
                    },
                _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
            )
        );
        var shown = _tls.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b")).ForLateen;
        var withCertificate = _tls.ClientContext(options => options with { Certificates = [shown] });
        for (var i = 0; i < 3; i++)
        {
            await _tls.Ask(at, _tls.ClientContext());
            Assert.Equal(TlsOutcome.NoPeerCertificate, (await _tls.NextHandshake()).Outcome);
            var (client, answer) = await _tls.Ask(at, withCertificate);
            var server = await _tls.NextHandshake();
            Assert.Equal(("ahoy", TlsOutcome.Established), (answer, server.Outcome));
            Assert.Equal(("", ""), (server.Failure, server.Reason));
            Assert.Equal(["spiffe://shop/ns/a/sa/b"], server.Connection!.Peer!.Uris);
            Assert.True(server.Connection.IsPeerVerified && client.Connection!.IsPeerVerified);
        }
    }

    [Fact]
    public async Task Names_and_protocols_are_those_of_the_connection_at_hand()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(
                static options => options with { ApplicationProtocols = ["h2", "http/1.1"] },
                _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
            )
        );
        foreach (
            var (name, protocol) in ((string, string)[])
                [("a.example", "h2"), ("", "http/1.1"), ("B.example", ""), ("a.example", "h2"), ("", "")]
        )
        {
            await _tls.Ask(
                at,
                _tls.ClientContext(static options => options with { Validation = null }),
                options: new TlsClientOptions
                {
                    ServerName = name,
                    ApplicationProtocols = protocol.Length == 0 ? default : AlpnList.Encode([protocol]),
                }
            );
            var connection = (await _tls.NextHandshake()).Connection!;
            Assert.Equal((name.ToLowerInvariant(), protocol), (connection.ServerName, connection.ApplicationProtocol));
        }
    }

    [Fact]
    public async Task What_settles_the_same_is_described_once()
    {
        var at = await _tls.Serve(_tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("localhost"))));
        var descriptions = new List<TlsConnection>();
        foreach (var name in (string[])["a.example", "a.example", "b.example"])
        {
            await _tls.Ask(
                at,
                _tls.ClientContext(static options => options with { Validation = null }),
                options: new TlsClientOptions { ServerName = name }
            );
            descriptions.Add((await _tls.NextHandshake()).Connection!);
        }
        Assert.Same(descriptions[0], descriptions[1]);
        Assert.NotEqual(descriptions[1], descriptions[2]);
    }

    /// <summary>The last bytes wait for the end of our side, but not for ever.</summary>
    [Fact]
    public async Task Last_bytes_without_an_end_leave_with_the_turn()
    {
        var at = await _tls.Serve(
            _tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("localhost"))),
            static async stream =>
            {
                await stream.WriteLastAsync("ahoy"u8);
                while (await stream.ReadAsync() > 0)
                    stream.Consume(stream.Input.Length);
                stream.Close();
                return 0;
            }
        );
        await using var client = await TlsFixture.Dial(at);
        var bytes = new byte[4];
        await client
            .ReadExactlyAsync(bytes, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("ahoy"u8.ToArray(), bytes);
    }
}
