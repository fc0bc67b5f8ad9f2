// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text.Json;
using DataPlane.Tests.Server;
using Lateen.Proxy.Admin;
using Lateen.Proxy.Server;

namespace DataPlane.Tests.Admin;

public sealed class AdminTests : IDisposable
{
    private readonly ScriptedServer _upstream = ScriptedServer.Always(
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy"
    );
    private readonly AdminFixture _admin = new();

    public void Dispose()
    {
        _admin.Dispose();
        _upstream.Dispose();
    }

    [Fact]
    public void Ready_follows_the_server()
    {
        Assert.Equal((503, "INITIALIZING\n"), _admin.Get("/ready"));
        _admin.Configure(_upstream.Port);
        Assert.Equal((503, "INITIALIZING\n"), _admin.Get("/ready")); // a cluster still warms
        _admin.Complete();
        Assert.Equal((200, "LIVE\n"), _admin.Get("/ready"));
        Assert.Equal((200, "OK\n"), _admin.Post("/healthcheck/fail"));
        Assert.Equal((503, "FAILED\n"), _admin.Get("/ready"));
        Assert.Equal((200, "OK\n"), _admin.Post("/healthcheck/ok"));
        Assert.Equal((200, "LIVE\n"), _admin.Get("/ready"));
        _admin.Post("/drain_listeners");
        Assert.Equal((503, "DRAINING\n"), _admin.Get("/ready"));
    }

    [Fact]
    public void Server_info_says_who_this_is_and_since_when()
    {
        _admin.Time.Advance(TimeSpan.FromSeconds(90.5));
        var info = Json("/server_info");
        Assert.Equal("1.2.3", info.GetProperty("version").GetString());
        Assert.Equal("INITIALIZING", info.GetProperty("state").GetString());
        Assert.Equal("90.500s", info.GetProperty("uptime_current_epoch").GetString());
        Assert.Equal(
            "sidecar~10.0.0.7~web-1.default~default.svc.cluster.local",
            info.GetProperty("node").GetProperty("id").GetString()
        );
        Assert.Equal(1, info.GetProperty("command_line_options").GetProperty("concurrency").GetInt32());
    }

    [Fact]
    public void Runtime_values_are_shown_and_changed()
    {
        const string Key = "overload.global_downstream_max_connections";
        Assert.Empty(Json("/runtime").GetProperty("entries").EnumerateObject());
        Assert.Equal(405, _admin.Get($"/runtime_modify?{Key}=3").Status);
        Assert.Equal((200, "OK\n"), _admin.Post($"/runtime_modify?{Key}=3"));
        Assert.Equal(3, _admin.Proxy.Overload.State.MaxActiveDownstreamConnections);
        var entry = Json("/runtime").GetProperty("entries").GetProperty(Key);
        Assert.Equal(["", "3"], entry.GetProperty("layer_values").EnumerateArray().Select(layer => layer.GetString()));
        Assert.Equal("3", entry.GetProperty("final_value").GetString());
        Assert.Equal((400, "nothing goes by the key x\n"), _admin.Post($"/runtime_modify?{Key}=4&x=1"));
        Assert.Equal((400, $"{Key}: \"much\" is no number\n"), _admin.Post($"/runtime_modify?{Key}=much"));
        Assert.Equal(3, _admin.Proxy.Overload.State.MaxActiveDownstreamConnections);
        Assert.Equal((200, "OK\n"), _admin.Post($"/runtime_modify?{Key}="));
        Assert.Equal(long.MaxValue, _admin.Proxy.Overload.State.MaxActiveDownstreamConnections);
    }

    [Fact]
    public void Clusters_as_text()
    {
        _admin.Configure(_upstream.Port);
        var lines = _admin.Get("/clusters").Body.Split('\n');
        Assert.Contains("a::observability_name::a", lines);
        Assert.Contains("a::added_via_api::true", lines);
        Assert.Contains($"a::127.0.0.1:{_upstream.Port}::health_flags::healthy", lines);
        Assert.Contains($"a::127.0.0.1:{_upstream.Port}::weight::1", lines);
        Assert.Contains($"a::127.0.0.1:{_upstream.Port}::rq_active::0", lines);
        Assert.DoesNotContain(lines, static line => line.StartsWith("w::", StringComparison.Ordinal)); // not in force
    }

    [Fact]
    public void Clusters_as_json()
    {
        _admin.Configure(_upstream.Port);
        var status = Assert.Single(Json("/clusters?format=json").GetProperty("cluster_statuses").EnumerateArray());
        Assert.Equal("a", status.GetProperty("name").GetString());
        Assert.True(status.GetProperty("added_via_api").GetBoolean());
        var host = Assert.Single(status.GetProperty("host_statuses").EnumerateArray());
        Assert.Equal(
            _upstream.Port,
            host.GetProperty("address").GetProperty("socket_address").GetProperty("port_value").GetInt32()
        );
        Assert.Equal("HEALTHY", host.GetProperty("health_status").GetProperty("eds_health_status").GetString());
    }

    [Fact]
    public void Listeners_as_text_and_json()
    {
        _admin.Configure(_upstream.Port);
        Assert.Equal((200, "in::127.0.0.1:0\nout::127.0.0.1:0\n"), _admin.Get("/listeners"));
        var statuses = Json("/listeners?format=json").GetProperty("listener_statuses").EnumerateArray();
        Assert.Equal(["in", "out"], statuses.Select(static status => status.GetProperty("name").GetString()));
    }

    [Fact]
    public void Stats_can_be_filtered_and_shaped()
    {
        _admin.Configure(_upstream.Port);
        ProxyFixture.Converse(_admin.Proxy.Address("out"), "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n");
        Assert.Equal(
            "cluster.a.upstream_rq_2xx: 1\ncluster.a.upstream_rq_completed: 1\ncluster.a.upstream_rq_total: 1\n",
            _admin.Get("/stats?usedonly&filter=%5Ecluster%5C.a%5C.upstream_rq_(2xx%7Ccompleted%7Ctotal)$").Body
        );
        // The unused ones are there without usedonly, and only then.
        Assert.Contains("cluster.a.upstream_rq_5xx: 0\n", _admin.Get("/stats?filter=rq_5xx").Body);
        Assert.DoesNotContain("rq_5xx", _admin.Get("/stats?usedonly").Body);
        var stat = Assert.Single(
            Json("/stats?format=json&filter=^cluster.a.upstream_rq_2xx$").GetProperty("stats").EnumerateArray()
        );
        Assert.Equal(
            ("cluster.a.upstream_rq_2xx", 1),
            (stat.GetProperty("name").GetString(), stat.GetProperty("value").GetInt32())
        );
        Assert.Contains(
            "envoy_cluster_upstream_rq{response_code_class=\"2xx\",cluster_name=\"a\"} 1\n",
            _admin.Get("/stats?format=prometheus&filter=rq_2xx").Body
        );
        Assert.Equal(400, _admin.Get("/stats?filter=(").Status);
        Assert.Equal(400, _admin.Get("/stats?format=xml").Status);
    }

    [Fact]
    public void The_probe_of_pilot_agent_finds_what_it_looks_for()
    {
        _admin.Configure(_upstream.Port);
        _admin.Complete();
        // status/ready.go of pilot-agent asks exactly this.
        var lines = _admin
            .Get(
                "/stats?usedonly&filter=^(cluster_manager.cds|listener_manager.lds).(update_success|update_rejected)$%7C^(server.state|listener_manager.workers_started)$"
            )
            .Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "cluster_manager.cds.update_success: 1",
                "listener_manager.lds.update_success: 1",
                "listener_manager.workers_started: 1",
                "server.state: 0",
            ],
            lines
        );
    }

    [Fact]
    public void Prometheus_says_its_content_type()
    {
        var answer = _admin.Raw("GET /stats/prometheus HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n", answer);
        Assert.Contains("\n# TYPE envoy_server_live gauge\nenvoy_server_live 0\n", answer);
    }

    [Fact]
    public void Draining_inbound_listeners_leaves_the_others()
    {
        _admin.Configure(_upstream.Port);
        var (inbound, outbound) = (_admin.Proxy.Address("in"), _admin.Proxy.Address("out"));
        Assert.Equal(200, _admin.Post("/drain_listeners?inboundonly").Status);
        Assert.Throws<SocketException>(() => ProxyFixture.Converse(inbound, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.EndsWith(
            "ahoy",
            ProxyFixture.Converse(outbound, "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n")
        );
        // A change of configuration does not open it again.
        _admin.Complete();
        Assert.Null(_admin.Proxy.Server.AddressOf("in"));
        _admin.Post("/drain_listeners");
        _admin.Post("/drain_listeners?inboundonly");
        Assert.Throws<SocketException>(() => ProxyFixture.Converse(outbound, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(
            [new DrainRequest(DrainScope.Inbound, false), new DrainRequest(DrainScope.All, false)],
            _admin.Drains
        );
    }

    [Fact]
    public void A_graceful_drain_is_what_was_asked_for()
    {
        Assert.Equal((400, "skip_exit requires graceful\n"), _admin.Post("/drain_listeners?skip_exit"));
        _admin.Post("/drain_listeners?inboundonly&graceful&skip_exit");
        _admin.Post("/drain_listeners?inboundonly&graceful");
        Assert.Equal((503, "DRAINING\n"), _admin.Get("/ready"));
        _admin.Post("/drain_listeners?graceful");
        Assert.Equal(
            [new DrainRequest(DrainScope.Inbound, true, true), new DrainRequest(DrainScope.All, true)],
            _admin.Drains
        );
    }

    [Theory]
    [InlineData("/quitquitquit")]
    [InlineData("/drain_listeners")]
    [InlineData("/healthcheck/fail")]
    [InlineData("/healthcheck/ok")]
    [InlineData("/reopen_logs")]
    [InlineData("/logging")]
    public void What_changes_something_wants_post(string path)
    {
        Assert.Equal((405, "Method GET not allowed, POST required.\n"), _admin.Get(path));
        Assert.Equal((0, 0), (_admin.Quits, _admin.Drains.Count));
        Assert.Equal(200, _admin.Post(path).Status);
    }

    [Fact]
    public void Quitting_is_asked_for_once_a_call()
    {
        Assert.Equal((200, "OK\n"), _admin.Post("/quitquitquit"));
        Assert.Equal(1, _admin.Quits);
    }

    [Theory]
    [InlineData("", "dns: info", "xds: info")]
    [InlineData("?level=debug", "dns: debug", "xds: debug")]
    [InlineData("?xds=warning", "dns: info", "xds: warning")]
    [InlineData("?paths=dns:error,xds:trace", "dns: error", "xds: debug")]
    public void Levels_of_the_log_can_be_changed(string query, string dns, string xds) =>
        Assert.Equal((200, $"active loggers:\n  {dns}\n  {xds}\n"), _admin.Post($"/logging{query}"));

    [Theory]
    [InlineData("?level=loud", "\"loud\" is no level; write debug, info, warning or error\n")]
    [InlineData("?nobody=info", "there is no logger \"nobody\"\n")]
    [InlineData("?paths=dns:debug,nobody:info", "there is no logger \"nobody\"\n")]
    public void A_bad_level_changes_nothing(string query, string message)
    {
        Assert.Equal((400, message), _admin.Post($"/logging{query}"));
        Assert.Equal("active loggers:\n  dns: info\n  xds: info\n", _admin.Post("/logging").Body);
    }

    [Theory]
    [InlineData("/help")]
    [InlineData("/")]
    public void Help_lists_every_path_and_each_is_served(string path)
    {
        var (status, help) = _admin.Get(path);
        Assert.Equal(200, status);
        var paths = help.Split('\n')
            .Skip(1)
            .Where(static line => line.Length > 0)
            .Select(static line => line.Trim().Split([' ', ':'])[0]);
        Assert.Contains("/config_dump", paths);
        foreach (var listed in paths)
        {
            var answer = _admin.Get(listed).Status;
            Assert.True(answer is 200 or 405 or 503, $"{listed} answers {answer}");
        }
    }

    [Fact]
    public void An_unknown_path_is_404_with_help()
    {
        var (status, body) = _admin.Get("/nonsense");
        Assert.Equal(404, status);
        Assert.StartsWith("invalid path /nonsense. admin commands are:\n", body);
    }

    [Theory]
    [InlineData(AdminRole.Prometheus, "/stats/prometheus", 200)]
    [InlineData(AdminRole.Prometheus, "/config_dump", 404)]
    [InlineData(AdminRole.Readiness, "/healthz/ready", 503)]
    [InlineData(AdminRole.Readiness, "/stats/prometheus", 404)]
    [InlineData(AdminRole.Agent, "/healthz/ready", 503)]
    [InlineData(AdminRole.Agent, "/stats/prometheus", 200)]
    [InlineData(AdminRole.Agent, "/metrics", 200)]
    [InlineData(AdminRole.Agent, "/config_dump", 404)]
    [InlineData(AdminRole.Agent, "/quitquitquit", 405)]
    [InlineData(AdminRole.Admin, "/healthz/ready", 404)]
    public void Each_port_serves_what_it_is_for(AdminRole role, string path, int status) =>
        Assert.Equal(status, _admin.Get(path, role).Status);

    [Fact]
    public void One_connection_serves_many_requests_and_head_has_no_body()
    {
        var answer = _admin.Raw(
            "HEAD /help HTTP/1.1\r\nHost: a\r\n\r\nGET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /ready HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n"
        );
        Assert.Equal(3, answer.Split("HTTP/1.1 ").Length - 1);
        Assert.DoesNotContain("admin commands", answer);
        Assert.Equal(2, answer.Split("INITIALIZING").Length - 1);
    }

    [Fact]
    public void What_is_no_request_ends_the_connection() => Assert.Equal("", _admin.Raw("nonsense\r\n\r\n"));

    private JsonElement Json(string target)
    {
        var (status, body) = _admin.Get(target);
        Assert.Equal(200, status);
        return JsonDocument.Parse(body).RootElement;
    }
}
