// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Upgrades.Chain;

namespace DataPlane.Tests.Upgrades;

/// <summary>CONNECT: ended at the proxy, or passed on, over both versions of HTTP; through one proxy and two.</summary>
public sealed class ConnectTests : IDisposable
{
    private const string Connect1 = "CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n";

    private readonly ProxyFixture _proxy = new();
    private readonly ProxyFixture _second = new();

    public void Dispose()
    {
        _proxy.Dispose();
        _second.Dispose();
    }

    public static TheoryData<int, int> Pairs => Chain.Pairs;

    [Fact]
    public void A_CONNECT_ends_here_over_HTTP1()
    {
        using var upstream = EchoTcp("hello;");
        _proxy.Clusters(upstream.Port);
        using var client = Connect(_proxy.Http(Terminate));
        TalkHttp1(client, "hello;");
        Assert.Equal(1, _proxy.Stat("http.test.downstream_cx_upgrades_total"));
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_cx_total"));
        Eventually.True(
            () =>
                _proxy.Stat("http.test.downstream_cx_upgrades_active") == 0
                && _proxy.Stat("cluster.a.upstream_cx_active") == 0,
            "the tunnel is counted as ended"
        );
    }

    [Fact]
    public void A_CONNECT_ends_here_over_HTTP2()
    {
        using var upstream = EchoTcp("hello;");
        _proxy.Clusters(upstream.Port);
        using var client = new RawHttp2Client(_proxy.Http(Terminate));
        TalkHttp2(client, "hello;");
    }

    /// <summary>The first proxy sends the CONNECT on, in either version; the second one ends it.</summary>
    [Theory, MemberData(nameof(Pairs))]
    public void A_CONNECT_is_passed_on(int down, int up)
    {
        using var upstream = EchoTcp("hello;");
        _second.Clusters(upstream.Port);
        ClusterA(_proxy, _second.Http(Terminate).Port, up);
        var at = _proxy.Http(PassOn);
        if (down == 1)
        {
            using var client = Connect(at);
            TalkHttp1(client, "hello;");
        }
        else
        {
            using var client = new RawHttp2Client(at);
            TalkHttp2(client, "hello;");
        }
        Assert.Equal(1, _second.Stat("http.test.downstream_cx_upgrades_total"));
        Assert.Equal(1, _proxy.Stat("cluster.a.upstream_cx_total"));
    }

    [Fact]
    public void A_CONNECT_that_is_passed_on_keeps_its_target_and_takes_the_answer_as_it_comes()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                var head = server.ReadHead(socket)!;
                Assert.StartsWith(
                    "CONNECT far.example:443 HTTP/1.1\r\nhost: far.example:443\r\n",
                    head,
                    StringComparison.Ordinal
                );
                Assert.DoesNotContain("content-length", head, StringComparison.Ordinal);
                Assert.DoesNotContain("transfer-encoding", head, StringComparison.Ordinal);
                // RFC 9110 §9.3.6: framing of a 2xx to CONNECT means nothing.
                ScriptedServer.Send(socket, "HTTP/1.1 200 Fine\r\nContent-Length: 3\r\nX-Proxy: far\r\n\r\nsalut;");
                Assert.Equal("over;", ScriptedServer.ReadUntil(socket, ";"));
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = Connect(_proxy.Http(PassOn));
        var head = Ask(client, Connect1);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("x-proxy: far\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("content-length", head, StringComparison.Ordinal);
        Assert.Equal("salut;", ScriptedServer.ReadUntil(client, ";"));
        ScriptedServer.Send(client, "over;");
        Assert.Equal("", ProxyFixture.ReadToEnd(client));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 No\r\ncontent-length: 4\r\n\r\nnope", "HTTP/1.1 403 Forbidden\r\n", "nope")]
    [InlineData("HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 407 ", "")]
    public void A_CONNECT_that_is_refused_ends_the_connection(string refusal, string start, string body)
    {
        using var upstream = ScriptedServer.Always(refusal);
        _proxy.Clusters(upstream.Port);
        // What the client sends behind its CONNECT must not become a request.
        var answer = ProxyFixture.Converse(_proxy.Http(PassOn), Connect1 + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith(start, answer, StringComparison.Ordinal);
        Assert.Contains("connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + body, answer, StringComparison.Ordinal);
        Assert.Equal(1, upstream.Connections);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_total"));
    }

    [Fact]
    public void Bytes_behind_a_CONNECT_wait_for_the_upstream()
    {
        using var upstream = EchoTcp();
        _proxy.Clusters(upstream.Port);
        using var client = Connect(_proxy.Http(Terminate));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", Ask(client, Connect1 + "eager;"), StringComparison.Ordinal);
        Assert.Equal("eager;", ScriptedServer.ReadUntil(client, ";"));
    }

    /// <summary>Routes, manager, what answers a CONNECT, and what the counter of refused upgrades says.</summary>
    public static TheoryData<string, string, string, int> Refusals =>
        new()
        {
            // Routes by path do not find a request that has none.
            { ToA, "", "404", 0 },
            { ToA, """ "upgradeConfigs":[{"upgradeType":"CONNECT"}], """, "404", 0 },
            { """{"match":{"safeRegex":{"regex":".*"}},"route":{"cluster":"a"}}""", "", "404", 0 },
            { """{"match":{"prefix":""},"route":{"cluster":"a"}}""", "", "404", 0 },
            { """{"match":{"connectMatcher":{}},"route":{"cluster":"a"}}""", "", "403", 1 },
            {
                """{"match":{"connectMatcher":{}},"route":{"cluster":"a"}}""",
                """ "upgradeConfigs":[{"upgradeType":"websocket"}], """,
                "403",
                1
            },
            {
                """{"match":{"connectMatcher":{}},"route":{"cluster":"a"}}""",
                """ "upgradeConfigs":[{"upgradeType":"CONNECT","enabled":false}], """,
                "403",
                1
            },
            {
                """{"match":{"connectMatcher":{}},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT","enabled":false}]}}""",
                """ "upgradeConfigs":[{"upgradeType":"CONNECT"}], """,
                "403",
                1
            },
            { """{"match":{"connectMatcher":{}},"directResponse":{"status":418}}""", "", "403", 1 },
            {
                """{"match":{"connectMatcher":{}},"directResponse":{"status":418}}""",
                """ "upgradeConfigs":[{"upgradeType":"CONNECT"}], """,
                "418",
                0
            },
        };

    [Theory, MemberData(nameof(Refusals))]
    public void A_CONNECT_that_nobody_configured_is_refused(string routes, string manager, string status, int counted)
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(routes, manager);
        var answer = ProxyFixture.Converse(at, Connect1 + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_total"));
        using var client = new RawHttp2Client(at);
        client.Send(
            Frames.Headers(1, Frames.EndHeaders, Frames.Block(":method: CONNECT", ":authority: far.example:443"))
        );
        Assert.Equal(status, client.Read(1).Status);
        Assert.Equal(2 * counted, _proxy.Stat("http.test.downstream_rq_ws_on_non_ws_route"));
        Assert.Equal(0, upstream.Connections);
    }

    /// <summary>The manager's word and the route's, and whether a CONNECT is served.</summary>
    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, null, false)]
    [InlineData(null, null, false)]
    [InlineData(null, true, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    public void A_route_wins_over_its_connection_manager(bool? manager, bool? route, bool isServed)
    {
        static string Configs(bool? enabled) =>
            enabled is { } value
                ? $"\"upgradeConfigs\":[{{\"upgradeType\":\"Connect\",\"enabled\":{(value ? "true" : "false")}}}],"
                : "";
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\n\r\n");
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            $$$"""{"match":{"connectMatcher":{}},"route":{{{{Configs(route)}}}"cluster":"a"}}""",
            Configs(manager)
        );
        using var client = Connect(at);
        Assert.StartsWith($"HTTP/1.1 {(isServed ? 200 : 403)} ", Ask(client, Connect1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connect_matcher_finds_nothing_but_CONNECT()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var answer = ProxyFixture.Converse(
            _proxy.Http(Terminate),
            "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5", "400")]
    [InlineData("Transfer-Encoding: chunked", "501")]
    public void A_CONNECT_with_content_is_no_request(string line, string status)
    {
        var at = _proxy.Http(Terminate);
        var answer = ProxyFixture.Converse(at, $"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n{line}\r\n\r\nhello");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CONNECT_to_nobody_is_503()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        _proxy.Clusters(port);
        var at = _proxy.Http(Terminate);
        Assert.StartsWith("HTTP/1.1 503 ", ProxyFixture.Converse(at, Connect1), StringComparison.Ordinal);
        using var client = new RawHttp2Client(at);
        client.Send(
            Frames.Headers(1, Frames.EndHeaders, Frames.Block(":method: CONNECT", ":authority: far.example:443"))
        );
        Assert.Equal("503", client.Read(1).Status);
    }

    [Fact]
    public void A_connection_that_breaks_behind_a_CONNECT_is_told_so()
    {
        using var upstream = new ScriptedServer(
            (_, socket, _) =>
            {
                ScriptedServer.Send(socket, "hello;");
                ScriptedServer.ReadUntil(socket, ";");
                socket.LingerState = new LingerOption(true, 0); // a reset
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = new RawHttp2Client(_proxy.Http(Terminate));
        client.Send(
            Frames.Headers(1, Frames.EndHeaders, Frames.Block(":method: CONNECT", ":authority: far.example:443"))
        );
        Assert.Equal("hello;", client.ReadUntil(1, static answer => answer.Body.Length == 6).Body);
        client.Send(Frames.Data(1, 0, "break;"u8.ToArray()));
        Assert.Equal("ConnectError", client.Read(1).Reset);
    }

    [Fact]
    public void A_client_that_breaks_its_tunnel_off_ends_the_upstreams_connection()
    {
        using var ended = new SemaphoreSlim(0);
        using var upstream = new ScriptedServer(
            (_, socket, _) =>
            {
                ScriptedServer.Send(socket, "hello;");
                ScriptedServer.ReadUntil(socket, "never");
                ended.Release();
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(Terminate);
        using (var client = new RawHttp2Client(at))
        {
            client.Send(
                Frames.Headers(1, Frames.EndHeaders, Frames.Block(":method: CONNECT", ":authority: far.example:443"))
            );
            client.ReadUntil(1, static answer => answer.Body.Length == 6);
            client.Send(Frames.RstStream(1, 8));
            Assert.True(ended.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            client.Send(Frames.Get(3));
            Assert.Equal("404", client.Read(3).Status);
        }
        using (var client = Connect(at))
        {
            Ask(client, Connect1);
            client.LingerState = new LingerOption(true, 0);
        }
        Assert.True(ended.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("V1")]
    [InlineData("V2")]
    public void The_upstream_is_told_by_the_PROXY_protocol_whose_connection_it_is(string version)
    {
        var received = new List<byte>();
        using var upstream = new ScriptedServer(
            (_, socket, _) =>
            {
                var buffer = new byte[1000];
                while (!received.TakeLast(5).SequenceEqual("over;"u8.ToArray()))
                    received.AddRange(buffer.AsSpan(0, socket.Receive(buffer)));
                ScriptedServer.Send(socket, "ok;");
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            Terminate.Replace(
                "\"connectConfig\":{}",
                $"\"connectConfig\":{{\"proxyProtocolConfig\":{{\"version\":\"{version}\"}}}}",
                StringComparison.Ordinal
            )
        );
        using var client = Connect(at);
        Ask(client, Connect1);
        ScriptedServer.Send(client, "over;");
        Assert.Equal("ok;", ScriptedServer.ReadUntil(client, ";"));
        var port = ((IPEndPoint)client.LocalEndPoint!).Port;
        byte[] expected =
            version == "V1"
                ? System.Text.Encoding.ASCII.GetBytes($"PROXY TCP4 127.0.0.1 127.0.0.1 {port} {at.Port}\r\nover;")
                :
                [
                    .. "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01"u8,
                    (byte)(port >> 8),
                    (byte)port,
                    (byte)(at.Port >> 8),
                    (byte)at.Port,
                    .. "over;"u8,
                ];
        Assert.Equal(expected, received);
    }

    [Fact]
    public void The_body_of_a_POST_may_stand_for_a_CONNECT()
    {
        using var upstream = EchoTcp();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT","connectConfig":{"allowPost":true}}]}}"""
        );
        var answer = ProxyFixture.Converse(
            at,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nconnection: close\r\n\r\nhello;"
        );
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("transfer-encoding: chunked\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("hello;", answer, StringComparison.Ordinal);
        Assert.Contains("bye", answer, StringComparison.Ordinal);
        Assert.Equal(0, _proxy.Stat("http.test.downstream_cx_upgrades_total"));
    }

    [Fact]
    public void A_port_that_was_cut_off_to_route_by_comes_back()
    {
        using var heard = new ScriptedServer(
            (server, socket, _) =>
                ScriptedServer.Send(
                    socket,
                    $"HTTP/1.1 403 No\r\nx-heard: {server.ReadHead(socket)!.Split("\r\n")[0]}\r\ncontent-length: 0\r\n\r\n"
                )
        );
        _proxy.Clusters(heard.Port);
        var answer = ProxyFixture.Converse(_proxy.Http(PassOn, "\"stripAnyHostPort\":true,"), Connect1);
        Assert.Contains("x-heard: CONNECT far.example:443 HTTP/1.1\r\n", answer, StringComparison.Ordinal);
    }

    /// <summary>More than any buffer or window holds, in both directions at a time.</summary>
    [Theory, MemberData(nameof(Pairs))]
    public void Much_goes_both_ways(int down, int up)
    {
        using var upstream = EchoTcp();
        _second.Clusters(upstream.Port);
        ClusterA(_proxy, _second.Http(Terminate).Port, up);
        const int total = 3_000_000;
        var at = _proxy.Http(PassOn);
        if (down == 2)
        {
            // A proxy in front that speaks HTTP/2 to the one under test.
            using var front = new ProxyFixture();
            ClusterA(front, at.Port, 2);
            using var through = Connect(front.Http(PassOn));
            Pour(through, total);
            return;
        }
        using var client = Connect(at);
        Pour(client, total);
    }

    private static void Pour(Socket client, int total)
    {
        Assert.StartsWith("HTTP/1.1 200 ", Ask(client, Connect1), StringComparison.Ordinal);
        var sent = new byte[total];
        new Random(7).NextBytes(sent);
        var sender = new Thread(() =>
        {
            client.Send(sent);
            client.Shutdown(SocketShutdown.Send);
        });
        sender.Start();
        var received = new List<byte>();
        var buffer = new byte[65_536];
        for (int got; (got = client.Receive(buffer)) > 0; )
            received.AddRange(buffer.AsSpan(0, got));
        sender.Join();
        Assert.Equal([.. sent, .. "bye"u8], received);
    }

    private static void TalkHttp1(Socket client, string greeting)
    {
        var head = Ask(client, Connect1);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("content-length", head, StringComparison.Ordinal);
        Assert.DoesNotContain("transfer-encoding", head, StringComparison.Ordinal);
        Assert.Equal(greeting, ScriptedServer.ReadUntil(client, ";"));
        for (var i = 0; i < 10; i++)
        {
            ScriptedServer.Send(client, $"GET /{i} HTTP/1.1\r\n\r\n;");
            Assert.Equal($"GET /{i} HTTP/1.1\r\n\r\n;", ScriptedServer.ReadUntil(client, ";"));
        }
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", ProxyFixture.ReadToEnd(client));
    }

    private static void TalkHttp2(RawHttp2Client client, string greeting)
    {
        client.Send(
            Frames.Headers(1, Frames.EndHeaders, Frames.Block(":method: CONNECT", ":authority: far.example:443"))
        );
        var answer = client.ReadUntil(1, answer => answer.Body == greeting);
        Assert.Equal("200", answer.Status);
        Assert.DoesNotContain(answer.Lines, static line => line.StartsWith("content-length", StringComparison.Ordinal));
        var expected = greeting;
        for (var i = 0; i < 10; i++)
        {
            client.Send(Frames.Data(1, 0, System.Text.Encoding.ASCII.GetBytes($"ping {i};")));
            expected += $"ping {i};";
            Assert.Equal(expected, client.ReadUntil(1, answer => answer.Body.Length == expected.Length).Body);
        }
        client.Send(Frames.Data(1, Frames.EndStream));
        Assert.Equal(expected + "bye", client.Read(1).Body);
        Assert.True(client.Read(1).IsComplete);
        // Others on the connection are none the wiser.
        client.Send(Frames.Get(3));
        Assert.Equal("404", client.Read(3).Status);
    }
}
