// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Filters.HealthCheck;
using Lateen.Proxy.Stats;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Filters;

/// <summary>The filter that answers health checks, for the proxy or by what the workload says.</summary>
public sealed class HealthCheckFilterTests : IDisposable
{
    private const string Path = ""","headers":[{"name":":path","stringMatch":{"exact":"/health"} }]""";

    private readonly ProxyFixture _proxy = new(self: new WorkloadLabels { ServiceCluster = "shop.default" });
    private string _answer = "200 OK";

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public void Without_passing_through_the_proxy_answers_itself()
    {
        using var upstream = Upstream();
        _proxy.Clusters(upstream.Port);
        var at = Listen("\"passThroughMode\":false" + Path);
        var answer = Ask(at, "/health");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "\r\nx-envoy-upstream-healthchecked-cluster: shop.default\r\n",
            answer,
            StringComparison.Ordinal
        );
        Assert.Equal(0, upstream.Connections);
        Assert.EndsWith("workload", Ask(at, "/other"), StringComparison.Ordinal);
        // A check is no request that anybody counts, but it came.
        Assert.Equal(2, _proxy.Stat("http.test.downstream_rq_total"));
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_2xx"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_proxy_that_was_told_to_fail_says_so_to_everybody(bool passThrough)
    {
        using var upstream = Upstream();
        _proxy.Clusters(upstream.Port);
        var at = Listen($"\"passThroughMode\":{(passThrough ? "true" : "false")}{Path}");
        _proxy.Telemetry.Health.IsFailed = true;
        Assert.StartsWith("HTTP/1.1 503 ", Ask(at, "/health"), StringComparison.Ordinal);
        var other = Ask(at, "/other");
        Assert.StartsWith("HTTP/1.1 200 ", other, StringComparison.Ordinal);
        Assert.Contains("\r\nx-envoy-immediate-health-check-fail: true\r\n", other, StringComparison.Ordinal);
        _proxy.Telemetry.Health.IsFailed = false;
        Assert.StartsWith("HTTP/1.1 200 ", Ask(at, "/health"), StringComparison.Ordinal);
        Assert.DoesNotContain("immediate", Ask(at, "/other"), StringComparison.Ordinal);
    }

    [Fact]
    public void Passing_through_the_workload_answers()
    {
        using var upstream = Upstream();
        _proxy.Clusters(upstream.Port);
        var at = Listen("\"passThroughMode\":true" + Path);
        _answer = "503 No";
        Assert.StartsWith("HTTP/1.1 503 ", Ask(at, "/health"), StringComparison.Ordinal);
        _answer = "200 OK";
        var answer = Ask(at, "/health");
        Assert.EndsWith("workload", answer, StringComparison.Ordinal);
        Assert.Contains(
            "\r\nx-envoy-upstream-healthchecked-cluster: shop.default\r\n",
            answer,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_workloads_answer_may_be_given_again_for_a_while()
    {
        using var upstream = Upstream();
        _proxy.Clusters(upstream.Port);
        // A period that no test outlives, but for one that begins right now.
        var at = Listen("\"passThroughMode\":true,\"cacheTime\":\"100000s\"" + Path);
        _answer = "503 No\r\nx-envoy-degraded: 1";
        Assert.EndsWith("workload", Ask(at, "/health"), StringComparison.Ordinal);
        _answer = "200 OK";
        var again = Ask(at, "/health");
        Assert.StartsWith("HTTP/1.1 503 ", again, StringComparison.Ordinal);
        Assert.Contains("\r\nx-envoy-degraded: \r\n", again, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", again, StringComparison.Ordinal);
        Assert.EndsWith("workload", Ask(at, "/other"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cached_answer_is_good_to_the_end_of_its_period()
    {
        var now = 10_500L;
        var cache = new AnswerCache(TimeSpan.FromSeconds(1)) { Clock = () => now };
        Assert.False(cache.TryGet(out _, out _));
        cache.Set(503, degraded: true);
        now = 10_999;
        Assert.True(cache.TryGet(out var status, out var degraded));
        Assert.Equal((503, true), (status, degraded));
        now = 11_000;
        Assert.False(cache.TryGet(out _, out _));
        cache.Set(200, degraded: false);
        Assert.True(cache.TryGet(out status, out degraded));
        Assert.Equal((200, false), (status, degraded));
    }

    /// <summary>Least percentages of clusters a (4 endpoints) and e (none), failed ones of a, degraded ones; status.</summary>
    public static TheoryData<string, int, int, int> Percentages =>
        new()
        {
            { """ "a":{"value":75} """, 1, 0, 200 },
            { """ "a":{"value":75} """, 2, 0, 503 },
            { """ "a":{"value":75} """, 1, 2, 200 }, // degraded ones serve
            { """ "a":{"value":75.1} """, 1, 0, 503 },
            { """ "a":{"value":0} """, 4, 0, 200 },
            { """ "e":{"value":0} """, 0, 0, 200 },
            { """ "e":{"value":1} """, 0, 0, 503 },
            { """ "a":{"value":50},"e":{"value":1} """, 0, 0, 503 }, // all of them count
            { """ "missing":{"value":0} """, 0, 0, 503 },
        };

    [Theory, MemberData(nameof(Percentages))]
    public void The_health_of_clusters_may_decide(string percentages, int failed, int degraded, int status)
    {
        static string Endpoint(int port, string health) =>
            $$"""{"healthStatus":"{{health}}","endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }""";
        var endpoints = Enumerable
            .Range(1, 4)
            .Select(port =>
                Endpoint(
                    port,
                    port <= failed ? "UNHEALTHY"
                        : port <= failed + degraded ? "DEGRADED"
                        : "HEALTHY"
                )
            );
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""{"name":"a","type":"STATIC","loadAssignment":{"endpoints":[{"lbEndpoints":[{{string.Join(',', endpoints)}}]}]} }"""
                ),
                ("e", """{"name":"e","type":"STATIC"}""")
            )
        );
        Assert.Equal(4 - failed - degraded, _proxy.Runtime.Current.Clusters["a"].HealthyCount);
        var at = Listen($$""" "passThroughMode":false,"clusterMinHealthyPercentages":{ {{percentages}} }{{Path}}""");
        Assert.StartsWith($"HTTP/1.1 {status} ", Ask(at, "/health"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "LH health_check_failed")]
    [InlineData(
        """
            ,"filter":{"notHealthCheckFilter":{} }
            """,
        ""
    )]
    public void A_failed_check_is_logged_as_such_unless_the_log_is_not_for_checks(string filter, string line)
    {
        var path = System.IO.Path.GetTempFileName();
        var proxy = new ProxyFixture();
        using var upstream = Upstream();
        proxy.Clusters(upstream.Port);
        var at = Listen(
            proxy,
            "\"passThroughMode\":false" + Path,
            $$"""
            "accessLog":[{"name":"f"{{filter}},"typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
              "path":"{{path}}","logFormat":{"textFormatSource":{"inlineString":"%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n"} } } }],
            """
        );
        proxy.Telemetry.Health.IsFailed = true;
        Ask(at, "/health");
        Ask(at, "/other");
        proxy.Dispose();
        string[] expected = line.Length > 0 ? [line, "- via_upstream"] : ["- via_upstream"];
        Assert.Equal(expected, File.ReadAllLines(path));
        File.Delete(path);
    }

    [Fact]
    public void Every_header_must_match()
    {
        using var upstream = Upstream();
        _proxy.Clusters(upstream.Port);
        var at = Listen(
            """ "passThroughMode":false,"headers":[{"name":":path","stringMatch":{"prefix":"/h"} },{"name":"x-probe","presentMatch":true}]"""
        );
        Assert.EndsWith("workload", Ask(at, "/health"), StringComparison.Ordinal);
        var probe = Converse(at, "GET /health HTTP/1.1\r\nHost: a\r\nx-probe: 1\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("workload", probe, StringComparison.Ordinal);
    }

    private ScriptedServer Upstream() =>
        new(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is not null)
                    ScriptedServer.Send(socket, $"HTTP/1.1 {_answer}\r\ncontent-length: 8\r\n\r\nworkload");
            }
        );

    private IPEndPoint Listen(string fields) => Listen(_proxy, fields);

    private static IPEndPoint Listen(ProxyFixture proxy, string fields, string manager = "") =>
        proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            manager,
            filters: $$"""{"name":"hc","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck",{{fields}} } },"""
        );

    private static string Ask(IPEndPoint at, string path) =>
        Converse(at, $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}
