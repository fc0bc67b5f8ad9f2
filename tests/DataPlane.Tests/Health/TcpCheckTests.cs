// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Health.HealthFixture;

namespace DataPlane.Tests.Health;

/// <summary>Health checks over TCP.</summary>
public sealed class TcpCheckTests : IDisposable
{
    private readonly HealthFixture _health = new();

    public void Dispose() => _health.Dispose();

    [Fact]
    public void A_connection_may_be_all_that_is_asked_for()
    {
        using var server = new ScriptedServer(static (_, socket, _) => ScriptedServer.ReadUntil(socket, "never"));
        _health.Cluster($$"""{{Fast}},"tcpHealthCheck":{}""", Endpoint(server.Port));
        _health.WaitForStat("health_check.success", 3);
        Assert.Equal("healthy", _health.Flags(server.Port));
        HealthFixture.WaitFor(() => server.Connections >= 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_are_sent_and_compared(bool reuse)
    {
        using var server = Ponger("+PONG\r\n");
        _health.Cluster(
            $$"""{{Fast}},"reuseConnection":{{(reuse ? "true" : "false")}},"tcpHealthCheck":{"send":{"text":"50494e470a"},"receive":[{"text":"50"},{"text":"4E47"}]}""",
            Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.success", 4);
        Assert.Equal("healthy", _health.Flags(server.Port));
        Assert.Equal(reuse, server.Connections == 1);
    }

    [Fact]
    public void Other_bytes_are_waited_upon_in_vain()
    {
        using var server = Ponger("-ERR\r\n");
        _health.Cluster(
            """ "timeout":"0.02s","interval":"0.005s","noTrafficInterval":"0.005s","unhealthyThreshold":1,"healthyThreshold":1,"tcpHealthCheck":{"send":{"text":"50494e470a"},"receive":[{"text":"504F4E47"}]}""",
            Endpoint(server.Port)
        );
        _health.WaitForFlags(server.Port, "/failed_active_hc/active_hc_timeout");
    }

    [Fact]
    public void A_server_that_hangs_up_has_failed()
    {
        using var server = new ScriptedServer(static (_, socket, _) => ScriptedServer.ReadUntil(socket, "\n"));
        _health.Cluster(
            $$"""{{Fast}},"tcpHealthCheck":{"send":{"text":"0A"},"receive":[{"text":"504F4E47"}]}""",
            Endpoint(server.Port)
        );
        _health.WaitForStat("health_check.network_failure", 2);
        Assert.Equal("/failed_active_hc", _health.Flags(server.Port));
    }

    [Fact]
    public void A_header_of_the_proxy_protocol_goes_first()
    {
        var seen = new BlockingCollection<string?>();
        using var server = new ScriptedServer(
            (_, socket, _) =>
            {
                seen.Add(ScriptedServer.ReadUntil(socket, "\r\n"));
                ScriptedServer.Send(socket, "OK");
                ScriptedServer.ReadUntil(socket, "never");
            }
        );
        _health.Cluster(
            $$"""{{Fast}},"tcpHealthCheck":{"proxyProtocolConfig":{},"receive":[{"text":"4F4B"}]}""",
            Endpoint(server.Port)
        );
        Assert.Equal("PROXY UNKNOWN\r\n", seen.Take(TestContext.Current.CancellationToken));
        _health.WaitForFlags(server.Port, "healthy");
    }

    private static ScriptedServer Ponger(string answer) =>
        new(
            (_, socket, _) =>
            {
                while (ScriptedServer.ReadUntil(socket, "PING\n") is not null)
                    ScriptedServer.Send(socket, answer);
            }
        );
}
