// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Net;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Listeners;

/// <summary>Listener filters at work: connections are told apart by their first bytes, which reach the upstream untouched.</summary>
public sealed class ListenerFilterTests : IDisposable
{
    private const string TlsInspector = "tls_inspector.v3.TlsInspector";
    private const string HttpInspector = "http_inspector.v3.HttpInspector";
    private const string ProxyProtocol = "proxy_protocol.v3.ProxyProtocol";

    private readonly ProxyFixture _proxy = new();
    private readonly TestAuthority _authority = new();
    private readonly ScriptedServer _first = Named("first");
    private readonly ScriptedServer _second = Named("second");

    public ListenerFilterTests() => _proxy.Clusters(_first.Port, _second.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _first.Dispose();
        _second.Dispose();
        _authority.Dispose();
    }

    /// <summary>SNI routing without termination: the handshake is the upstream's, and so is its certificate.</summary>
    [Fact]
    public async Task Tls_passes_through_to_the_cluster_of_its_name()
    {
        using var a = new TlsFixture();
        using var b = new TlsFixture();
        var atA = await a.Serve(a.ServerContext(_authority.Issue(CertificateOrder.ForDns("a.test"))));
        var atB = await b.Serve(b.ServerContext(_authority.Issue(CertificateOrder.ForDns("b.test"))));
        _proxy.Clusters(atA.Port, atB.Port);
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"serverNames\":[\"a.test\"]}")},{TlsJson.TcpChain("b", "b", "{\"serverNames\":[\"*.test\"]}")}",
            TlsJson.Filter(TlsInspector)
        );
        foreach (var (name, subject) in new[] { ("a.test", "a.test"), ("x.test", "b.test") })
        {
            await using var client = await TlsFixture.Dial(NetAddress.From(at), TlsFixture.AnyServer(name));
            Assert.Equal($"CN={subject}, O=Lateen", client.RemoteCertificate!.Subject);
        }
        Assert.Equal(2, _proxy.Stat("tls_inspector.sni_found"));
    }

    [Fact]
    public async Task A_client_hello_in_single_bytes_is_still_read()
    {
        using var a = new TlsFixture();
        var context = a.ServerContext(_authority.Issue(CertificateOrder.ForDns("a.test")));
        var upstream = await a.Serve(context);
        _proxy.Clusters(upstream.Port, _second.Port);
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"serverNames\":[\"a.test\"]}")},{TlsJson.TcpChain("b", "b")}",
            TlsJson.Filter(TlsInspector)
        );
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(at, TestContext.Current.CancellationToken);
        await using var trickle = new TrickleStream(socket.GetStream());
        await using var client = new System.Net.Security.SslStream(trickle);
        await client.AuthenticateAsClientAsync(TlsFixture.AnyServer("a.test"), TestContext.Current.CancellationToken);
        Assert.Equal("CN=a.test, O=Lateen", client.RemoteCertificate!.Subject);
    }

    /// <summary>A ClientHello that does not end is not waited for without end.</summary>
    [Fact]
    public void An_oversized_client_hello_ends_the_connection()
    {
        var at = Listen(TlsJson.TcpChain("b", "b"), TlsJson.Filter(TlsInspector));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(at);
        // One message of 16 MB, in records of 16 KB that never make it whole.
        byte[] message = [1, 0xFF, 0xFF, 0xFF, .. new byte[16_380]];
        try
        {
            for (var i = 0; i < 8; i++)
                socket.Send([22, 3, 1, 0x40, 0, .. message]);
            Assert.Equal("", ProxyFixture.ReadToEnd(socket));
        }
        catch (SocketException)
        {
            // closed with bytes unread
        }
        Assert.Equal(1, _proxy.Stat("tls_inspector.client_hello_too_large"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nhost: x\r\n\r\n", "first")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "first")]
    [InlineData("HELO there\r\n", "second")]
    public void Http_is_told_from_the_rest(string said, string expected)
    {
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"applicationProtocols\":[\"http/1.1\",\"h2c\"]}")},{TlsJson.TcpChain("b", "b")}",
            $"{TlsJson.Filter(TlsInspector)},{TlsJson.Filter(HttpInspector)}"
        );
        Assert.Equal($"{expected}: {said}", Say(at, said));
    }

    /// <summary>A client that waits for the server to speak first says nothing an inspector could see.</summary>
    [Theory]
    [InlineData(true, "second: ")]
    [InlineData(false, "")]
    public void Silence_ends_with_the_timeout(bool continues, string expected)
    {
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"transportProtocol\":\"tls\"}")},{TlsJson.TcpChain("b", "b")}",
            TlsJson.Filter(TlsInspector),
            $"\"listenerFiltersTimeout\":\"0.05s\",\"continueOnListenerFiltersTimeout\":{(continues ? "true" : "false")},"
        );
        Assert.Equal(expected, Say(at, ""));
        Assert.Equal(1, _proxy.Stat("listener.127.0.0.1_0.downstream_pre_cx_timeout"));
    }

    [Fact]
    public void A_disabled_filter_does_not_wait()
    {
        var disabled = TlsJson.Filter(TlsInspector).TrimEnd()[..^1] + ",\"filterDisabled\":{\"anyMatch\":true}}";
        var at = Listen(TlsJson.TcpChain("b", "b"), disabled);
        Assert.Equal("second: ", Say(at, ""));
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.9 198.51.100.1 1234 443\r\n", "hello", "first: hello")]
    [InlineData("PROXY TCP4 203.0.113.9 198.51.100.1 1234 443\r\n", "hello", "second: hello")]
    [InlineData("PROXY UNKNOWN\r\n", "hello", "second: hello")]
    [InlineData("PROXY TCP4 nonsense\r\n", "hello", "")]
    [InlineData("", "hello without a header", "")]
    public void A_proxy_header_says_whose_connection_it_is(string header, string said, string expected)
    {
        var at = Listen(
            $"{TlsJson.TcpChain("a", "a", "{\"sourcePrefixRanges\":[{\"addressPrefix\":\"192.0.2.0\",\"prefixLen\":24}]}")},{TlsJson.TcpChain("b", "b")}",
            TlsJson.Filter(ProxyProtocol)
        );
        Assert.Equal(expected, Say(at, header + said));
        var errors = expected.Length == 0 ? 1 : 0;
        Assert.Equal(errors, _proxy.Stat("listener.127.0.0.1_0.downstream_cx_proxy_proto_error"));
    }

    [Theory]
    [InlineData("", "PROXY TCP4 192.0.2.9 198.51.100.1 1 2\r\n", "versions.v1.found", true)]
    [InlineData(
        "\"disallowedVersions\":[\"V1\"]",
        "PROXY TCP4 192.0.2.9 198.51.100.1 1 2\r\n",
        "versions.v1.disallowed",
        false
    )]
    [InlineData("\"disallowedVersions\":[\"V1\"]", "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "versions.v2.found", true)]
    [InlineData("\"disallowedVersions\":[\"V2\"]", "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "versions.v2.disallowed", false)]
    [InlineData("", "PROXY TCP4 nonsense\r\n", "versions.v1.error", false)]
    [InlineData("", "\r\n\r\n\0\r\nQUIT\n\x2F\0\0\0", "versions.v2.error", false)]
    [InlineData("", "hello", "not_found_disallowed", false)]
    [InlineData("\"allowRequestsWithoutProxyProtocol\":true", "hello", "not_found_allowed", true)]
    [InlineData("\"allowRequestsWithoutProxyProtocol\":true", "PROXY nonsense\r\n", "versions.v1.error", false)]
    // A rule makes TLVs looked at: what is broken is refused.
    [InlineData(
        "\"rules\":[{\"tlvType\":2,\"onTlvPresent\":{\"key\":\"k\"}}]",
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0F\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02\x02\0\x09",
        "versions.v2.error",
        false
    )]
    public void What_became_of_a_header_is_counted(string fields, string said, string stat, bool isServed)
    {
        var filter = TlsJson.Filter(ProxyProtocol, fields);
        var at = Listen(TlsJson.TcpChain("b", "b"), filter);
        Assert.Equal(isServed, Say(at, said + "!").EndsWith('!'));
        Assert.Equal(1, _proxy.Stat($"proxy_proto.{stat}"));
    }

    /// <summary>TLVs become metadata for logs, and what may be passed on reaches the upstream.</summary>
    [Fact]
    public void Type_length_values_are_noted_and_passed_on()
    {
        var socket = $$"""
            {"name":"p","typedConfig":{"@type":"{{TlsJson.Types}}transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
             "config":{"version":"V2","passThroughTlvs":{"matchType":"INCLUDE","tlvType":[224]} },"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} } }
            """;
        var cluster = ProxyFixture.Cluster("a", _first.Port).TrimEnd()[..^1] + $",\"transportSocket\":{socket}}}";
        var proxy = new ProxyFixture();
        Assert.Empty(proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", cluster)));
        var log = Path.GetTempFileName();
        var logging = $$"""
            "accessLog":[{"name":"file","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"{{log}}",
              "logFormat":{"textFormatSource":{"inlineString":"%DYNAMIC_METADATA(envoy.filters.listener.proxy_protocol:vpc)% %DYNAMIC_METADATA(own:other)% %DYNAMIC_METADATA(own:missing)% %DOWNSTREAM_REMOTE_ADDRESS%\n"} } } }],
            """;
        var chain = $$"""
            {"filters":[{"name":"tcp","typedConfig":{"@type":"{{TlsJson.Types}}filters.network.tcp_proxy.v3.TcpProxy",{{logging}}"statPrefix":"t","cluster":"a"} }]}
            """;
        var filter = TlsJson.Filter(
            ProxyProtocol,
            "\"rules\":[{\"tlvType\":234,\"onTlvPresent\":{\"key\":\"vpc\"}},{\"tlvType\":224,\"onTlvPresent\":{\"metadataNamespace\":\"own\",\"key\":\"other\"}}],\"passThroughTlvs\":{}"
        );
        var listener = TlsJson.Listener(chain, $"\"listenerFilters\":[{filter}],");
        Assert.Empty(proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        const string Addresses = "\x01\x02\x03\x04\x05\x06\x07\x08\0\x63\0\x50";
        const string Start = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0";
        var answer = Say(proxy.Address("t"), $"{Start}\x19{Addresses}\xEA\0\x04vpc7\xE0\0\u0003abchello");
        Assert.Equal($"first: {Start}\x12{Addresses}\xE0\0\u0003abchello", answer);
        proxy.Dispose(); // what is logged is written by then
        Assert.Equal("vpc7 abc - 1.2.3.4:99\n", File.ReadAllText(log));
        File.Delete(log);
    }

    /// <summary>Requests of one client go on connections of their own, whose header speaks of him.</summary>
    [Theory]
    [InlineData("V1")]
    [InlineData("V2")]
    public void Http_upstreams_are_told_of_each_client(string version)
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                if (HeaderOf(socket, version) is not { } header)
                    return;
                seen.Enqueue(header);
                while (server.ReadHead(socket) is not null)
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
        );
        var socketJson = $$"""
            {"name":"p","typedConfig":{"@type":"{{TlsJson.Types}}transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
             "config":{"version":"{{version}}"},"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} } }
            """;
        var cluster = ProxyFixture.Cluster("a", upstream.Port).TrimEnd()[..^1] + $",\"transportSocket\":{socketJson}}}";
        Assert.Empty(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", cluster)));
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a"} }""");
        var expected = new List<string>();
        for (var client = 0; client < 2; client++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
            socket.Connect(at);
            expected.Add($"{((IPEndPoint)socket.LocalEndPoint!).Port} {at.Port}");
            for (var request = 0; request < 3; request++)
            {
                ScriptedServer.Send(socket, "GET / HTTP/1.1\r\nhost: h\r\n\r\n");
                var buffer = new byte[4096];
                Assert.StartsWith(
                    "HTTP/1.1 200",
                    Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)),
                    StringComparison.Ordinal
                );
            }
        }
        Assert.Equal(expected, seen);
        Assert.Equal(2, upstream.Connections);
    }

    [Theory]
    [InlineData("V1", "PROXY TCP4 127.0.0.1 127.0.0.1 ")]
    [InlineData("V2", "\r\n\r\n\0\r\nQUIT\n!")]
    public void The_upstream_is_told_whose_connection_it_is(string version, string start)
    {
        var socket = $$"""
            {"name":"p","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
             "config":{"version":"{{version}}"},"transportSocket":{"name":"envoy.transport_sockets.raw_buffer"} } }
            """;
        var cluster = ProxyFixture.Cluster("a", _first.Port).TrimEnd()[..^1] + $",\"transportSocket\":{socket}}}";
        Assert.Empty(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", cluster)));
        var at = Listen(TlsJson.TcpChain("a", "a"), "");
        var answer = Say(at, "hello");
        Assert.StartsWith("first: " + start, answer, StringComparison.Ordinal);
        Assert.EndsWith("hello", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"serverNames":["a.test"]}""", """{"serverNames":["b.test","a.test"]}""", false)]
    [InlineData("""{"serverNames":["a.test"]}""", """{"serverNames":["a.test"],"transportProtocol":"tls"}""", true)]
    public void Chains_that_no_connection_tells_apart_are_refused(string first, string second, bool accepted)
    {
        var listener = TlsJson.Listener(
            $"{TlsJson.TcpChain("one", "a", first)},{TlsJson.TcpChain("two", "b", second)}"
        );
        var rejections = _proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener));
        Assert.Equal(accepted, rejections.Count == 0);
        if (!accepted)
            Assert.Contains(
                "\"two\" and \"one\" match the same connections",
                rejections[0].Message,
                StringComparison.Ordinal
            );
    }

    /// <summary>Takes a header off a connection; the ports in it, client's and ours.</summary>
    private static string? HeaderOf(Socket socket, string version)
    {
        var bytes = new byte[version == "V2" ? 28 : 107];
        for (var at = 0; at < bytes.Length; at++)
        {
            if (socket.Receive(bytes, at, 1, SocketFlags.None) == 0)
                return null;
            if (version == "V1" && bytes[at] == '\n')
                return string.Join(' ', Encoding.ASCII.GetString(bytes, 0, at - 1).Split(' ')[4..]);
        }
        return $"{(bytes[24] << 8) + bytes[25]} {(bytes[26] << 8) + bytes[27]}";
    }

    private static ScriptedServer Named(string name) =>
        new(
            (_, socket, _) =>
            {
                socket.Send(Encoding.ASCII.GetBytes($"{name}: "));
                var buffer = new byte[4096];
                for (int got; (got = socket.Receive(buffer)) > 0; )
                    socket.Send(buffer, got, SocketFlags.None);
            }
        );

    /// <summary>Says something, half-closes, and returns all that came back. Says nothing: waits for the first words and leaves.</summary>
    private static string Say(IPEndPoint at, string text)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(at);
        if (text.Length == 0)
        {
            var buffer = new byte[64];
            return Encoding.Latin1.GetString(buffer, 0, socket.Receive(buffer));
        }
        try
        {
            socket.Send(Encoding.Latin1.GetBytes(text));
            socket.Shutdown(SocketShutdown.Send);
            return ProxyFixture.ReadToEnd(socket);
        }
        catch (SocketException)
        {
            return ""; // refused with bytes unread
        }
    }

    private IPEndPoint Listen(string chains, string filters, string more = "")
    {
        var listener = TlsJson.Listener(chains, $"{more}\"listenerFilters\":[{filters}],");
        Assert.Empty(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        return _proxy.Address("t");
    }
}
