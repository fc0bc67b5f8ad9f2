// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Upgrades.Chain;

namespace DataPlane.Tests.Upgrades;

/// <summary>Switches to any protocol, by Upgrade over HTTP/1.1 and by extended CONNECT over HTTP/2 (RFC 8441).</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Switch =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: parrot/1\r\n\r\n";

    private const string AllowParrot = "\"upgradeConfigs\":[{\"upgradeType\":\"Parrot/1\"}],";

    private readonly ProxyFixture _proxy = new();
    private readonly ProxyFixture _second = new();

    public void Dispose()
    {
        _proxy.Dispose();
        _second.Dispose();
    }

    public static TheoryData<int, int> Pairs => Chain.Pairs;

    /// <summary>The protocol in front, and the one between the two proxies.</summary>
    [Theory, MemberData(nameof(Pairs))]
    public void Any_protocol_that_is_listed_is_switched_to(int down, int up)
    {
        using var upstream = Parrot();
        _second.Clusters(upstream.Port);
        ClusterA(_proxy, _second.Http(ToA, AllowParrot + AllowConnect).Port, up);
        var at = _proxy.Http(ToA, AllowParrot + AllowConnect);
        if (down == 1)
        {
            using var client = Connect(at);
            var head = Ask(client, Upgrade("parrot/1"));
            Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
            Assert.Contains("upgrade: parrot/1\r\n", head, StringComparison.Ordinal);
            Assert.Contains("connection: upgrade\r\n", head, StringComparison.Ordinal);
            ScriptedServer.Send(client, "polly;");
            Assert.Equal("polly;", ScriptedServer.ReadUntil(client, ";"));
            client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.Equal("bye", ProxyFixture.ReadToEnd(client));
            return;
        }
        using var client2 = new RawHttp2Client(at);
        client2.Send(Frames.Headers(1, Frames.EndHeaders, ExtendedConnect("parrot/1")));
        var answer = client2.ReadHead(1);
        Assert.Equal("200", answer.Status);
        Assert.DoesNotContain(answer.Lines, static line => line.StartsWith("upgrade", StringComparison.Ordinal));
        client2.Send(Frames.Data(1, 0, "polly;"u8.ToArray()));
        Assert.Equal("polly;", client2.ReadUntil(1, static answer => answer.Body.Length == 6).Body);
        client2.Send(Frames.Data(1, Frames.EndStream));
        Assert.Equal("polly;bye", client2.Read(1).Body);
    }

    /// <summary>The manager's word for the type, the route's, and whether it is served.</summary>
    [Theory]
    [InlineData("parrot/1", null, true)]
    [InlineData("PARROT/1", null, true)]
    [InlineData("websocket", null, false)]
    [InlineData(null, null, false)]
    [InlineData(null, true, true)]
    [InlineData("parrot/1", false, false)]
    [InlineData("websocket", true, true)]
    public void A_type_is_served_where_manager_or_route_say_so(string? manager, bool? route, bool isServed)
    {
        using var upstream = Parrot();
        _proxy.Clusters(upstream.Port);
        var ofManager = manager is null ? "" : $"\"upgradeConfigs\":[{{\"upgradeType\":\"{manager}\"}}],";
        var ofRoute = route is null
            ? ""
            : $",\"upgradeConfigs\":[{{\"upgradeType\":\"parrot/1\",\"enabled\":{(route.Value ? "true" : "false")}}}]";
        var at = _proxy.Http(
            $$$"""{"match":{"prefix":"/"},"route":{"cluster":"a"{{{ofRoute}}}}}""",
            ofManager + AllowConnect
        );
        using (var client = Connect(at))
            Assert.StartsWith(
                $"HTTP/1.1 {(isServed ? 101 : 403)} ",
                Ask(client, Upgrade("parrot/1")),
                StringComparison.Ordinal
            );
        using (var client = new RawHttp2Client(at))
        {
            client.Send(Frames.Headers(1, Frames.EndHeaders, ExtendedConnect("parrot/1")));
            Assert.Equal(isServed ? "200" : "403", client.ReadHead(1).Status);
        }
        Assert.Equal(isServed ? 2 : 0, _proxy.Stat("http.test.downstream_cx_upgrades_total"));
        Assert.Equal(isServed ? 0 : 2, _proxy.Stat("http.test.downstream_rq_ws_on_non_ws_route"));
    }

    [Fact]
    public void Without_a_route_a_switch_is_404()
    {
        var at = _proxy.Http("""{"match":{"path":"/only"},"route":{"cluster":"a"}}""");
        Assert.StartsWith("HTTP/1.1 404 ", ProxyFixture.Converse(at, Upgrade("parrot/1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Extended_CONNECT_is_for_those_who_allow_it()
    {
        var at = _proxy.Http(ToA, AllowParrot);
        using var client = new RawHttp2Client(at);
        client.Send(Frames.Headers(1, Frames.EndHeaders, ExtendedConnect("parrot/1")));
        Assert.Equal("GOAWAY 1 ProtocolError", client.ReadToEnd());
    }

    /// <summary>What an upstream says to a switch that it was not asked for, or not so.</summary>
    [Theory]
    [InlineData("parrot/1", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")]
    [InlineData("", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: parrot/1\r\n\r\n")]
    [InlineData("", "HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    public void An_unasked_switch_is_a_protocol_error(string asked, string answer)
    {
        using var upstream = ScriptedServer.Always(answer);
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA, AllowParrot);
        var request = asked.Length > 0 ? Upgrade(asked) : "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 502 ", ProxyFixture.Converse(at, request), StringComparison.Ordinal);
    }

    /// <summary>Bytes behind such a head could be read as content, or as the other protocol's: it is no switch then.</summary>
    [Theory]
    [InlineData("Content-Length: 6\r\n\r\npolly;")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n6\r\npolly;\r\n0\r\n\r\n")]
    public void A_request_with_a_body_is_not_switched(string rest)
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA, AllowParrot);
        var answer = ProxyFixture.Converse(
            at,
            $"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: parrot/1\r\n{rest}"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("upgrade", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_refused_switch_ends_the_connection_and_what_was_sent_behind_it_is_no_request()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno");
        _proxy.Clusters(upstream.Port);
        var answer = ProxyFixture.Converse(
            _proxy.Http(ToA, AllowParrot),
            Upgrade("parrot/1") + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nno", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_total"));
    }

    /// <summary>The second exchange, which begins when the first client has ended its side, shows that the timeout has passed.</summary>
    [Fact]
    public void A_tunnel_that_is_half_closed_outlives_the_routes_timeout()
    {
        using var ended = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        using var upstream = new ScriptedServer(
            (server, socket, number) =>
            {
                server.ReadHead(socket);
                if (number > 0)
                {
                    server.ReadHead(socket);
                    return;
                }
                ScriptedServer.Send(socket, Switch);
                ScriptedServer.ReadUntil(socket, "never");
                ended.Release();
                release.Wait();
                ScriptedServer.Send(socket, "bye");
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0.05s"}}""", AllowParrot);
        using var client = Connect(at);
        Ask(client, Upgrade("parrot/1"));
        client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True(ended.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        var late = ProxyFixture.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 504 ", late, StringComparison.Ordinal);
        release.Release();
        Assert.Equal("bye", ProxyFixture.ReadToEnd(client));
    }

    private static string Upgrade(string type) =>
        $"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {type}\r\n\r\n";

    private static byte[] ExtendedConnect(string type) =>
        Frames.Block(":method: CONNECT", $":protocol: {type}", ":scheme: http", ":path: /chat", ":authority: a.test");

    private static ScriptedServer Parrot() =>
        new(
            (server, socket, _) =>
            {
                var head = server.ReadHead(socket)!;
                Assert.StartsWith("GET /chat HTTP/1.1\r\n", head, StringComparison.Ordinal);
                Assert.Contains("upgrade: parrot/1\r\n", head, StringComparison.Ordinal);
                ScriptedServer.Send(socket, Switch);
                var buffer = new byte[1000];
                for (int got; (got = socket.Receive(buffer)) > 0; )
                    socket.Send(buffer, got, System.Net.Sockets.SocketFlags.None);
                ScriptedServer.Send(socket, "bye");
            }
        );
}
