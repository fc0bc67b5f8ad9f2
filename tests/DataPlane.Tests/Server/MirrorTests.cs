// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.AnyToAny;
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Proxy.Http.Mirroring;
using Lateen.Proxy.Stats;
using Lateen.Xds;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using RouteApi = Envoy.Config.Route.V3;

namespace DataPlane.Tests.Server;

/// <summary>Copies of requests that go elsewhere: what they are, and that nobody waits for them.</summary>
public sealed class MirrorTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ProxyFixture _proxy = new(self: new WorkloadLabels { Address = "10.9.8.7" });
    private readonly ScriptedServer _main = ScriptedServer.Echo();
    private readonly BlockingCollection<string> _seen = [];

    public void Dispose()
    {
        _proxy.Dispose();
        _main.Dispose();
    }

    [Fact]
    public void A_copy_goes_to_the_other_cluster_and_its_answer_to_nobody()
    {
        using var mirror = Mirror();
        var at = Listen(mirror.Port);
        var answer = Ask(at, "GET /a?b HTTP/1.1\r\nHost: shop:8080\r\nx-forwarded-for: 1.2.3.4\r\nx-own: 1\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("GET /a?b HTTP/1.1\r\nhost: shop:8080\r\n", answer, StringComparison.Ordinal);
        var copy = Seen();
        Assert.StartsWith("GET /a?b HTTP/1.1\r\nhost: shop-shadow:8080\r\n", copy, StringComparison.Ordinal);
        Assert.Contains("\r\nx-own: 1\r\n", copy, StringComparison.Ordinal);
        Assert.Contains("\r\nx-envoy-internal: true\r\n", copy, StringComparison.Ordinal);
        Assert.Contains(", 10.9.8.7\r\n", copy, StringComparison.Ordinal);
        WaitForStat("cluster.b.upstream_rq_5xx", 1);
        Assert.Equal(1, _proxy.Stat("cluster.b.upstream_rq_total"));
        Assert.Equal(0, _proxy.Stat("cluster.b.upstream_rq_active"));
        Assert.Equal(0, _proxy.Stat("cluster.a.upstream_rq_5xx"));
    }

    public static TheoryData<string, string> Authorities =>
        new()
        {
            { "shop", "shop-shadow" },
            { "shop:80", "shop-shadow:80" },
            { "10.0.0.1:80", "10.0.0.1-shadow:80" },
            { "[::1]", "[::1]-shadow" },
            { "[::1]:80", "[::1]-shadow:80" },
        };

    [Theory, MemberData(nameof(Authorities))]
    public void The_host_gets_a_suffix_before_its_port(string authority, string expected)
    {
        var head = new RequestHead();
        head.SetAuthority(System.Text.Encoding.ASCII.GetBytes(authority));
        MirrorHead.Prepare(head, addsSuffix: true, []);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(head.Authority));
    }

    [Fact]
    public void The_suffix_may_be_left_out()
    {
        using var mirror = Mirror();
        var at = Listen(mirror.Port, """{"cluster":"b","disableShadowHostSuffixAppend":true}""");
        Ask(at, "GET / HTTP/1.1\r\nHost: shop\r\n");
        Assert.Contains("\r\nhost: shop\r\n", Seen(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_may_name_the_cluster()
    {
        using var mirror = Mirror();
        var at = Listen(mirror.Port, """{"clusterHeader":"X-Mirror"}""");
        Ask(at, "GET /none HTTP/1.1\r\nHost: shop\r\n");
        Ask(at, "GET /unknown HTTP/1.1\r\nHost: shop\r\nx-mirror: z\r\n");
        Ask(at, "GET /named HTTP/1.1\r\nHost: shop\r\nx-mirror: b\r\n");
        Assert.StartsWith("GET /named ", Seen(), StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("cluster.b.upstream_rq_total"));
    }

    [Fact]
    public void Only_a_fraction_may_be_copied()
    {
        using var mirror = Mirror();
        var at = Listen(
            mirror.Port,
            """{"cluster":"b","runtimeFraction":{"defaultValue":{"numerator":25,"denominator":"HUNDRED"} } }"""
        );
        for (var i = 0; i < 400; i++)
            Ask(at, "GET / HTTP/1.1\r\nHost: shop\r\n");
        // 100 expected; five standard deviations are 43.
        SpinWait.SpinUntil(() => _proxy.Stat("cluster.b.upstream_rq_completed") > 57, s_patience);
        Assert.InRange(_proxy.Stat("cluster.b.upstream_rq_total"), 57, 143);
    }

    [Fact]
    public void Several_clusters_get_a_copy_each()
    {
        using var mirror = Mirror();
        using var other = Mirror();
        _proxy.Clusters(_main.Port, mirror.Port, other.Port);
        var at = _proxy.Http(Route("""{"cluster":"b"},{"cluster":"c"}"""));
        Ask(at, "GET / HTTP/1.1\r\nHost: shop\r\n");
        WaitForStat("cluster.b.upstream_rq_completed", 1);
        WaitForStat("cluster.c.upstream_rq_completed", 1);
    }

    [Theory]
    [InlineData("a route's own", """{"cluster":"b"}""", """{"cluster":"z"}""", """{"cluster":"z"}""")]
    [InlineData("its host's", "", """{"cluster":"b"}""", """{"cluster":"z"}""")]
    [InlineData("the table's", "", "", """{"cluster":"b"}""")]
    public void Policies_come_from_the_route_or_its_host_or_the_table(string _, string route, string host, string table)
    {
        using var mirror = Mirror();
        _proxy.Clusters(_main.Port, mirror.Port);
        Assert.Empty(
            _proxy.Apply<RouteApi.RouteConfiguration>(
                TypeUrls.Route,
                (
                    "r",
                    $$"""
                    {"name":"r","requestMirrorPolicies":[{{table}}],"virtualHosts":[{"name":"v","domains":["*"],"requestMirrorPolicies":[{{host}}],
                      "routes":[{"match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{{route}}]} }]}]}
                    """
                )
            )
        );
        Assert.Empty(
            _proxy.Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                (
                    "l",
                    """
                    {"name":"l","address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },"filterChains":[{"filters":[
                      {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                       "statPrefix":"test","rds":{"routeConfigName":"r"},
                       "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"} }]} }]}]}
                    """
                )
            )
        );
        var at = _proxy.Address("l");
        Ask(at, "GET / HTTP/1.1\r\nHost: shop\r\n");
        Assert.Contains("\r\nhost: shop-shadow\r\n", Seen(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public void A_body_goes_with_the_copy(int length)
    {
        var bodies = new BlockingCollection<string>();
        using var mirror = Bodies(bodies, length);
        var at = Listen(mirror.Port);
        using var main = Bodies([], length);
        _proxy.Clusters(main.Port, mirror.Port);
        var body = string.Concat(Enumerable.Range(0, (length / 10) + 1).Select(static i => $"{i, 9},"))[..length];
        Ask(at, $"POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: {length}\r\n", body);
        Assert.Equal(body, bodies.Take(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_body_is_copied_once_however_often_the_request_is_tried()
    {
        var bodies = new BlockingCollection<string>();
        using var mirror = Bodies(bodies, 5);
        var tries = 0;
        using var main = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    ScriptedServer.ReadUntil(socket, "hello");
                    var status = Interlocked.Increment(ref tries) < 3 ? "503 No" : "200 OK";
                    ScriptedServer.Send(socket, $"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _proxy.Clusters(main.Port, mirror.Port);
        var at = _proxy.Http(
            """
            {"match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{"cluster":"b"}],
             "retryPolicy":{"retryOn":"5xx","numRetries":5,"retryBackOff":{"baseInterval":"0.001s"} } } }
            """
        );
        var answer = Ask(at, "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n", "hello");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal("hello", bodies.Take(TestContext.Current.CancellationToken));
        Assert.Equal(1, _proxy.Stat("cluster.b.upstream_rq_total"));
        Assert.Equal(3, tries);
    }

    public static TheoryData<HttpProtocols, HttpProtocols> Protocols =>
        new()
        {
            { HttpProtocols.Http1, HttpProtocols.Http2 },
            { HttpProtocols.Http2, HttpProtocols.Http1 },
            { HttpProtocols.Http2, HttpProtocols.Http2 },
        };

    [Theory, MemberData(nameof(Protocols))]
    public async Task Every_pair_of_protocols_is_served(HttpProtocols main, HttpProtocols mirror)
    {
        await using var first = await EchoUpstream.StartAsync(main);
        await using var second = await EchoUpstream.StartAsync(mirror);
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", ClusterOf("a", first.Port, main)),
                ("b", ClusterOf("b", second.Port, mirror))
            )
        );
        var at = _proxy.Http(Route("""{"cluster":"b"}"""));
        using var client = new HttpClient
        {
            DefaultRequestVersion =
                main == HttpProtocols.Http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var body = new ByteArrayContent(new byte[100_000]);
        var stop = TestContext.Current.CancellationToken;
        using var answer = await client.PostAsync(new Uri($"http://{at}/echo"), body, stop);
        Assert.Equal(100_000, (await answer.Content.ReadAsByteArrayAsync(stop)).Length);
        WaitForStat("cluster.b.upstream_rq_2xx", 1);
        WaitForStat("cluster.b.upstream_rq_active", 0);
    }

    [Fact]
    public void A_mirror_that_never_answers_or_reads_holds_nobody_up()
    {
        using var mirror = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.ReadUntil(socket, "never");
            }
        );
        using var main = Bodies([], 3_000_000);
        _proxy.Clusters(main.Port, mirror.Port);
        var at = _proxy.Http(Route("""{"cluster":"b"}"""));
        for (var i = 0; i < 3; i++)
        {
            var answer = Ask(
                at,
                "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 3000000\r\n",
                new string('x', 3_000_000)
            );
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_mirror_that_does_not_read_is_given_up_when_it_lags_too_far_behind()
    {
        using var mirror = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        // The window of a loopback connection holds a few megabytes.
        const int Length = 30_000_000;
        using var main = Bodies([], Length);
        _proxy.Clusters(main.Port, mirror.Port);
        var at = _proxy.Http(Route("""{"cluster":"b"}"""));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(at);
        ScriptedServer.Send(client, $"POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: {Length}\r\n\r\n");
        WaitForStat("cluster.b.upstream_rq_active", 1);
        for (var sent = 0; sent < Length; sent += 1_000_000)
            client.Send(new byte[1_000_000]);
        Assert.StartsWith("HTTP/1.1 200 ", ScriptedServer.ReadUntil(client, "\r\n\r\n"), StringComparison.Ordinal);
        WaitForStat("cluster.b.upstream_rq_active", 0);
        Assert.Equal(0, _proxy.Stat("cluster.b.upstream_rq_completed"));
    }

    [Fact]
    public void A_mirror_where_nobody_listens_is_its_own_affair()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var at = Listen(((IPEndPoint)taken.LocalEndPoint!).Port);
        var answer = Ask(at, "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n", "body");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        WaitForStat("cluster.b.upstream_cx_connect_fail", 1);
        WaitForStat("cluster.b.upstream_rq_active", 0);
    }

    [Fact]
    public void The_circuit_breaker_of_the_mirrors_cluster_counts()
    {
        using var mirror = Mirror();
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", Cluster("a", _main.Port)),
                (
                    "b",
                    Cluster("b", mirror.Port).TrimEnd()[..^1]
                        + ""","circuitBreakers":{"thresholds":[{"maxRequests":0}]} }"""
                )
            )
        );
        var answer = Ask(_proxy.Http(Route("""{"cluster":"b"}""")), "GET / HTTP/1.1\r\nHost: shop\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        WaitForStat("cluster.b.upstream_rq_pending_overflow", 1);
        Assert.Equal(0, mirror.Connections);
    }

    [Fact]
    public void A_copy_whose_client_leaves_before_the_body_is_complete_is_given_up()
    {
        using var mirror = new ScriptedServer(
            (server, socket, _) =>
            {
                _seen.Add(server.ReadHead(socket)!);
                _seen.Add(ScriptedServer.ReadUntil(socket, "never") ?? "closed");
            }
        );
        var at = Listen(mirror.Port);
        using (var client = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            client.Connect(at);
            ScriptedServer.Send(client, "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\nhalf");
            Assert.StartsWith("POST / ", Seen(), StringComparison.Ordinal);
        }
        Assert.Equal("closed", Seen());
        WaitForStat("cluster.b.upstream_rq_active", 0);
    }

    [Fact]
    public void A_copy_that_takes_longer_than_the_route_allows_is_given_up()
    {
        using var mirror = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                _seen.Add(ScriptedServer.ReadUntil(socket, "never") ?? "closed");
            }
        );
        _proxy.Clusters(_main.Port, mirror.Port);
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0.2s","requestMirrorPolicies":[{"cluster":"b"}]} }"""
        );
        var answer = Ask(at, "GET / HTTP/1.1\r\nHost: shop\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal("closed", Seen());
    }

    [Fact]
    public void Mirroring_allocates_nothing_in_steady_state()
    {
        using var mirror = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        var at = Listen(mirror.Port);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(at);
        var copies = 0L;
        void Exchange()
        {
            ScriptedServer.Send(client, "GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
            ScriptedServer.ReadUntil(client, "shop\r\n");
            ScriptedServer.ReadUntil(client, "\r\n\r\n");
            copies++;
            WaitForStat("cluster.b.upstream_rq_completed", copies);
        }
        for (var i = 0; i < 300; i++)
            Exchange();
        var least = long.MaxValue;
        for (var batch = 0; batch < Allocations.Batches; batch++)
        {
            var before = OnWorker(GC.GetAllocatedBytesForCurrentThread);
            for (var i = 0; i < 100; i++)
                Exchange();
            least = Math.Min(least, OnWorker(GC.GetAllocatedBytesForCurrentThread) - before);
        }
        // The measurement itself: a closure and its posting.
        Assert.InRange(least, 0, 100 * 10);
    }

    private long OnWorker(Func<long> function)
    {
        var outcome = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy.Server.Workers[0].Loop.Post(() => outcome.SetResult(function()));
        return outcome.Task.Result;
    }

    private static string ClusterOf(string name, int port, HttpProtocols protocol) =>
        protocol == HttpProtocols.Http1
            ? Cluster(name, port)
            : Cluster(name, port).TrimEnd()[..^1] + ""","http2ProtocolOptions":{} }""";

    private IPEndPoint Listen(int mirror, string policies = """{"cluster":"b"}""")
    {
        _proxy.Clusters(_main.Port, mirror);
        return _proxy.Http(Route(policies));
    }

    private static string Route(string policies) =>
        $$"""{"match":{"prefix":"/"},"route":{"cluster":"a","requestMirrorPolicies":[{{policies}}]} }""";

    /// <summary>Keeps heads, and answers with a failure that must not get anywhere.</summary>
    private ScriptedServer Mirror() =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is { } head)
                {
                    _seen.Add(head);
                    ScriptedServer.Send(socket, "HTTP/1.1 500 No\r\ncontent-length: 6\r\n\r\nmirror");
                }
            }
        );

    private static ScriptedServer Bodies(BlockingCollection<string> bodies, int length) =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    var body = new byte[length];
                    for (var got = 0; got < length; )
                    {
                        var received = socket.Receive(body, got, length - got, SocketFlags.None);
                        if (received == 0)
                            return;
                        got += received;
                    }
                    bodies.Add(System.Text.Encoding.Latin1.GetString(body));
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );

    private string Seen()
    {
        Assert.True(_seen.TryTake(out var head, s_patience), "nothing came");
        return head;
    }

    private void WaitForStat(string name, long value) =>
        Assert.True(
            SpinWait.SpinUntil(() => _proxy.Stat(name) == value, s_patience),
            $"{name} is {_proxy.Stat(name)}, not {value}"
        );

    private static string Ask(IPEndPoint at, string head, string body = "") =>
        Converse(at, $"{head}Connection: close\r\n\r\n{body}");
}
