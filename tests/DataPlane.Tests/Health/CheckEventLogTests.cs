// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Envoy.Data.Core.V3;
using Google.Protobuf;
using static DataPlane.Tests.Health.HealthFixture;

namespace DataPlane.Tests.Health;

/// <summary>The log of health checks: lines that Envoy's own message can be read from.</summary>
public sealed class CheckEventLogTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly HealthFixture _health = new();
    private string _answer = "200 OK";

    public void Dispose()
    {
        _health.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(
        """
            "eventLogger":[{"name":"file","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink","eventLogPath":"PATH"} }]
            """
    )]
    [InlineData(
        """
            "eventLogPath":"PATH"
            """
    )]
    public void What_changes_is_logged(string sink)
    {
        using var server = Server();
        _health.Cluster(
            $$"""{{Fast}},"httpHealthCheck":{"path":"/"},{{sink.Replace("PATH", _path, StringComparison.Ordinal)}}""",
            $$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{server.Port}} } } } }"""
        );
        _health.WaitForFlags(server.Port, "healthy");
        _answer = "200 OK\r\nx-envoy-degraded: 1";
        _health.WaitForFlags(server.Port, "/degraded_active_hc");
        _answer = "503 No";
        _health.WaitForFlags(server.Port, "/failed_active_hc/degraded_active_hc");
        _answer = "200 OK";
        _health.WaitForFlags(server.Port, "healthy");
        _health.Dispose(); // writes what waits
        var events = Events();
        Assert.Equal(
            ["AddHealthy", "Degraded", "EjectUnhealthy", "AddHealthy", "NoLongerDegraded"],
            events.Select(static one =>
                one.EventCase.ToString()
                    .Replace("HealthyHost", "", StringComparison.Ordinal)
                    .Replace("Host", "", StringComparison.Ordinal)
                    .Replace("Event", "", StringComparison.Ordinal)
            )
        );
        Assert.True(events[0].AddHealthyEvent.FirstCheck);
        Assert.False(events[3].AddHealthyEvent.FirstCheck);
        Assert.All(
            events,
            one =>
            {
                Assert.Equal("a", one.ClusterName);
                Assert.Equal(HealthCheckerType.Http, one.HealthCheckerType);
                Assert.Equal((uint)server.Port, one.Host.SocketAddress.PortValue);
                Assert.Equal("127.0.0.1", one.Host.SocketAddress.Address);
                Assert.InRange(
                    one.Timestamp.ToDateTimeOffset(),
                    DateTimeOffset.UnixEpoch.AddYears(50),
                    DateTimeOffset.MaxValue
                );
            }
        );
        Assert.Equal(HealthCheckFailureType.Active, events[2].EjectUnhealthyEvent.FailureType);
    }

    [Fact]
    public void Everything_is_logged_where_that_is_wanted_and_failures_of_traffic_are_told_apart()
    {
        using var server = Server();
        _health.Cluster(
            $$"""
            "timeout":"5s","interval":"60s","unhealthyThreshold":2,"healthyThreshold":2,"httpHealthCheck":{"path":"/"},
            "alwaysLogHealthCheckFailures":true,"alwaysLogHealthCheckSuccess":true,"eventLogPath":"{{_path}}"
            """,
            Endpoint(server.Port)
        );
        HealthFixture.WaitFor(() => _health.InForce is not null);
        var at = _health.Listen();
        _answer = "200 OK\r\nx-envoy-immediate-health-check-fail: 1";
        Ask(at);
        _health.WaitForFlags(server.Port, "/failed_active_hc/excluded_via_immediate_hc_fail");
        HealthFixture.WaitFor(() => Events().Count == 2); // the writer's interval is a second
        Assert.Equal(HealthCheckFailureType.Passive, Events()[1].EjectUnhealthyEvent.FailureType);
    }

    [Fact]
    public void A_first_failure_is_logged_as_such()
    {
        using var server = Server();
        _answer = "503 No";
        _health.Cluster(
            $$"""
            "timeout":"5s","interval":"60s","unhealthyThreshold":2,"healthyThreshold":2,"tcpHealthCheck":{"receive":[{"text":"00"}],"send":{"text":"0D0A0D0A"} },
            "eventLogPath":"{{_path}}"
            """,
            Endpoint(server.Port)
        );
        server.Dispose();
        _health.WaitForStat("health_check.failure", 1);
        _health.Dispose();
        var failure = Assert.Single(Events());
        Assert.Equal(HealthCheckerType.Tcp, failure.HealthCheckerType);
        Assert.True(failure.HealthCheckFailureEvent.FirstCheck);
        Assert.Equal(HealthCheckFailureType.Network, failure.HealthCheckFailureEvent.FailureType);
    }

    private List<HealthCheckEvent> Events() =>
        File.ReadAllLines(_path).Select(static line => JsonParser.Default.Parse<HealthCheckEvent>(line)).ToList();

    private ScriptedServer Server() =>
        new(
            (self, socket, _) =>
            {
                // One question a connection is enough for TCP, which does not understand the answer.
                while (self.ReadHead(socket) is { } head)
                {
                    if (head.Length == 4)
                        return;
                    ScriptedServer.Send(socket, $"HTTP/1.1 {_answer}\r\ncontent-length: 0\r\n\r\n");
                }
            }
        );
}
