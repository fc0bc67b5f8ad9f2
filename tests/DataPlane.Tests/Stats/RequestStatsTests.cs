// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Stats;

/// <summary>What a request does to Envoy's numbers.</summary>
public sealed class RequestStatsTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    private readonly StatsFixture _stats = new();

    public void Dispose() => _stats.Dispose();

    /// <summary>Status of the upstream → numbers that must be there, with their values.</summary>
    public static TheoryData<string, string> Outcomes =>
        new()
        {
            { "200 OK", "2xx" },
            { "301 Moved Permanently", "3xx" },
            { "404 Not Found", "4xx" },
            { "500 Internal Server Error", "5xx" },
        };

    [Theory, MemberData(nameof(Outcomes))]
    public void An_answer_is_counted_by_its_class(string status, string group)
    {
        using var upstream = ScriptedServer.Always($"HTTP/1.1 {status}\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        Assert.StartsWith($"HTTP/1.1 {status}", _stats.Ask(_stats.Proxy.Http(ToA), "POST / HTTP/1.1", "abc"));
        AssertUsed(
            ($"envoy_cluster_upstream_rq{{response_code_class=\"{group}\",cluster_name=\"a\"}}", 1),
            ("envoy_cluster_upstream_rq_total{cluster_name=\"a\"}", 1),
            ("envoy_cluster_upstream_rq_completed{cluster_name=\"a\"}", 1),
            ("envoy_cluster_upstream_rq_time{cluster_name=\"a\"}", 1),
            ("envoy_cluster_upstream_cx_total{cluster_name=\"a\"}", 1),
            ("envoy_cluster_membership_total{cluster_name=\"a\"}", 1),
            ("envoy_cluster_membership_healthy{cluster_name=\"a\"}", 1),
            ($"envoy_http_downstream_rq{{response_code_class=\"{group}\",http_conn_manager_prefix=\"test\"}}", 1),
            ("envoy_http_downstream_rq_total{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_downstream_rq_completed{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_downstream_cx_total{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_downstream_cx_destroy{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_rq_total{http_conn_manager_prefix=\"test\"}", 1)
        );
        AssertUnused("rq_active", "downstream_cx_active", "upstream_rq_retry", "upstream_rq_timeout", "no_route");
    }

    [Fact]
    public void No_route()
    {
        _stats.Cluster(9);
        _stats.Ask(_stats.Proxy.Http("""{"match":{"path":"/only"},"route":{"cluster":"a"}}"""));
        AssertUsed(
            ("envoy_http_no_route{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_downstream_rq{response_code_class=\"4xx\",http_conn_manager_prefix=\"test\"}", 1)
        );
        AssertUnused("cluster_upstream", "http_rq_total");
    }

    [Fact]
    public void No_cluster()
    {
        _stats.Cluster(9);
        _stats.Ask(_stats.Proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"none"}}"""));
        AssertUsed(("envoy_http_no_cluster{http_conn_manager_prefix=\"test\"}", 1));
    }

    [Fact]
    public void A_direct_response_and_a_redirect()
    {
        _stats.Cluster(9);
        var at = _stats.Proxy.Http(
            """{"match":{"path":"/d"},"directResponse":{"status":200}},{"match":{"path":"/r"},"redirect":{"hostRedirect":"x"}}"""
        );
        _stats.Ask(at, "GET /d HTTP/1.1");
        _stats.Ask(at, "GET /r HTTP/1.1");
        AssertUsed(
            ("envoy_http_rq_direct_response{http_conn_manager_prefix=\"test\"}", 1),
            ("envoy_http_rq_redirect{http_conn_manager_prefix=\"test\"}", 1)
        );
    }

    [Fact]
    public void A_refused_connection()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _stats.Cluster(((IPEndPoint)taken.LocalEndPoint!).Port);
        _stats.Ask(_stats.Proxy.Http(ToA));
        AssertUsed(
            ("envoy_cluster_upstream_cx_connect_fail{cluster_name=\"a\"}", 1),
            ("envoy_http_downstream_rq{response_code_class=\"5xx\",http_conn_manager_prefix=\"test\"}", 1)
        );
        AssertUnused("upstream_cx_active", "upstream_rq_active");
    }

    [Fact]
    public void A_timeout()
    {
        using var silent = new ScriptedServer(
            static (server, socket, _) =>
            {
                server.ReadHead(socket);
                server.ReadHead(socket);
            }
        );
        _stats.Cluster(silent.Port);
        _stats.Ask(_stats.Proxy.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0.05s"}}"""));
        AssertUsed(("envoy_cluster_upstream_rq_timeout{cluster_name=\"a\"}", 1));
        AssertUnused("upstream_rq_active", "upstream_cx_active");
    }

    [Fact]
    public void A_retry_that_helps()
    {
        var requests = 0;
        using var upstream = new ScriptedServer(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    var status = Interlocked.Increment(ref requests) == 1 ? "503 Service Unavailable" : "200 OK";
                    ScriptedServer.Send(socket, $"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _stats.Cluster(upstream.Port);
        var at = _stats.Proxy.Http(
            """
            {"match":{"prefix":"/"},"route":{"cluster":"a","retryPolicy":{"retryOn":"5xx","numRetries":2,"retryBackOff":{"baseInterval":"0.001s"}}}}
            """
        );
        Assert.StartsWith("HTTP/1.1 200", _stats.Ask(at));
        AssertUsed(
            ("envoy_cluster_upstream_rq_retry{cluster_name=\"a\"}", 1),
            ("envoy_cluster_upstream_rq_retry_success{cluster_name=\"a\"}", 1),
            ("envoy_cluster_upstream_rq_total{cluster_name=\"a\"}", 2)
        );
    }

    [Fact]
    public void A_tcp_connection()
    {
        using var upstream = new ScriptedServer(
            static (_, socket, _) => ScriptedServer.Send(socket, $"heard {ProxyFixture.ReadToEnd(socket)}")
        );
        _stats.Cluster(upstream.Port);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(_stats.Proxy.Tcp("a"));
        ScriptedServer.Send(client, "ahoy");
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("heard ahoy", ProxyFixture.ReadToEnd(client));
        AssertUsed(
            ("envoy_tcp_downstream_cx_total{tcp_prefix=\"t\"}", 1),
            ("envoy_tcp_downstream_cx_rx_bytes_total{tcp_prefix=\"t\"}", 4),
            ("envoy_tcp_downstream_cx_tx_bytes_total{tcp_prefix=\"t\"}", 10),
            ("envoy_cluster_upstream_cx_total{cluster_name=\"a\"}", 1)
        );
    }

    [Fact]
    public void What_is_no_http()
    {
        _stats.Cluster(9);
        _stats.Ask(_stats.Proxy.Http(ToA), "GET / HTTP/7.7");
        AssertUsed(("envoy_http_downstream_cx_protocol_error{http_conn_manager_prefix=\"test\"}", 1));
    }

    private void AssertUsed(params (string Name, long Value)[] expected)
    {
        var used = _stats.Used();
        Assert.Equal(expected, expected.Select(entry => (entry.Name, used.GetValueOrDefault(entry.Name))));
    }

    private void AssertUnused(params string[] parts)
    {
        var used = _stats.Used().Where(static pair => pair.Value != 0).Select(static pair => pair.Key).ToArray();
        Assert.All(parts, part => Assert.DoesNotContain(used, name => name.Contains(part, StringComparison.Ordinal)));
    }
}
