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
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
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
