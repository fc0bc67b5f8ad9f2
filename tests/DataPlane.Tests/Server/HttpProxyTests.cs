// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Server;

public sealed class HttpProxyTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";
    private const string Close = "connection: close\r\n\r\n";

    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public void A_request_reaches_the_upstream_with_the_proxys_headers()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var answer = Converse(_proxy.Http(ToA), "GET /x?y=1 HTTP/1.1\r\nHost: shop\r\nX-Test: 1\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("server: envoy\r\n", answer);
        Assert.Contains("x-envoy-upstream-service-time: ", answer);
        Assert.Contains("\r\nconnection: close\r\n", answer);
        Assert.Contains("GET /x?y=1 HTTP/1.1\r\nhost: shop\r\nx-test: 1\r\n", answer);
        Assert.Contains("x-forwarded-proto: http\r\n", answer);
        Assert.Contains("x-envoy-attempt-count: 1\r\n", answer);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 15000\r\n", answer);
        Assert.Matches("x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n", answer);
    }

    [Fact]
    public void Many_requests_share_one_upstream_connection()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA);
        for (var i = 0; i < 5; i++)
            Assert.StartsWith("HTTP/1.1 200", Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var pipeline = string.Concat(Enumerable.Range(0, 20).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n"));
        var answer = Converse(_proxy.Http(ToA), pipeline + "GET /last HTTP/1.1\r\nHost: a\r\n" + Close);
        var places = Enumerable
            .Range(0, 20)
            .Select(i => answer.IndexOf($"GET /{i} ", StringComparison.Ordinal))
            .ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("GET /last ", answer);
    }

    [Fact]
    public void No_route_is_404_and_the_connection_goes_on()
    {
        _proxy.Clusters();
        var at = _proxy.Http(
            """{"match":{"path":"/only"},"directResponse":{"status":200,"body":{"inlineString":"ahoy"}}}"""
        );
        var answer = Converse(at, "GET /other HTTP/1.1\r\nHost: a\r\n\r\nGET /only HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer);
        Assert.EndsWith("\r\n\r\nahoy", answer);
    }

    [Theory]
    [InlineData("""{"match":{"prefix":"/"},"route":{"cluster":"none"}}""", "503", "")]
    [InlineData(
        """{"match":{"prefix":"/"},"route":{"cluster":"none","clusterNotFoundResponseCode":"NOT_FOUND"}}""",
        "404",
        ""
    )]
    public void A_missing_cluster_gives_the_routes_status(string route, string status, string body)
    {
        _proxy.Clusters();
        var answer = Converse(_proxy.Http(route), "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.EndsWith("\r\n\r\n" + body, answer);
    }

    [Fact]
    public void A_cluster_without_endpoints_is_503_no_healthy_upstream()
    {
        Assert.Empty(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("a", """{"name":"a","type":"STATIC"}""")));
        var answer = Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.EndsWith("no healthy upstream", answer);
    }

    [Fact]
    public void A_refused_connection_is_503()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _proxy.Clusters(((IPEndPoint)taken.LocalEndPoint!).Port);
        var answer = Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("remote connection failure", answer);
    }

    [Fact]
    public void A_stale_pooled_connection_costs_the_client_nothing()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                // One answer a connection, then an end that the proxy has no time to notice: it comes with the next request.
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                server.ReadHead(socket);
            }
        );
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA);
        Assert.StartsWith("HTTP/1.1 200", Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
        Assert.StartsWith("HTTP/1.1 200", Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
        Assert.Equal(2, upstream.Connections);
    }

    [Fact]
    public void A_route_timeout_is_504()
    {
        using var silent = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        _proxy.Clusters(silent.Port);
        var at = _proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0.05s"}}""");
        var answer = Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.StartsWith("HTTP/1.1 504 ", answer);
        Assert.EndsWith("upstream request timeout", answer);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")]
    public void A_body_arrives_whatever_its_framing(string response)
    {
        using var upstream = ScriptedServer.Always(response);
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA);
        Assert.Contains("hello", Converse(at, "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
        var old = Converse(at, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        Assert.EndsWith("\r\n\r\nhello", old);
        Assert.DoesNotContain("chunked", old);
    }

    [Fact]
    public void A_body_that_ends_with_the_connection_becomes_chunked()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\n\r\nhello");
            }
        );
        _proxy.Clusters(upstream.Port);
        var answer = Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        Assert.Contains("transfer-encoding: chunked\r\n", answer);
        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n", answer);
    }

    [Fact]
    public void A_body_that_breaks_off_is_not_ended_for_the_client()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
            }
        );
        _proxy.Clusters(upstream.Port);
        Assert.DoesNotContain("0\r\n\r\n", Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
    }

    [Fact]
    public void A_large_request_body_streams_through()
    {
        var received = 0;
        const int Length = 3_000_000;
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                server.ReadHead(socket);
                var buffer = new byte[65536];
                while (received < Length)
                    received += socket.Receive(buffer);
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                server.ReadHead(socket);
            }
        );
        _proxy.Clusters(upstream.Port);
        var body = new string('x', Length);
        var answer = Converse(
            _proxy.Http(ToA),
            $"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: {Length}\r\n{Close}{body}"
        );
        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.Equal(Length, received);
    }

    [Fact]
    public void A_large_response_body_streams_through()
    {
        var body = new string('y', 3_000_000);
        using var upstream = ScriptedServer.Always($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        _proxy.Clusters(upstream.Port);
        Assert.EndsWith("\r\n\r\n" + body, Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")] // no host
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501")]
    public void What_is_no_http_is_refused_and_never_forwarded(string request, string status)
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var answer = Converse(_proxy.Http(ToA), request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.DoesNotContain("smuggled", answer);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public void Too_large_a_head_is_431()
    {
        _proxy.Clusters();
        var head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 61 * 1024) + "\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 431 ", Converse(_proxy.Http(ToA), head));
    }

    [Fact]
    public void A_malformed_answer_is_502()
    {
        using var upstream = ScriptedServer.Always(
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"
        );
        _proxy.Clusters(upstream.Port);
        Assert.StartsWith("HTTP/1.1 502 ", Converse(_proxy.Http(ToA), "GET / HTTP/1.1\r\nHost: a\r\n" + Close));
    }

    [Fact]
    public void Expect_continue_is_answered_and_the_body_follows()
    {
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                Assert.DoesNotContain("\nexpect:", server.ReadHead(socket)!);
                Assert.Equal("body", ScriptedServer.ReadUntil(socket, "body"));
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                server.ReadHead(socket);
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(_proxy.Http(ToA));
        ScriptedServer.Send(
            client,
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" + Close
        );
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", ScriptedServer.ReadUntil(client, "\r\n\r\n"));
        ScriptedServer.Send(client, "body");
        Assert.StartsWith("HTTP/1.1 200", ReadToEnd(client));
    }

    [Fact]
    public void Rewrite_redirect_and_header_operations_apply()
    {
        using var upstream = ScriptedServer.Echo();
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(
            """
            {"match":{"prefix":"/old"},"redirect":{"httpsRedirect":true,"prefixRewrite":"/new","responseCode":"PERMANENT_REDIRECT"}},
            {"match":{"prefix":"/a"},"route":{"cluster":"a","prefixRewrite":"/x","hostRewriteLiteral":"inner"},
             "requestHeadersToAdd":[{"header":{"key":"X-Via","value":"%REQ(:METHOD)%-lateen"}}],"requestHeadersToRemove":["x-secret"],
             "responseHeadersToAdd":[{"header":{"key":"x-answer","value":"42"}}]}
            """
        );
        Assert.Contains(
            "location: https://shop/new/1?q\r\n",
            Converse(at, "GET /old/1?q HTTP/1.1\r\nHost: shop\r\n" + Close)
        );
        var answer = Converse(at, "GET /a/b?c=1 HTTP/1.1\r\nHost: shop\r\nX-Secret: 1\r\n" + Close);
        Assert.Contains("GET /x/b?c=1 HTTP/1.1\r\nhost: inner\r\n", answer);
        Assert.Contains("x-envoy-original-path: /a/b?c=1\r\n", answer);
        Assert.Contains("x-via: GET-lateen\r\n", answer);
        Assert.DoesNotContain("x-secret", answer);
        Assert.Contains("x-answer: 42\r\n", answer);
    }

    [Fact]
    public void Weights_split_requests()
    {
        using var a = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nA");
        using var b = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nB");
        _proxy.Clusters(a.Port, b.Port);
        var at = _proxy.Http(
            """{"match":{"prefix":"/"},"route":{"weightedClusters":{"clusters":[{"name":"a","weight":90},{"name":"b","weight":10}]}}}"""
        );
        const int Requests = 1000;
        var pipeline = string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Requests - 1));
        var answer = Converse(at, pipeline + "GET / HTTP/1.1\r\nHost: a\r\n" + Close);
        var toB = answer.Split("\r\n\r\nB").Length - 1;
        // Eight sigma: chance leaves it once in 10^15 runs, and no other share of two clusters that is a multiple of 10 lies within.
        var sigma = Math.Sqrt(Requests * 0.1 * 0.9);
        Assert.InRange(toB, 100 - (8 * sigma), 100 + (8 * sigma));
        Assert.Equal(Requests, toB + answer.Split("\r\n\r\nA").Length - 1);
    }

    [Fact]
    public void Tcp_bytes_pass_both_ways_with_half_close()
    {
        using var upstream = new ScriptedServer(
            (_, socket, _) =>
            {
                var heard = ReadToEnd(socket);
                ScriptedServer.Send(socket, $"heard {heard}");
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(_proxy.Tcp("a"));
        ScriptedServer.Send(client, "ahoy");
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("heard ahoy", ReadToEnd(client));
    }

    [Fact]
    public void Steady_requests_allocate_nothing_on_the_worker()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nA");
        _proxy.Clusters(upstream.Port);
        var at = _proxy.Http(ToA);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000, NoDelay = true };
        client.Connect(at);
        Repeat(client, 300);
        var before = AllocatedByWorker();
        Repeat(client, 3000);
        // Asking allocates a little itself; three thousand requests must not add to it.
        Assert.InRange(AllocatedByWorker() - before, 0, 3000);
    }

    private long AllocatedByWorker()
    {
        var bytes = new TaskCompletionSource<long>();
        _proxy.Server.Workers[0].Loop.Post(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread()));
        Assert.True(bytes.Task.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        return bytes.Task.GetAwaiter().GetResult();
    }

    private static void Repeat(Socket client, int times)
    {
        var request = "GET / HTTP/1.1\r\nHost: a\r\nuser-agent: test\r\naccept: */*\r\n\r\n"u8.ToArray();
        var buffer = new byte[4096];
        for (var i = 0; i < times; i++)
        {
            client.Send(request);
            int got;
            do
            {
                got = client.Receive(buffer);
            } while (buffer[got - 1] != 'A');
        }
    }
}
