// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Interop;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>The same without a proxy around, seen by openssl and curl; the suites through a serving proxy are in Interop.</summary>
public sealed class TlsToolsTests : IDisposable
{
    private readonly TlsFixture _tls = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-tls-").FullName;

    public void Dispose()
    {
        _tls.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Curl_shows_its_client_certificate()
    {
        var at = await _tls.Serve(MutualServer(), AnswerHttp);
        var roots = WriteRoots();
        var (certificate, key) = _tls
            .Authority.Issue(CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/curl"))
            .WriteTo(_directory, "client");
        var (code, output) = await Tool.Run(
            "curl",
            $"-sS --max-time 10 --http1.1 --cacert {roots} --cert {certificate} --key {key} --resolve localhost:{at.Port}:127.0.0.1 https://localhost:{at.Port}/"
        );
        Assert.Equal((0, "ahoy"), (code, output));
        Assert.Equal("spiffe://td/ns/a/sa/curl", (await _tls.NextHandshake()).Connection!.Peer!.SpiffeId);
    }

    [Fact]
    public async Task Openssl_resumes_its_session()
    {
        var at = await _tls.Serve(_tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("localhost"))));
        // -reconnect: five more connections with the first one's session; TLS 1.2, where that is one round.
        var (_, output) = await Tool.Run("openssl", $"s_client -connect 127.0.0.1:{at.Port} -tls1_2 -reconnect", "");
        Assert.Equal(5, output.Split("Reused, TLSv1.2").Length - 1);
        Assert.False((await _tls.NextHandshake()).Connection!.IsResumed);
        for (var i = 0; i < 5; i++)
            Assert.True((await _tls.NextHandshake()).Connection!.IsResumed);
    }

    [Theory]
    [InlineData("-tls1_3", "TLSv1.3")]
    [InlineData("-tls1_2", "TLSv1.2")]
    public async Task Openssl_serves_our_client(string version, string expected)
    {
        var (certificate, key) = _tls
            .Authority.Issue(CertificateOrder.ForDns("localhost"))
            .WriteTo(_directory, "server");
        using var server = Tool.Start(
            "openssl",
            $"s_server -accept 127.0.0.1:0 -cert {certificate} -key {key} {version} -rev"
        );
        var port = 0;
        while (port == 0)
        {
            var line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null)
                Assert.Fail("openssl s_server ended");
            if (line.StartsWith("ACCEPT ", StringComparison.Ordinal))
                port = int.Parse(line.Split(':')[^1]);
        }
        try
        {
            var at = Lateen.Net.NetAddress.From(System.Net.IPAddress.Loopback, port);
            var (handshake, answer) = await _tls.Ask(at, _tls.ClientContext(), "ahoy\n");
            Assert.Equal(TlsOutcome.Established, handshake.Outcome);
            Assert.Equal(expected, handshake.Connection!.Version);
            Assert.Equal("yoha\n", answer);
        }
        finally
        {
            server.Kill();
        }
    }

    [Theory]
    [InlineData("-tls1_1 -cipher DEFAULT@SECLEVEL=0")]
    [InlineData("-tls1 -cipher DEFAULT@SECLEVEL=0")]
    [InlineData("-tls1_2 -cipher AES128-SHA")] // no forward secrecy, no AEAD
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA")]
    public async Task Weak_handshakes_are_refused(string offer)
    {
        var at = await _tls.Serve(_tls.ServerContext(_tls.Authority.Issue(CertificateOrder.ForDns("localhost"))));
        var (code, _) = await Tool.Run("openssl", $"s_client -connect 127.0.0.1:{at.Port} {offer}", "");
        Assert.NotEqual(0, code);
        var handshake = await _tls.NextHandshake();
        Assert.Equal(TlsOutcome.ConnectionError, handshake.Outcome);
        Assert.NotEqual("", handshake.Failure);
    }

    private TlsContext MutualServer() =>
        _tls.ServerContext(
            options =>
                options with
                {
                    RequireClientCertificate = true,
                    Validation = new PeerValidation { TrustedRoots = _tls.Authority.Pem },
                },
            _tls.Authority.Issue(CertificateOrder.ForDns("localhost"))
        );

    private string WriteRoots()
    {
        var path = Path.Combine(_directory, "roots.pem");
        File.WriteAllBytes(path, _tls.Authority.Pem);
        return path;
    }

    private static async LoopTask<int> AnswerHttp(ByteStream stream)
    {
        while (stream.Input.IndexOf("\r\n\r\n"u8) < 0 && await stream.ReadAsync() > 0) { }
        await stream.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nahoy"u8);
        stream.Close();
        return 0;
    }
}
