// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.AnyToAny;
using DataPlane.Tests.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static DataPlane.Tests.Health.HealthFixture;

namespace DataPlane.Tests.Health;

/// <summary>Health checks over HTTP: what is asked, and what the answers mean.</summary>
public sealed class HttpCheckTests : IDisposable
{
    private readonly HealthFixture _health = new();

    public void Dispose() => _health.Dispose();

    [Fact]
    public void A_check_asks_what_it_is_told_to_ask()
    {
        var seen = new BlockingCollection<string>();
        using var server = new ScriptedServer(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is { } head)
                {
                    seen.Add(head);
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/ready?full","host":"shop","requestHeadersToAdd":[{"header":{"key":"x-from","value":"%UPSTREAM_CLUSTER%"} }],"requestHeadersToRemove":["user-agent"]}""",
            Endpoint(server.Port)
        );
        Assert.Equal(
            "GET /ready?full HTTP/1.1\r\nhost: shop\r\nx-from: a\r\n\r\n",
            seen.Take(TestContext.Current.CancellationToken)
        );
        _health.WaitForFlags(server.Port, "healthy");
    }

    [Theory]
    [InlineData("", "", "a")] // the cluster's name
    [InlineData("shop", "", "shop")]
    [InlineData("shop", "own", "own")]
    public void The_host_is_the_endpoints_own_or_the_checks_or_the_clusters_name(
        string host,
        string own,
        string expected
    )
    {
        using var server = Heads(out var seen);
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/","host":"{{host}}"}""",
            Endpoint(server.Port, $$""","healthCheckConfig":{"hostname":"{{own}}"}""")
        );
        var head = seen.Take(TestContext.Current.CancellationToken);
        Assert.Contains($"\r\nhost: {expected}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nuser-agent: Envoy/HC\r\n", head, StringComparison.Ordinal);
    }

    /// <summary>An answer, fields of the check, the flags that follow.</summary>
    public static TheoryData<string, string, string> Answers =>
        new()
        {
            { "200 OK", "", "healthy" },
            { "204 No", "", "/failed_active_hc" }, // 200 alone is expected
            { "204 No", ""","expectedStatuses":[{"start":"200","end":"300"}]""", "healthy" },
            { "200 OK", ""","expectedStatuses":[{"start":"300","end":"400"}]""", "/failed_active_hc" },
            { "503 No", "", "/failed_active_hc" },
            { "200 OK\r\nx-envoy-degraded: ", "", "/degraded_active_hc" },
            {
                "503 No\r\nx-envoy-immediate-health-check-fail: true",
                "",
                "/failed_active_hc/excluded_via_immediate_hc_fail"
            },
            {
                "200 OK\r\nx-envoy-upstream-healthchecked-cluster: shop-1",
                ""","serviceNameMatcher":{"prefix":"shop"}""",
                "healthy"
            },
            {
                "200 OK\r\nx-envoy-upstream-healthchecked-cluster: cart",
                ""","serviceNameMatcher":{"prefix":"shop"}""",
                "/failed_active_hc"
            },
            { "200 OK", ""","serviceNameMatcher":{"prefix":"shop"}""", "/failed_active_hc" },
            { "200 OK", ""","receive":[{"text":"626f"},{"text":"6479"}]""", "healthy" }, // "bo" "dy"
            { "200 OK", ""","receive":[{"text":"6E6F"}]""", "/failed_active_hc" },
            { "200 OK", ""","receive":[{"binary":"Ym8="}],"responseBufferSize":"2" """, "healthy" },
            { "200 OK", ""","receive":[{"binary":"ZHk="}],"responseBufferSize":"3" """, "/failed_active_hc" }, // cut off
        };

    [Theory, MemberData(nameof(Answers))]
    public void An_answer_decides_about_the_endpoint(string answer, string check, string flags)
    {
        using var server = ScriptedServer.Always($"HTTP/1.1 {answer}\r\ncontent-length: 4\r\n\r\nbody");
        if (answer.StartsWith("204", StringComparison.Ordinal))
            Restart(server, answer, check, flags);
        else
            Expect(server, check, flags);
    }

    [Fact]
    public void A_body_is_sent_where_the_method_has_one()
    {
        var bodies = new BlockingCollection<string>();
        using var server = new ScriptedServer(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is { } head)
                {
                    bodies.Add(head[..5] + ScriptedServer.ReadUntil(socket, "!"));
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/","method":"POST","send":{"text":"70696e6721"} }""",
            Endpoint(server.Port)
        );
        Assert.Equal("POST ping!", bodies.Take(TestContext.Current.CancellationToken));
        _health.WaitForStat("health_check.success", 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_is_kept_where_that_is_wanted(bool reuse)
    {
        using var server = Heads(out _);
        _health.Cluster(
            $$"""{{Fast}},"reuseConnection":{{(reuse ? "true" : "false")}},"httpHealthCheck":{"path":"/"}""",
            Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.success", 5);
        Assert.Equal(reuse, server.Connections == 1);
        // Checks are no traffic.
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.upstream_cx_total"));
    }

    [Fact]
    public void A_kept_connection_that_the_server_closes_is_no_failure()
    {
        using var server = new ScriptedServer(
            static (self, socket, _) =>
            {
                if (self.ReadHead(socket) is null)
                    return;
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                self.ReadHead(socket); // and no answer to the second question
            }
        );
        _health.Cluster($$"""{{Fast}},"httpHealthCheck":{"path":"/"}""", Endpoint(server.Port));
        _health.WaitForStat("health_check.success", 5);
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.failure"));
    }

    [Fact]
    public void An_answer_that_does_not_come_is_a_timeout()
    {
        using var server = new ScriptedServer(
            static (self, socket, _) =>
            {
                self.ReadHead(socket);
                self.ReadHead(socket);
            }
        );
        _health.Cluster(
            """ "timeout":"0.02s","interval":"0.005s","noTrafficInterval":"0.005s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/"}""",
            Endpoint(server.Port)
        );
        _health.WaitForFlags(server.Port, "/failed_active_hc/active_hc_timeout");
        _health.WaitForStat("health_check.network_failure", 2);
    }

    [Fact]
    public void A_port_where_nobody_listens_is_a_failure()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        _health.Cluster($$"""{{Fast}},"httpHealthCheck":{"path":"/"}""", Endpoint(port));
        _health.WaitForFlags(port, "/failed_active_hc");
        _health.WaitForStat("health_check.network_failure", 2);
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.healthy"));
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.membership_healthy"));
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.membership_total"));
    }

    [Fact]
    public void An_endpoint_may_be_asked_at_another_port()
    {
        using var service = ScriptedServer.Always("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
        using var health = Heads(out _);
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/"}""",
            Endpoint(service.Port, $$""","healthCheckConfig":{"portValue":{{health.Port}} }""")
        );
        _health.WaitForFlags(service.Port, "healthy");
        Assert.Equal(0, service.Connections);
    }

    [Fact]
    public void An_endpoint_may_be_left_out()
    {
        using var silent = new ScriptedServer(static (_, _, _) => { });
        using var server = Heads(out _);
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/"}""",
            Endpoint(silent.Port, ""","healthCheckConfig":{"disableActiveHealthCheck":true}""")
                + ","
                + Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.success", 3);
        Assert.Equal("healthy", _health.Flags(silent.Port));
        Assert.Equal(0, silent.Connections);
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.health_check.healthy"));
    }

    [Fact]
    public async Task Checks_speak_http2_where_that_is_wanted()
    {
        await using var server = await EchoUpstream.StartAsync(HttpProtocols.Http2);
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/protocol","codecClientType":"HTTP2","receive":[{"text":"485454502f32"}]}""",
            Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.success", 5);
        Assert.Equal("healthy", _health.Flags(server.Port));
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.failure"));
    }

    [Fact]
    public async Task An_http2_connection_is_not_kept_where_that_is_not_wanted()
    {
        await using var server = await EchoUpstream.StartAsync(HttpProtocols.Http2);
        _health.Cluster(
            $$"""{{Fast}},"reuseConnection":false,"httpHealthCheck":{"path":"/protocol","codecClientType":"HTTP2"}""",
            Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.success", 3);
        Assert.True(_health.Proxy.Stat("cluster.a.http2.goaway_sent") >= 2);
    }

    private static ScriptedServer Heads(out BlockingCollection<string> seen)
    {
        var heads = seen = [];
        return new ScriptedServer(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is { } head)
                {
                    heads.Add(head);
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
    }

    private void Expect(ScriptedServer server, string check, string flags)
    {
        _health.Cluster($$"""{{Fast}},"httpHealthCheck":{"path":"/"{{check}} }""", Endpoint(server.Port));
        _health.WaitForStat("health_check.attempt", 2);
        _health.WaitForFlags(server.Port, flags);
    }

    /// <summary>A 204 has no body, which the table's server would send.</summary>
    private void Restart(ScriptedServer unused, string answer, string check, string flags)
    {
        unused.Dispose();
        using var server = ScriptedServer.Always($"HTTP/1.1 {answer}\r\n\r\n");
        Expect(server, check, flags);
    }
}
