// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Interop;

/// <summary>Listener filters of a serving proxy, with clients and servers that others wrote: openssl, curl, haproxy.</summary>
public sealed class ListenerToolsTests : IDisposable
{
    private const string TlsInspector = "tls_inspector.v3.TlsInspector";
    private const string HttpInspector = "http_inspector.v3.HttpInspector";
    private const string ProxyProtocol = "proxy_protocol.v3.ProxyProtocol";

    private readonly HttpsProxy _proxy = new();
    private readonly ScriptedServer _echo = ScriptedServer.Echo();

    public void Dispose()
    {
        _proxy.Dispose();
        _echo.Dispose();
    }

    /// <summary>The handshake is between openssl and openssl; the proxy reads the name and relays.</summary>
    [Theory]
    [InlineData("a.test", "", "CN = a.test")]
    [InlineData("A.TEST", "", "CN = a.test")]
    [InlineData("x.b.test", "", "CN = b.test")]
    [InlineData("x.b.test", "-tls1_2", "CN = b.test")]
    [InlineData("elsewhere.test", "", "CN = c.test")]
    [InlineData("", "", "CN = c.test")]
    [InlineData("a.test", "-split_send_frag 16 -max_send_frag 512", "CN = a.test")]
    public async Task Sni_is_routed_without_termination(string name, string offer, string expected)
    {
        using var a = await ServerAsync("a.test", "");
        using var b = await ServerAsync("b.test", "");
        using var c = await ServerAsync("c.test", "");
        _proxy.Cluster("a", a.Port);
        _proxy.Cluster("b", b.Port);
        _proxy.Cluster("c", c.Port);
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"serverNames\":[\"a.test\"]}")},{TlsJson.TcpChain("b", "b", "{\"serverNames\":[\"*.b.test\"]}")},{TlsJson.TcpChain("c", "c")}",
            TlsJson.Filter(TlsInspector)
        );
        var sni = name.Length == 0 ? "-noservername" : $"-servername {name}";
        var (code, output) = await Tool.Run("openssl", $"s_client -connect {at} {sni} {offer}");
        Assert.Equal(0, code);
        Assert.Contains($"subject=O = Lateen, {expected}", output, StringComparison.Ordinal);
    }

    /// <summary>As Istio's inbound port: its own ALPN is mutual TLS, other TLS is somebody's own, the rest is plaintext.</summary>
    [Fact]
    public async Task One_port_takes_mutual_tls_foreign_tls_and_plaintext()
    {
        using var foreign = await ServerAsync("foreign.test", "-www");
        using var once = new ScriptedServer(
            static (server, socket, _) =>
                ScriptedServer.Send(socket, $"HTTP/1.1 200 OK\r\n\r\n{server.ReadHead(socket)}")
        );
        _proxy.Cluster("a", once.Port);
        _proxy.Cluster("f", foreign.Port);
        var at = Listen(
            string.Join(
                ',',
                TlsJson.TcpChain(
                    "mutual",
                    "a",
                    "{\"transportProtocol\":\"tls\",\"applicationProtocols\":[\"istio\",\"istio-http/1.1\"]}",
                    _proxy.Mutual(",\"alpnProtocols\":[\"istio-http/1.1\"]")
                ),
                TlsJson.TcpChain("foreign", "f", "{\"transportProtocol\":\"tls\"}"),
                TlsJson.TcpChain("plain", "a", "{\"transportProtocol\":\"raw_buffer\"}")
            ),
            $"{TlsJson.Filter(TlsInspector)},{TlsJson.Filter(HttpInspector)}"
        );
        var (_, plain) = await Tool.Run("curl", $"-sS --max-time 10 http://{at}/plain");
        Assert.StartsWith("GET /plain HTTP/1.1", plain, StringComparison.Ordinal);

        var (_, relayed) = await Tool.Run("curl", $"-sSk --max-time 10 --http1.1 https://{at}/");
        Assert.Contains("s_server", relayed, StringComparison.Ordinal); // its status page

        var (certificate, key) = _proxy
            .Authority.Issue(CertificateOrder.ForSpiffe("spiffe://a/b"))
            .WriteTo(_proxy.Directory, "c");
        var istio = $"s_client -connect {at} -alpn istio-http/1.1,istio -quiet";
        var (_, mutual) = await Tool.Run(
            "openssl",
            $"{istio} -cert {certificate} -key {key}",
            "GET /mutual HTTP/1.1\r\nhost: a\r\n\r\n"
        );
        Assert.Contains("GET /mutual", mutual, StringComparison.Ordinal);
        var (_, refused) = await Tool.Run("openssl", istio, "GET /mutual HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.Contains("alert", refused, StringComparison.Ordinal); // without a certificate
        Assert.Equal(1, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.handshake"));
        Assert.Equal(1, _proxy.Proxy.Stat("listener.127.0.0.1_0.ssl.fail_verify_no_cert"));
    }

    /// <summary>openssl's ClientHello has the same fingerprint each time, and another one when it offers something else.</summary>
    [Fact]
    public async Task Ja3_names_the_software_behind_a_hello()
    {
        using var a = await ServerAsync("a.test", "");
        _proxy.Cluster("a", a.Port);
        var chain = $$"""
            {"filters":[{"name":"tcp","typedConfig":{"@type":"{{TlsJson.Types}}filters.network.tcp_proxy.v3.TcpProxy","statPrefix":"t","cluster":"a",
              "accessLog":[{{_proxy.Log("%TLS_JA3_FINGERPRINT% %REQUESTED_SERVER_NAME%")}}]} }]}
            """;
        var at = Listen(chain, TlsJson.Filter(TlsInspector, "\"enableJa3Fingerprinting\":true"));
        foreach (var offer in new[] { "", "", "-ciphersuites TLS_AES_128_GCM_SHA256" })
            await Tool.Run("openssl", $"s_client -connect {at} -servername a.test {offer}");
        var lines = _proxy.Lines();
        Assert.All(lines, static line => Assert.Matches("^[0-9a-f]{32} a\\.test$", line));
        Assert.Equal((3, lines[0]), (lines.Length, lines[1]));
        Assert.NotEqual(lines[0], lines[2]);
    }

    /// <summary>curl says itself whose connection it is, before HTTP in each version and before TLS.</summary>
    [Theory]
    [InlineData("http", "--http1.1")]
    [InlineData("http", "--http2-prior-knowledge")]
    [InlineData("https", "--http1.1")]
    [InlineData("https", "--http2")]
    public async Task Curl_sends_a_proxy_header(string scheme, string version)
    {
        _proxy.Cluster("a", _echo.Port);
        var socket = scheme == "https" ? _proxy.Simple(",\"alpnProtocols\":[\"h2\",\"http/1.1\"]") : null;
        var at = Http(socket, TlsJson.Filter(ProxyProtocol));
        var (code, output) = await _proxy.Curl(at, $"{version} --haproxy-protocol", "/x", scheme);
        Assert.Equal(0, code);
        Assert.StartsWith("GET /x ", output, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Proxy.Stat("proxy_proto.versions.v1.found"));
    }

    /// <summary>haproxy in front says who its client is, in both versions, and more in the second; also before TLS.</summary>
    [Theory]
    [InlineData("send-proxy", false, "127.0.0.9 -")]
    [InlineData("send-proxy-v2", false, "127.0.0.9 -")]
    [InlineData("send-proxy-v2 proxy-v2-options unique-id", false, "127.0.0.9 id-127.0.0.9")]
    [InlineData("send-proxy", true, "127.0.0.9 -")]
    [InlineData("send-proxy-v2 proxy-v2-options unique-id,crc32c", true, "127.0.0.9 id-127.0.0.9")]
    public async Task Haproxy_tells_of_its_client(string options, bool tls, string expected)
    {
        _proxy.Cluster("a", _echo.Port);
        var rules = "\"rules\":[{\"tlvType\":5,\"onTlvPresent\":{\"key\":\"unique\"}}]";
        var at = Http(
            tls ? _proxy.Simple() : null,
            TlsJson.Filter(ProxyProtocol, rules),
            _proxy.Logging(
                "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DYNAMIC_METADATA(envoy.filters.listener.proxy_protocol:unique)%"
            )
        );
        var front = Daemon.NextAddress();
        var secure = tls ? $"ssl verify required ca-file {_proxy.Roots} sni str(localhost) verifyhost localhost" : "";
        using var haproxy = await Daemon.HaproxyAsync(
            _proxy.Directory,
            $"""
            frontend f
              mode tcp
              bind {front}
              unique-id-format id-%ci
              default_backend b
            backend b
              mode tcp
              server s {at} {options} {secure}
            """
        );
        var (code, output) = await Tool.Run("curl", $"-sS --max-time 10 --interface 127.0.0.9 http://{front}/x");
        Assert.Equal(0, code);
        Assert.StartsWith("GET /x ", output, StringComparison.Ordinal);
        Assert.Equal([expected], _proxy.Lines());
    }

    /// <summary>haproxy behind takes our header for whom the connection is from; a request of curl over HTTP and as bytes.</summary>
    [Theory]
    [InlineData("V1", true)]
    [InlineData("V2", true)]
    [InlineData("V1", false)]
    [InlineData("V2", false)]
    public async Task Haproxy_is_told_of_our_client(string version, bool http)
    {
        var back = Daemon.NextAddress();
        using var haproxy = await Daemon.HaproxyAsync(
            _proxy.Directory,
            $"""
            frontend f
              mode http
              bind {back} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[dst_port]"
            """
        );
        var socket = $$"""
            {"name":"p","typedConfig":{"@type":"{{TlsJson.Types}}transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
             "config":{"version":"{{version}}"},"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} } }
            """;
        _proxy.Cluster("a", back.Port, socket, address: back.Address.ToString());
        var at = http ? Http(null, "") : Listen(TlsJson.TcpChain("t", "a"), "");
        var (code, output) = await Tool.Run("curl", $"-sS --max-time 10 --interface 127.0.0.9 http://{at}/");
        Assert.Equal((0, $"127.0.0.9 {at.Port}"), (code, output));
    }

    private async Task<OpensslServer> ServerAsync(string name, string options)
    {
        var (certificate, key) = _proxy.Authority.Issue(CertificateOrder.ForDns(name)).WriteTo(_proxy.Directory, name);
        return await OpensslServer.StartAsync($"-cert {certificate} -key {key} {options}");
    }

    private IPEndPoint Http(string? socket, string filters, string manager = "") =>
        _proxy.Listen(socket, manager: manager, more: $"\"listenerFilters\":[{filters}],");

    private IPEndPoint Listen(string chains, string filters)
    {
        var listener = TlsJson.Listener(chains, $"\"listenerFilters\":[{filters}],");
        Assert.Empty(_proxy.Proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        return _proxy.Proxy.Address("t");
    }
}
