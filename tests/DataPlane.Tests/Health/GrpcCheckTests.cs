// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using DataPlane.Tests.AnyToAny;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static DataPlane.Tests.Health.HealthFixture;

namespace DataPlane.Tests.Health;

/// <summary>Health checks by gRPC, against C-core's server in Python.</summary>
public sealed class GrpcCheckTests : IDisposable
{
    private readonly HealthFixture _health = new();
    private readonly Process _server;
    private readonly int _port;

    public GrpcCheckTests()
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("-B");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Health", "Peers", "health_server.py"));
        _server = Process.Start(start)!;
        _port = int.Parse(Line("port").Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _health.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    [Fact]
    public void A_service_is_well_while_it_says_serving()
    {
        Say("shop.Cart 1");
        Check("\"serviceName\":\"shop.Cart\"");
        Assert.Equal("asked shop.Cart - Envoy", Line("asked"));
        _health.WaitForFlags(_port, "healthy");
        Say("shop.Cart 2");
        _health.WaitForFlags(_port, "/failed_active_hc");
        Say("shop.Cart 1");
        _health.WaitForFlags(_port, "healthy");
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.network_failure"));
    }

    [Theory]
    [InlineData("- 0")] // UNKNOWN
    [InlineData("- 3")] // SERVICE_UNKNOWN
    [InlineData("- !UNIMPLEMENTED")]
    [InlineData("- !UNAVAILABLE")]
    [InlineData("other 1")] // not the one that is asked about
    public void Everything_else_is_a_failure(string says)
    {
        Say(says);
        Check("");
        _health.WaitForStat("health_check.failure", 2);
        Assert.Equal("/failed_active_hc", _health.Flags(_port));
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.network_failure"));
    }

    [Fact]
    public void Metadata_goes_with_the_question()
    {
        Say("- 1");
        Check(
            """
            "initialMetadata":[{"header":{"key":"x-from","value":"%UPSTREAM_CLUSTER%"} }]
            """
        );
        Assert.Equal("asked - a Envoy", Line("asked"));
        _health.WaitForFlags(_port, "healthy");
    }

    [Fact]
    public async Task A_server_that_speaks_no_grpc_has_failed()
    {
        await using var server = await EchoUpstream.StartAsync(HttpProtocols.Http2);
        _health.Cluster($$"""{{Fast}},"grpcHealthCheck":{}""", Endpoint(server.Port));
        _health.WaitForStat("health_check.failure", 2);
        Assert.Equal("/failed_active_hc", _health.Flags(server.Port));
        Assert.Equal(0, _health.Proxy.Stat("cluster.a.health_check.network_failure"));
    }

    private void Check(string fields) =>
        _health.Cluster($$"""{{Fast}},"grpcHealthCheck":{ {{fields}} }""", Endpoint(_port));

    private void Say(string line)
    {
        _server.StandardInput.WriteLine(line);
        _server.StandardInput.Flush();
        Line("told");
    }

    /// <summary>The next line that begins so.</summary>
    private string Line(string start)
    {
        while (_server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)).Result is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line;
        }
        throw new InvalidOperationException($"The server ended before it said \"{start}\".");
    }
}
