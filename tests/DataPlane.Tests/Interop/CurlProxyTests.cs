// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;

namespace DataPlane.Tests.Interop;

/// <summary>curl with a serving proxy as its HTTP proxy: CONNECT ends there, and TLS is between curl and nghttpd.</summary>
public sealed class CurlProxyTests : IAsyncLifetime
{
    private const string Terminate =
        """{"match":{"connectMatcher":{}},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT","connectConfig":{}}]} }""";

    private readonly HttpsProxy _proxy = new();
    private readonly byte[] _body = RandomNumberGenerator.GetBytes(2_000_000);
    private NghttpServer? _server;
    private string _file = "";

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = _proxy.Server.WriteTo(_proxy.Directory, "server");
        _file = _proxy.WriteFile("body", _body);
        _server = await NghttpServer.StartAsync(_proxy.Directory, "--echo-upload", $"{key} {certificate}");
        _proxy.Cluster("a", _server.At.Port, address: _server.At.Address.ToString());
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        _proxy.Dispose();
        return default;
    }

    /// <summary>Towards the proxy in plaintext and by TLS: a page, twice on one tunnel, and a body both ways.</summary>
    [Theory]
    [InlineData("http", "")]
    [InlineData("https", "")]
    [InlineData("https", "--proxy-tls13-ciphers TLS_AES_128_GCM_SHA256")]
    [InlineData("http", "-A curl --proxy-header x-mine:1")]
    public async Task Tunnels(string scheme, string more)
    {
        var at = Listen(scheme, Terminate);
        var (code, output) = await Through(
            at,
            scheme,
            $"{more} -w %{{http_connect}}|%{{num_connects}}|%{{http_version}}\\n -o {_file}-#1",
            "/{body,body}"
        );
        // The second one asks for no tunnel.
        Assert.Equal((0, "200|1|2\n000|0|2\n"), (code, output));
        (code, output) = await Through(at, scheme, $"{more} -T {_file} -H expect: -o {_file}-back", "/echo");
        Assert.Equal((0, ""), (code, output));
        foreach (var name in new[] { "body", "back" })
            Assert.True(File.ReadAllBytes($"{_file}-{name}").AsSpan().SequenceEqual(_body), "other bytes");
        Assert.Equal(2, _proxy.Proxy.Stat("http.test.downstream_cx_upgrades_total"));
    }

    /// <summary>What curl is told of a tunnel that it does not get.</summary>
    [Theory]
    [InlineData("""{"match":{"prefix":"/"},"route":{"cluster":"a"} }""", 404)]
    [InlineData("""{"match":{"connectMatcher":{}},"route":{"cluster":"a"} }""", 403)]
    [InlineData(
        """{"match":{"connectMatcher":{}},"route":{"cluster":"gone","upgradeConfigs":[{"upgradeType":"CONNECT","connectConfig":{}}]} }""",
        503
    )]
    public async Task Refusals(string routes, int expected)
    {
        // Nobody listens on port 1.
        _proxy.Cluster("gone", 1);
        foreach (var scheme in new[] { "http", "https" })
        {
            var (code, output) = await Through(Listen(scheme, routes), scheme, "-w %{http_connect}", "/body");
            Assert.Equal(56, code);
            Assert.StartsWith(
                $"{expected}curl: (56) CONNECT tunnel failed, response {expected}",
                output,
                StringComparison.Ordinal
            );
        }
    }

    private IPEndPoint Listen(string scheme, string routes) =>
        _proxy.Listen(scheme == "https" ? _proxy.Simple() : null, routes, name: scheme);

    /// <summary>By the name that is on the certificates, whatever it is the proxy connects to.</summary>
    private Task<(int Code, string Output)> Through(IPEndPoint at, string scheme, string arguments, string path) =>
        Tool.Run(
            "curl",
            $"-sS --max-time 20 --http2 -p -x {scheme}://localhost:{at.Port} --proxy-cacert {_proxy.Roots} --cacert {_proxy.Roots} {arguments} https://localhost:7443{path}"
        );
}
