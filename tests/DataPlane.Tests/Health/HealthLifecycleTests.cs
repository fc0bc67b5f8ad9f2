// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using DataPlane.Tests.Server;
using Lateen.Proxy.Clusters;
using Lateen.Xds;
using static DataPlane.Tests.Health.HealthFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Health;

/// <summary>What active checks mean for a cluster: when it is in force, who is served, who stays, who goes.</summary>
public sealed class HealthLifecycleTests : IDisposable
{
    private const string Check = $$"""{{Fast}},"httpHealthCheck":{"path":"/"}""";

    /// <summary>With no traffic yet an endpoint is asked once, and then not again during the test.</summary>
    private const string Once =
        """ "timeout":"5s","interval":"60s","unhealthyThreshold":1,"healthyThreshold":1,"httpHealthCheck":{"path":"/"}""";

    private const string NoPanic = ""","commonLbConfig":{"healthyPanicThreshold":{"value":0} }""";

    private readonly HealthFixture _health = new();
    private readonly ConcurrentDictionary<string, string> _answers = new();

    public void Dispose() => _health.Dispose();

    [Fact]
    public void A_cluster_is_in_force_when_every_endpoint_was_asked_once()
    {
        var gate = new TaskCompletionSource();
        using var first = Server("first");
        using var slow = Gated(gate);
        _health.Cluster(Once, $"{Endpoint(first.Port)},{Endpoint(slow.Port)}");
        HealthFixture.WaitFor(() => _health.Flags(first.Port) == "healthy");
        Assert.Null(_health.InForce);
        Assert.Equal(1, _health.Proxy.Stat("cluster_manager.warming_clusters"));
        Assert.Equal(2, _health.Proxy.Stat("cluster.a.health_check.attempt"));
        gate.SetResult();
        HealthFixture.WaitFor(() => _health.InForce is not null);
        Assert.Equal(0, _health.Proxy.Stat("cluster_manager.warming_clusters"));
        Assert.Equal(2, _health.Proxy.Stat("cluster.a.membership_healthy"));
    }

    [Fact]
    public void A_first_check_that_fails_ends_the_waiting_too()
    {
        using var bad = Server("bad");
        _answers["bad"] = "503 No";
        _health.Cluster(Once, Endpoint(bad.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        Assert.Equal("/failed_active_hc", _health.Flags(bad.Port));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","waitForWarmOnInit":false""", true)]
    public void The_proxy_is_ready_when_its_clusters_are_unless_they_need_not_be(string more, bool ready)
    {
        var gate = new TaskCompletionSource();
        using var slow = Gated(gate);
        _health.Cluster(Once, Endpoint(slow.Port), more);
        _health.Listen();
        Assert.Equal(ready, _health.Proxy.Store.IsReady);
        gate.SetResult();
        HealthFixture.WaitFor(() => _health.Proxy.Store.IsReady);
    }

    [Fact]
    public void The_version_in_force_serves_while_the_next_one_is_asked()
    {
        var gate = new TaskCompletionSource();
        using var old = Server("old");
        using var slow = Gated(gate);
        _health.Cluster(Once, Endpoint(old.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var at = _health.Listen();
        _health.Cluster(Once, Endpoint(slow.Port));
        HealthFixture.WaitFor(() => slow.Connections > 0);
        Assert.EndsWith("old", Ask(at), StringComparison.Ordinal);
        gate.SetResult();
        HealthFixture.WaitFor(() => _health.Flags(slow.Port) == "healthy");
        Assert.Contains("slow", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_endpoints_that_pass_are_served()
    {
        using var good = Server("good");
        using var bad = Server("bad");
        _health.Cluster(Check, $"{Endpoint(good.Port)},{Endpoint(bad.Port)}", NoPanic);
        var at = ListenWhenHealthy(good, bad);
        _answers["bad"] = "503 No";
        _health.WaitForFlags(bad.Port, "/failed_active_hc");
        for (var i = 0; i < 10; i++)
            Assert.EndsWith("good", Ask(at), StringComparison.Ordinal);
        _answers["bad"] = "200 OK";
        _health.WaitForFlags(bad.Port, "healthy");
        HealthFixture.WaitFor(() => Ask(at).EndsWith("bad", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_anybody_who_passes_there_is_no_healthy_upstream_unless_it_panics()
    {
        using var bad = Server("bad");
        _answers["bad"] = "503 No";
        _health.Cluster(Check, Endpoint(bad.Port), NoPanic);
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var at = _health.Listen();
        Assert.Contains("no healthy upstream", Ask(at), StringComparison.Ordinal);
        _health.Cluster(Check, Endpoint(bad.Port));
        HealthFixture.WaitFor(() => _health.InForce!.Spec.PanicThreshold > 0);
        Assert.EndsWith("bad", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void A_degraded_endpoint_serves_when_the_others_do_not()
    {
        using var good = Server("good");
        using var degraded = Server("degraded");
        _answers["degraded"] = "200 OK\r\nx-envoy-degraded: 1";
        _health.Cluster(Check, $"{Endpoint(good.Port)},{Endpoint(degraded.Port)}", NoPanic);
        _health.WaitForFlags(good.Port, "healthy");
        _health.WaitForFlags(degraded.Port, "/degraded_active_hc");
        HealthFixture.WaitFor(() => _health.InForce is not null);
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.membership_degraded"));
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.health_check.degraded"));
        Assert.Equal(2, _health.Proxy.Stat("cluster.a.health_check.healthy"));
        var at = _health.Listen();
        _answers["good"] = "503 No";
        _health.WaitForFlags(good.Port, "/failed_active_hc");
        for (var i = 0; i < 10; i++)
            Assert.EndsWith("degraded", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_priority_serves_when_the_first_one_fails_its_checks()
    {
        using var near = Server("near");
        using var far = Server("far");
        Assert.Empty(
            _health.Proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""
                    {"name":"a","type":"STATIC","healthChecks":[{{{Check}}}],"loadAssignment":{"endpoints":[
                      {"lbEndpoints":[{{Endpoint(near.Port)}}]},{"priority":1,"lbEndpoints":[{{Endpoint(
                        far.Port
                    )}}]}]} }
                    """
                )
            )
        );
        var at = ListenWhenHealthy(near, far);
        for (var i = 0; i < 5; i++)
            Assert.EndsWith("near", Ask(at), StringComparison.Ordinal);
        _answers["near"] = "503 No";
        _health.WaitForFlags(near.Port, "/failed_active_hc");
        for (var i = 0; i < 5; i++)
            Assert.EndsWith("far", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_to_traffic_may_fail_its_endpoint_at_once()
    {
        using var server = Server("server");
        _health.Cluster(Once, Endpoint(server.Port), NoPanic);
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var at = _health.Listen();
        _answers["server"] = "200 OK\r\nx-envoy-immediate-health-check-fail: true";
        Assert.StartsWith("HTTP/1.1 200 ", Ask(at), StringComparison.Ordinal);
        Assert.Equal("/failed_active_hc/excluded_via_immediate_hc_fail", _health.Flags(server.Port));
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.health_check.passive_failure"));
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.membership_excluded"));
        Assert.StartsWith("HTTP/1.1 503 ", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_that_comes_later_joins_unhealthy_and_keeps_nobody_waiting()
    {
        var gate = new TaskCompletionSource();
        using var first = Server("first");
        using var late = Gated(gate);
        _health.EdsCluster(Once, NoPanic);
        _health.Eds(Endpoint(first.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        _health.Eds(Endpoint(first.Port), Endpoint(late.Port));
        Assert.Equal(2, _health.InForce!.Endpoints.Count);
        Assert.Equal("/failed_active_hc", _health.Flags(late.Port));
        Assert.Equal(1, _health.InForce.HealthyCount);
        Assert.Equal(1, _health.Proxy.Stat("cluster.a.membership_change"));
        gate.SetResult();
        _health.WaitForFlags(late.Port, "healthy");
    }

    [Fact]
    public void New_endpoints_need_not_count_before_they_are_asked()
    {
        var gate = new TaskCompletionSource();
        using var first = Server("first");
        using var late = Gated(gate);
        const string More = ""","commonLbConfig":{"ignoreNewHostsUntilFirstHc":true}""";
        _health.EdsCluster(Once, More);
        _health.Eds(Endpoint(first.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var at = _health.Listen();
        // One of three would be below the threshold of a panic.
        using var later = Gated(gate);
        _health.Eds(Endpoint(first.Port), Endpoint(late.Port), Endpoint(later.Port));
        Assert.Equal("/failed_active_hc/pending_active_hc", _health.Flags(late.Port));
        Assert.Equal(2, _health.Proxy.Stat("cluster.a.membership_excluded"));
        for (var i = 0; i < 5; i++)
            Assert.EndsWith("first", Ask(at), StringComparison.Ordinal);
        gate.SetResult();
        _health.WaitForFlags(late.Port, "healthy");
        _health.WaitForFlags(later.Port, "healthy");
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.membership_excluded"));
    }

    [Fact]
    public void An_endpoint_that_discovery_drops_stays_while_it_passes()
    {
        using var stays = Server("stays");
        using var dropped = Server("dropped");
        _health.EdsCluster(Check);
        _health.Eds(Endpoint(stays.Port), Endpoint(dropped.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        _health.WaitForFlags(dropped.Port, "healthy");
        _health.Eds(Endpoint(stays.Port));
        Assert.Equal("/pending_dynamic_removal", _health.Flags(dropped.Port));
        Assert.Equal(2, _health.InForce!.HealthyCount);
        _health.Eds(Endpoint(stays.Port), Endpoint(dropped.Port)); // it was an error
        Assert.Equal("healthy", _health.Flags(dropped.Port));
        _health.Eds(Endpoint(stays.Port));
        _answers["dropped"] = "503 No";
        _health.WaitForFlags(dropped.Port, null);
        Assert.Single(_health.InForce!.Endpoints);
    }

    [Fact]
    public void It_goes_at_once_where_that_is_wanted()
    {
        using var stays = Server("stays");
        using var dropped = Server("dropped");
        _health.EdsCluster(Check, ""","ignoreHealthOnHostRemoval":true""");
        _health.Eds(Endpoint(stays.Port), Endpoint(dropped.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        _health.Eds(Endpoint(stays.Port));
        Assert.Null(_health.Flags(dropped.Port));
    }

    [Fact]
    public void What_is_known_of_an_endpoint_survives_another_version_and_another_check()
    {
        using var server = Server("server");
        _health.Cluster(Once, Endpoint(server.Port));
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var before = _health.InForce!.Endpoints[0].State;
        _health.Cluster(Once, Endpoint(server.Port), ""","lbPolicy":"RANDOM" """);
        HealthFixture.WaitFor(() => _health.InForce!.Spec.Balancer == BalancerKind.Random);
        Assert.Same(before, _health.InForce!.Endpoints[0].State);
        Assert.Equal(2, _health.Proxy.Stat("cluster.a.health_check.success"));
        // Without checks nothing that they found counts any more.
        before.SetFlags(HealthFlags.FailedActiveCheck);
        _health.Proxy.Clusters(server.Port);
        Assert.Equal(HealthFlags.None, before.Flags);
        Assert.Equal(1, _health.InForce!.HealthyCount);
    }

    [Fact]
    public void Nobody_asks_an_endpoint_that_is_gone()
    {
        using var server = Server("server");
        _health.Cluster(Check, Endpoint(server.Port));
        _health.WaitForStat("health_check.success", 2);
        Assert.Empty(_health.Proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster));
        using var other = Server("other");
        _health.Cluster(Check, Endpoint(other.Port));
        var connections = server.Connections;
        _health.WaitForStat("health_check.success", 10);
        Assert.Equal(connections, server.Connections);
    }

    private System.Net.IPEndPoint ListenWhenHealthy(params ScriptedServer[] servers)
    {
        foreach (var server in servers)
            _health.WaitForFlags(server.Port, "healthy");
        HealthFixture.WaitFor(() => _health.InForce is not null);
        return _health.Listen();
    }

    /// <summary>Answers with its name, and the status that the test gives it.</summary>
    private ScriptedServer Server(string name) =>
        new(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is not null)
                    ScriptedServer.Send(
                        socket,
                        $"HTTP/1.1 {_answers.GetValueOrDefault(name, "200 OK")}\r\ncontent-length: {name.Length}\r\n\r\n{name}"
                    );
            }
        );

    /// <summary>Answers nothing before the gate opens.</summary>
    private static ScriptedServer Gated(TaskCompletionSource gate) =>
        new(
            (self, socket, _) =>
            {
                while (self.ReadHead(socket) is not null)
                {
                    gate.Task.Wait(TimeSpan.FromSeconds(20));
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nslow");
                }
            }
        );
}
