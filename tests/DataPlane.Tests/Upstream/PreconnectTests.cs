// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using Lateen.Proxy.Clusters;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Upstream;

/// <summary>
/// <c>preconnect_policy</c>, number by number as Envoy's pool counts: pending and active streams, and what connections that
/// are there or on their way have room for.
/// </summary>
public sealed class PreconnectTests : IDisposable
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string ToA = Overload.Listeners.ToA;
    private const string OneStream =
        """ ,"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{"@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions","explicitHttpConfig":{"http2ProtocolOptions":{"maxConcurrentStreams":1}}}} """;
    private const string ManyStreams =
        """ ,"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{"@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions","explicitHttpConfig":{"http2ProtocolOptions":{}}}} """;

    private readonly ProxyFixture _proxy = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly SemaphoreSlim _heads = new(0);

    public void Dispose()
    {
        _release.Set();
        _proxy.Dispose();
        _heads.Dispose();
        _release.Dispose();
    }

    /// <summary>
    /// One request after the other, none of which is answered: connections after each. Envoy's own cases for 1.5 are these.
    /// </summary>
    public static TheoryData<string, string, int[]> Growth =>
        new()
        {
            { "1.5", "", [2, 3, 5] },
            { "1.5", OneStream, [2, 3, 5] },
            { "1", "", [1, 2, 3] },
            { "1.1", "", [2, 3, 4] },
            { "3", "", [3, 6, 9] },
            { "3", ManyStreams, [1, 1, 1] },
        };

    [Theory, MemberData(nameof(Growth))]
    public void Connections_keep_ahead_of_streams(string ratio, string options, int[] connections)
    {
        using var server = options.Length == 0 ? Holding() : HoldingHttp2();
        Apply(PerUpstream(ratio) + options, server.Port);
        var at = _proxy.Http(ToA);
        var clients = new List<Client>();
        for (var i = 0; i < connections.Length; i++)
        {
            var client = new Client(at);
            clients.Add(client);
            client.Send(Ask);
            Await(_heads);
            _proxy.Settle();
            var load = Load();
            // Without a ratio nobody keeps count.
            Assert.Equal((0, ratio == "1" ? 0 : i + 1), (load.Pending, load.Active));
            if (options != ManyStreams && ratio != "1")
                Assert.Equal(connections[i], load.Active + load.Capacity);
            AwaitConnections(connections[i], server);
        }
        _release.Set();
        foreach (var client in clients)
        {
            Assert.StartsWith("HTTP/1.1 200", client.ReadAnswer(), StringComparison.Ordinal);
            client.Dispose();
        }
        Eventually.True(() => Load() is { Pending: 0, Active: 0 }, "all streams ended");
        Assert.Equal(connections[^1], server.Connections);
    }

    /// <summary>Istio gives clusters 2^30 streams a connection.</summary>
    [Fact]
    public void Room_for_more_streams_than_an_int_holds_is_room()
    {
        var connection = new PoolLoad(0, 0, 1 << 30);
        var load = new PoolLoad(1, 1, 0) + connection + connection + connection;
        Assert.Equal(3L << 30, load.Capacity);
        Assert.False(PreconnectSpec.Wants(load, 3));
    }

    [Fact]
    public void A_stream_takes_the_connection_that_was_opened_for_it()
    {
        using var server = ScriptedServer.Echo();
        Apply(PerUpstream("2"), server.Port);
        using var client = new Client(_proxy.Http(ToA));
        for (var i = 0; i < 20; i++)
            Assert.StartsWith("HTTP/1.1 200", client.Ask(), StringComparison.Ordinal);
        // One is in use while the answer comes, and one more is there.
        AwaitConnections(2, server);
        AwaitLoad(0, 0, 2);
    }

    [Fact]
    public void A_greeting_waits_on_a_connection_that_nobody_has_taken()
    {
        using var server = new ScriptedServer(
            static (_, socket, number) =>
            {
                ScriptedServer.Send(socket, number.ToString(CultureInfo.InvariantCulture));
                socket.Receive(new byte[1]);
            }
        );
        Apply(PerUpstream("2"), server.Port);
        var at = _proxy.Tcp("a");
        using var first = new Client(at);
        using var second = new Client(at);
        var heard = new[] { Hear(first), Hear(second) };
        // Two for the first, and two more for the second, which took what the first had left.
        AwaitConnections(4, server);
        AwaitLoad(0, 2, 2);
        Assert.NotEqual(heard[0], heard[1]);
        first.Dispose();
        second.Dispose();
        Eventually.True(() => Stat("upstream_cx_active") == 2, "connections that were used ended");
        AwaitLoad(0, 0, 2);
    }

    [Fact]
    public void A_connection_whose_server_leaves_is_not_used()
    {
        using var server = new ScriptedServer(
            (_, socket, number) =>
            {
                if (number == 1)
                    return;
                ScriptedServer.Send(socket, "x");
                socket.Receive(new byte[1]);
            }
        );
        Apply(PerUpstream("2"), server.Port);
        var at = _proxy.Tcp("a");
        using var first = new Client(at);
        // Whichever of the two connections is the one that ends: it was either idle, or this one.
        Hear(first);
        Eventually.True(() => Stat("upstream_cx_total") - Stat("upstream_cx_active") == 1, "one connection ended");
        using var second = new Client(at);
        Assert.Equal("x", Hear(second));
    }

    [Fact]
    public void Connections_stay_within_their_limit()
    {
        using var server = Holding();
        Apply(
            PerUpstream("3") + """ ,"circuitBreakers":{"thresholds":[{"maxConnections":1,"maxPendingRequests":1}]} """,
            server.Port
        );
        var at = _proxy.Http(ToA);
        using var first = new Client(at);
        first.Send(Ask);
        Await(_heads);
        Assert.True(Stat("upstream_cx_overflow") > 0);
        using var second = new Client(at);
        second.Send(Ask);
        Eventually.True(() => Load().Pending == 1, "the second waits");
        using var third = new Client(at);
        var refused = third.Ask();
        Assert.StartsWith("HTTP/1.1 503", refused, StringComparison.Ordinal);
        Assert.Contains("x-envoy-overloaded: true", refused, StringComparison.Ordinal);
        Assert.Equal(1, Stat("upstream_rq_pending_overflow"));
        _release.Set();
        Assert.StartsWith("HTTP/1.1 200", first.ReadAnswer(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", second.ReadAnswer(), StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void Who_waits_and_leaves_waits_no_longer()
    {
        using var server = Holding();
        Apply(PerUpstream("2") + """ ,"circuitBreakers":{"thresholds":[{"maxConnections":1}]} """, server.Port);
        var at = _proxy.Http(ToA);
        using var first = new Client(at);
        first.Send(Ask);
        Await(_heads);
        var second = new Client(at);
        second.Send(Ask);
        Eventually.True(() => Load().Pending == 1, "the second waits");
        second.Dispose();
        Eventually.True(() => Load().Pending == 0, "it waits no longer");
        _release.Set();
        Assert.StartsWith("HTTP/1.1 200", first.ReadAnswer(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", first.Ask(), StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void Who_waits_for_a_connection_that_fails_fails_with_it()
    {
        Apply(PerUpstream("2"), FreePorts.Next());
        using var client = new Client(_proxy.Http(ToA));
        Assert.StartsWith("HTTP/1.1 503", client.Ask(), StringComparison.Ordinal);
        Eventually.True(() => Load() == default, "both connections failed");
        Assert.Equal(2, Stat("upstream_cx_connect_fail"));
        // Both were given back.
        Assert.Equal(0, _proxy.Runtime.Current.Clusters["a"].State.DefaultCounts.Connections.Used);
        Assert.Equal(0, _proxy.Runtime.Current.Clusters["a"].State.DefaultCounts.PendingRequests.Used);
    }

    [Fact]
    public void An_endpoint_that_is_not_well_gets_what_is_needed_and_no_more()
    {
        using var server = ScriptedServer.Echo();
        Apply(PerUpstream("3"), """ "healthStatus":"UNHEALTHY" """, server.Port);
        using var client = new Client(_proxy.Http(ToA));
        Assert.StartsWith("HTTP/1.1 200", client.Ask(), StringComparison.Ordinal);
        AwaitLoad(0, 0, 1);
    }

    [Fact]
    public void Prediction_connects_to_the_endpoints_whose_turn_comes_next()
    {
        using var a = Holding();
        using var b = Holding();
        using var c = Holding();
        Apply(""" "preconnectPolicy":{"predictivePreconnectRatio":2} """, a.Port, b.Port, c.Port);
        var at = _proxy.Http(ToA);
        using var first = new Client(at);
        first.Send(Ask);
        Await(_heads);
        _proxy.Settle();
        // One stream that is to come, times two: two endpoints besides the one that it goes to.
        Assert.Equal(new PoolLoad(0, 1, 2), Load());
        AwaitConnections(3, a, b, c);
        Assert.Equal([1, 1, 1], [a.Connections, b.Connections, c.Connections]);
        using var second = new Client(at);
        second.Send(Ask);
        Await(_heads);
        _proxy.Settle();
        // Two times two, of which one is active: three, one more than before the second took its own.
        Assert.Equal(new PoolLoad(0, 2, 2), Load());
        AwaitConnections(4, a, b, c);
        _release.Set();
        Assert.StartsWith("HTTP/1.1 200", first.ReadAnswer(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", second.ReadAnswer(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MAGLEV")]
    [InlineData("LEAST_REQUEST")]
    public void What_cannot_be_predicted_is_not(string policy)
    {
        using var a = ScriptedServer.Echo();
        using var b = ScriptedServer.Echo();
        Apply($$""" "lbPolicy":"{{policy}}","preconnectPolicy":{"predictivePreconnectRatio":3} """, a.Port, b.Port);
        using var client = new Client(_proxy.Http(ToA));
        Assert.StartsWith("HTTP/1.1 200", client.Ask(), StringComparison.Ordinal);
        AwaitLoad(0, 0, 1);
    }

    [Fact]
    public async Task A_warm_pool_allocates_nothing()
    {
        using var server = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
        Apply(""" "preconnectPolicy":{"perUpstreamPreconnectRatio":2,"predictivePreconnectRatio":2} """, server.Port);
        using var client = new Client(_proxy.Http(ToA));
        for (var i = 0; i < 300; i++)
            client.Ask();
        // What requests allocate shows in every batch; what the runtime does now and then does not.
        var least = long.MaxValue;
        for (var batch = 0; batch < Net.Allocations.Batches; batch++)
        {
            var before = await Allocated();
            for (var i = 0; i < 500; i++)
                client.Ask();
            least = Math.Min(least, await Allocated() - before);
        }
        // Asking allocates a little itself; five hundred requests must not add to it.
        Assert.InRange(least, 0, 500);
    }

    private async Task<long> Allocated()
    {
        var bytes = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy.Server.Workers[0].Loop.Post(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread()));
        return await bytes.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    /// <summary>Answers once it is told to.</summary>
    private ScriptedServer Holding() =>
        new(
            (server, socket, _) =>
            {
                while (server.ReadHead(socket) is not null)
                {
                    _heads.Release();
                    _release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                    ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
                }
            }
        );

    private ScriptedServer HoldingHttp2() =>
        RawHttp2Server.Serve(
            (connection, _) =>
            {
                connection.Send(Frames.Settings());
                var streams = new List<uint>();
                while (connection.ReadUntil("HEADERS") is not null)
                {
                    streams.Add(connection.Stream);
                    _heads.Release();
                    if (streams.Count < HeadsFor(connection))
                        continue;
                    _release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                    streams.ForEach(connection.Answer);
                    streams.Clear();
                }
            }
        );

    /// <summary>All three of the growth's requests come on one connection where it admits that.</summary>
    private int HeadsFor(RawHttp2Server _) =>
        _proxy.Runtime.Current.Clusters["a"].Spec.Http2.MaxConcurrentStreams == 1 ? 1 : 3;

    private static string PerUpstream(string ratio) =>
        $$""" "preconnectPolicy":{"perUpstreamPreconnectRatio":{{ratio}}} """;

    private void Apply(string fields, params int[] ports) => Apply(fields, """ "healthStatus":"HEALTHY" """, ports);

    private void Apply(string fields, string endpoint, params int[] ports) =>
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$$"""
                    {"name":"a","type":"STATIC","connectTimeout":"5s",{{{fields}}},"loadAssignment":{"clusterName":"a","endpoints":[{"lbEndpoints":[
                      {{{string.Join(
                        ',',
                        ports.Select(port =>
                            $$$$"""{{{{{endpoint}}}},"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } } } }"""
                        )
                    )}}}]}]}}
                    """
                )
            )
        );

    private PoolLoad Load() => _proxy.Runtime.Current.Clusters["a"].State.Loads[0];

    /// <summary>What it comes to when all is done that the test has asked for.</summary>
    private void AwaitLoad(int pending, int active, int capacity) =>
        Eventually.True(
            () => Load() == new PoolLoad(pending, active, capacity),
            $"the load is {pending} pending, {active} active, and room for {capacity}"
        );

    private long Stat(string name) => _proxy.Stat($"cluster.a.{name}");

    /// <summary>Waits until servers have as many connections, and the proxy none on its way.</summary>
    private void AwaitConnections(int count, params ScriptedServer[] servers) =>
        Eventually.True(
            () => Stat("upstream_cx_total") == count && servers.Sum(static server => server.Connections) == count,
            $"there are {count} connections"
        );

    private static string Hear(Client client)
    {
        var buffer = new byte[16];
        return System.Text.Encoding.Latin1.GetString(buffer, 0, client.Socket.Receive(buffer));
    }

    private static void Await(SemaphoreSlim barrier) =>
        Assert.True(barrier.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
}
