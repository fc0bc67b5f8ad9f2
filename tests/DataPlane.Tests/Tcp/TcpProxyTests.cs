// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Server;
using Lateen.Proxy.Runtime;
using Lateen.Telemetry;
using Lateen.Xds;
using static DataPlane.Tests.Server.ProxyFixture;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Tcp;

/// <summary>The TCP proxy filter in a serving proxy.</summary>
public sealed class TcpProxyTests : IDisposable
{
    private readonly ProxyFixture _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public void Weights_split_connections()
    {
        using var a = Greeting("a");
        using var b = Greeting("b");
        _proxy.Clusters(a.Port, b.Port);
        var at = _proxy.TcpWith(
            """ "weightedClusters":{"clusters":[{"name":"a","weight":3},{"name":"b","weight":1}]} """
        );
        const int Connections = 400;
        var toA = Enumerable.Range(0, Connections).Count(_ => Hear(at) == "a");
        var sigma = Math.Sqrt(Connections * 0.75 * 0.25);
        Assert.InRange(toA, 300 - (4 * sigma), 300 + (4 * sigma));
        Assert.Equal(Connections, a.Connections + b.Connections);
    }

    [Fact]
    public void A_quiet_connection_is_closed()
    {
        using var silent = new ScriptedServer(static (_, socket, _) => socket.Receive(new byte[1]));
        _proxy.Clusters(silent.Port);
        Assert.Equal("", Hear(_proxy.TcpWith(""" "cluster":"a","idleTimeout":"0.05s" """)));
        Assert.Equal(1, Value("tcp.t.idle_timeout"));
        Assert.Equal(0, Value("tcp.t.downstream_cx_active"));
    }

    [Fact]
    public void A_connection_is_closed_when_it_is_old_though_it_is_busy()
    {
        using var busy = new ScriptedServer(
            static (_, socket, _) =>
            {
                while (true)
                {
                    ScriptedServer.Send(socket, ".");
                    socket.Poll(5_000, SelectMode.SelectRead);
                }
            }
        );
        _proxy.Clusters(busy.Port);
        Assert.NotEqual("", Hear(_proxy.TcpWith(""" "cluster":"a","maxDownstreamConnectionDuration":"0.1s" """)));
        Assert.Equal(1, Value("tcp.t.max_downstream_connection_duration"));
    }

    [Theory]
    [InlineData(2, "here", 0)]
    [InlineData(1, null, 1)]
    public void More_attempts_find_the_endpoint_that_answers(int attempts, string? heard, int exceeded)
    {
        using var refusing = new Socket(SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var answering = Greeting("here");
        var dead = ((IPEndPoint)refusing.LocalEndPoint!).Port;
        Cluster($"{Endpoint(dead)},{Endpoint(answering.Port)}");
        var at = _proxy.TcpWith($"\"cluster\":\"a\",\"maxConnectAttempts\":{attempts}");
        // Round robin: of any two connections one begins with the dead endpoint.
        string[] both = [Hear(at), Hear(at)];
        Assert.Contains("here", both);
        Assert.Equal(heard ?? "", both.Order(StringComparer.Ordinal).First());
        Assert.Equal(exceeded, Value("cluster.a.upstream_cx_connect_attempts_exceeded"));
        // With two attempts each, the second connection may begin with the dead endpoint too.
        Assert.InRange(Value("cluster.a.upstream_cx_connect_fail"), 1, attempts);
    }

    [Fact]
    public void The_circuit_breaker_limits_connections()
    {
        using var upstream = new ScriptedServer(
            static (_, socket, _) =>
            {
                ScriptedServer.Send(socket, "hello");
                socket.Receive(new byte[1]);
            }
        );
        Cluster(Endpoint(upstream.Port), ""","circuitBreakers":{"thresholds":[{"maxConnections":1}]}""");
        var at = _proxy.Tcp("a");
        using (var first = Dial(at))
        {
            Assert.Equal("hello", ScriptedServer.ReadUntil(first, "hello"));
            Assert.Equal("", Hear(at));
            Assert.Equal(1, Value("cluster.a.upstream_cx_overflow"));
            Assert.Equal(1, Value("cluster.a.circuit_breakers.default.cx_open"));
        }
        // The first one's place is free once the proxy has seen its end.
        Assert.True(SpinWait.SpinUntil(() => Value("cluster.a.upstream_cx_active") == 0, TimeSpan.FromSeconds(10)));
        using var second = Dial(at);
        Assert.Equal("hello", ScriptedServer.ReadUntil(second, "hello"));
    }

    [Fact]
    public void Endpoints_that_refuse_are_ejected()
    {
        using var refusing = new Socket(SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var answering = Greeting("here");
        Cluster(
            $"{Endpoint(((IPEndPoint)refusing.LocalEndPoint!).Port)},{Endpoint(answering.Port)}",
            ""","outlierDetection":{"consecutive5xx":2,"maxEjectionPercent":50},"commonLbConfig":{"healthyPanicThreshold":{"value":0}}"""
        );
        var at = _proxy.Tcp("a");
        for (var i = 0; i < 4; i++)
            Hear(at);
        Assert.Equal(1, Value("cluster.a.outlier_detection.ejections_active"));
        Assert.Equal(1, Value("cluster.a.membership_healthy"));
        for (var i = 0; i < 4; i++)
            Assert.Equal("here", Hear(at));
    }

    [Fact]
    public void Half_closes_pass_in_both_directions()
    {
        using var upstream = new ScriptedServer(
            static (_, socket, _) =>
            {
                ScriptedServer.Send(socket, "first");
                socket.Shutdown(SocketShutdown.Send);
                var heard = ReadToEnd(socket);
                Assert.Equal("after your end", heard);
            }
        );
        _proxy.Clusters(upstream.Port);
        using var client = Dial(_proxy.Tcp("a"));
        Assert.Equal("first", ReadToEnd(client));
        ScriptedServer.Send(client, "after your end");
        client.Shutdown(SocketShutdown.Send);
        Assert.True(
            SpinWait.SpinUntil(() => Value("tcp.t.downstream_cx_rx_bytes_total") == 14, TimeSpan.FromSeconds(10))
        );
    }

    private void Cluster(string endpoints, string more = "") =>
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""{"name":"a","type":"STATIC","loadAssignment":{"endpoints":[{"lbEndpoints":[{{endpoints}}]}]}{{more}} }"""
                )
            )
        );

    private static string Endpoint(int port) =>
        $$"""{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }""";

    private static ScriptedServer Greeting(string text) => new((_, socket, _) => ScriptedServer.Send(socket, text));

    private static Socket Dial(IPEndPoint at)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(at);
        return socket;
    }

    /// <summary>What a client that says nothing hears until the end.</summary>
    private static string Hear(IPEndPoint at)
    {
        using var client = Dial(at);
        return ReadToEnd(client);
    }

    private long Value(string name)
    {
        var samples = new List<Sample>();
        _proxy.Telemetry.Stats.Collect(_proxy.Runtime.Current, samples);
        return samples.Single(sample => sample.PlainName == name).Value;
    }
}
