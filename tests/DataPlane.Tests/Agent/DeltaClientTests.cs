// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lateen.Xds;
using static DataPlane.Tests.Agent.Resources;
using Peer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DeltaDiscoveryRequest,
    Envoy.Service.Discovery.V3.DeltaDiscoveryResponse
>;

namespace DataPlane.Tests.Agent;

public sealed class DeltaClientTests
{
    [Fact]
    public async Task Clusters_then_endpoints_then_listeners_then_routes()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await server.AcceptDeltaAsync();

        var clusters = await peer.ReadAsync();
        Assert.Equal(TypeUrls.Cluster, clusters.TypeUrl);
        Assert.Equal("sidecar~10.0.0.7~web-1.default~default.svc.cluster.local", clusters.Node.Id);
        Assert.Empty(clusters.ResourceNamesSubscribe);
        Assert.Empty(clusters.InitialResourceVersions);
        Assert.False(client.IsConnected);

        await SendAsync(peer, TypeUrls.Cluster, "1", ("a", EdsCluster("a")), ("b", EdsCluster("b")));
        await AssertAckAsync(peer, TypeUrls.Cluster, "1");
        var endpoints = await peer.ReadAsync();
        Assert.Equal((TypeUrls.Endpoints, ""), (endpoints.TypeUrl, endpoints.ResponseNonce));
        Assert.Equal(["a", "b"], endpoints.ResourceNamesSubscribe);
        Assert.Null(endpoints.Node); // only the first message of a stream carries it
        Assert.True(client.IsConnected);

        // A cluster warms until its endpoints are there, and listeners wait for all clusters.
        await SendAsync(peer, TypeUrls.Endpoints, "2", ("a", Endpoints("a", 81)));
        await AssertAckAsync(peer, TypeUrls.Endpoints, "2");
        Assert.Equal(["a"], client.Runtime.Clusters.Keys);
        await SendAsync(peer, TypeUrls.Endpoints, "3", ("b", Endpoints("b", 82)));
        await AssertAckAsync(peer, TypeUrls.Endpoints, "3");
        var listeners = await peer.ReadAsync();
        Assert.Equal(TypeUrls.Listener, listeners.TypeUrl);
        Assert.Empty(listeners.ResourceNamesSubscribe);

        // A listener warms until its routes are there.
        await SendAsync(peer, TypeUrls.Listener, "4", ("l", Listener("l", "r")));
        await AssertAckAsync(peer, TypeUrls.Listener, "4");
        var routes = await peer.ReadAsync();
        Assert.Equal(TypeUrls.Route, routes.TypeUrl);
        Assert.Equal(["r"], routes.ResourceNamesSubscribe);
        Assert.Empty(client.Runtime.Listeners);
        Assert.False(client.Store.IsReady);

        await SendAsync(peer, TypeUrls.Route, "5", ("r", Routes("r", "a")));
        await AssertAckAsync(peer, TypeUrls.Route, "5");
        Assert.Equal(["l"], client.Runtime.Listeners.Keys);
        Assert.True(client.Store.IsReady);
    }

    [Fact]
    public async Task An_endpoint_set_that_does_not_exist_is_waited_for_no_longer()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", ("a", EdsCluster("a")));
        await ReadAsync(peer, 2);
        await peer.SendAsync(
            new DeltaDiscoveryResponse
            {
                TypeUrl = TypeUrls.Endpoints,
                Nonce = "2",
                RemovedResources = { "a" },
            }
        );
        await AssertAckAsync(peer, TypeUrls.Endpoints, "2");
        Assert.Equal(TypeUrls.Listener, (await peer.ReadAsync()).TypeUrl);
    }

    /// <summary>Clusters that do not come, and endpoints that do not, keep listeners waiting for so long and no longer.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Listeners_are_asked_for_when_what_goes_before_is_given_up(bool hasClusters)
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        client.Store.Start();
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        if (hasClusters)
        {
            await SendAsync(peer, TypeUrls.Cluster, "1", ("a", EdsCluster("a")));
            await ReadAsync(peer, 2);
        }
        client.StoreTime.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(TypeUrls.Listener, (await peer.ReadAsync()).TypeUrl);
        // A stream that comes later asks at once.
        peer.End();
        await client.Time.NextWaitAsync();
        client.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await server.AcceptDeltaAsync();
        Assert.Equal(TypeUrls.Cluster, (await second.ReadAsync()).TypeUrl);
        if (hasClusters)
            Assert.Equal(TypeUrls.Endpoints, (await second.ReadAsync()).TypeUrl);
        Assert.Equal(TypeUrls.Listener, (await second.ReadAsync()).TypeUrl);
    }

    [Fact]
    public async Task A_bad_resource_is_refused_by_name_and_its_last_good_version_stays()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", ("a", DnsCluster("a", "192.0.2.1")));
        await ReadAsync(peer, 2); // the ack, and listeners
        await SendAsync(
            peer,
            TypeUrls.Cluster,
            "2",
            ("a", BadCluster("a")),
            ("b", DnsCluster("b", "192.0.2.2")),
            ("c", BadCluster("c"))
        );
        var nack = await peer.ReadAsync();
        Assert.Equal((TypeUrls.Cluster, "2", 3), (nack.TypeUrl, nack.ResponseNonce, nack.ErrorDetail.Code));
        var lines = nack.ErrorDetail.Message.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("a: ", lines[0]);
        Assert.StartsWith("c: ", lines[1]);
        Assert.Contains("connect_timeout", lines[0]);
        Assert.Contains(
            client.Log.All,
            static line => line.StartsWith("Warn xds: refused Cluster c: ", StringComparison.Ordinal)
        );
        // The good one of the response is in force, and a's first version.
        Assert.Equal(["a", "b"], client.Store.DnsClusters.Select(static cluster => cluster.Name).Order());
        Assert.Equal(
            ["a v1", "b v2"],
            client.Store.Resources.Select(static entry => $"{entry.Resource.Name} v{entry.Resource.Version}").Order()
        );

        // The new stream says the truth about it, so that the server sends the rest again.
        peer.End(StatusCode.Unavailable);
        var again = await ReconnectAsync(server, client);
        var first = await again.ReadAsync();
        Assert.Equal(
            [("a", "1"), ("b", "2")],
            first.InitialResourceVersions.Select(static pair => (pair.Key, pair.Value)).Order()
        );
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_refused()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", ("a", EdsCluster("a")), ("a", EdsCluster("a")));
        Assert.Equal("a: stands twice in one response", (await peer.ReadAsync()).ErrorDetail.Message);
    }

    [Fact]
    public async Task A_type_nobody_asked_for_is_refused()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        await SendAsync(peer, "type.googleapis.com/other.Type", "1", ("x", new Any()));
        var nack = await peer.ReadAsync();
        Assert.Contains("other.Type", nack.ErrorDetail.Message);
        Assert.Equal("type.googleapis.com/other.Type", nack.TypeUrl);
    }

    [Fact]
    public async Task What_nothing_refers_to_any_more_is_unsubscribed()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await ServeAllAsync(server);
        await peer.SendAsync(
            new DeltaDiscoveryResponse
            {
                TypeUrl = TypeUrls.Cluster,
                Nonce = "9",
                RemovedResources = { "a" },
            }
        );
        await AssertAckAsync(peer, TypeUrls.Cluster, "9");
        var change = await peer.ReadAsync();
        Assert.Equal(TypeUrls.Endpoints, change.TypeUrl);
        Assert.Equal(["a"], change.ResourceNamesUnsubscribe);
        Assert.Empty(client.Runtime.Clusters);
    }

    [Fact]
    public async Task A_broken_stream_is_resumed_where_it_was_and_nothing_is_lost_meanwhile()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await ServeAllAsync(server);
        var runtime = client.Runtime;
        peer.End(StatusCode.Unavailable);
        var again = await ReconnectAsync(server, client);
        Assert.False(client.IsConnected);

        // Everything at once: a server that has nothing new may not answer, so that nothing may wait for an answer.
        var requests = await ReadAsync(again, 4);
        Assert.Equal(
            [TypeUrls.Cluster, TypeUrls.Endpoints, TypeUrls.Listener, TypeUrls.Route],
            requests.Select(static request => request.TypeUrl)
        );
        Assert.Equal(
            ["a=1", "a=2", "l=3", "r=4"],
            requests.Select(static request => string.Join(' ', request.InitialResourceVersions.Select(Text)))
        );
        Assert.Equal(
            ["", "a", "", "r"],
            requests.Select(static request => string.Join(' ', request.ResourceNamesSubscribe))
        );
        Assert.Equal([true, false, false, false], requests.Select(static request => request.Node is not null));
        Assert.All(requests, static request => Assert.Equal("", request.ResponseNonce));
        Assert.Same(runtime, client.Runtime);

        // Only what changed comes, and is taken.
        await SendAsync(again, TypeUrls.Route, "5", ("r", Routes("r", "other")));
        await AssertAckAsync(again, TypeUrls.Route, "5");
        Assert.True(client.IsConnected);
        Assert.NotSame(runtime, client.Runtime);
        Assert.True(client.Store.IsReady);
    }

    [Fact]
    public async Task Waits_grow_while_the_server_is_away_and_start_anew_after_a_good_stream()
    {
        var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        var peer = await ServeAllAsync(server);
        await server.DisposeAsync();
        foreach (var seconds in new[] { 0.5, 1, 2, 4, 5 })
        {
            var wait = await client.Time.NextWaitAsync();
            Assert.Equal(seconds, wait.TotalSeconds, tolerance: 0.001);
            Assert.False(client.IsConnected);
            Assert.True(client.Store.IsReady); // it serves on
            client.Time.Advance(wait);
        }
        Assert.Equal(5, (await client.Time.NextWaitAsync()).TotalSeconds, tolerance: 0.001);
        await using var returned = await ScriptedAds.StartAsync(server.Port);
        client.Time.Advance(TimeSpan.FromSeconds(5));
        var again = await returned.AcceptDeltaAsync();
        await ReadAsync(again, 4);
        await SendAsync(again, TypeUrls.Route, "5", ("r", Routes("r", "other")));
        await AssertAckAsync(again, TypeUrls.Route, "5");
        again.End();
        Assert.Equal(0.5, (await client.Time.NextWaitAsync()).TotalSeconds, tolerance: 0.001);
    }

    [Fact]
    public async Task A_stream_that_ends_before_it_brought_anything_is_no_good_stream()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port);
        foreach (var seconds in new[] { 0.5, 1, 2 })
        {
            var peer = await server.AcceptDeltaAsync();
            await peer.ReadAsync();
            peer.End(StatusCode.ResourceExhausted);
            var wait = await client.Time.NextWaitAsync();
            Assert.Equal(seconds, wait.TotalSeconds, tolerance: 0.001);
            client.Time.Advance(wait);
        }
        Assert.Contains(
            client.Log.All,
            static line => line.Contains("ResourceExhausted: scripted; serving on", StringComparison.Ordinal)
        );
    }

    private static string Text(KeyValuePair<string, string> pair) => $"{pair.Key}={pair.Value}";

    private static async Task<Peer> ReconnectAsync(ScriptedAds server, ClientUnderTest client)
    {
        client.Time.Advance(await client.Time.NextWaitAsync());
        return await server.AcceptDeltaAsync();
    }

    /// <summary>A stream on which cluster a, its endpoints, listener l and routes r have come and are acknowledged.</summary>
    private static async Task<Peer> ServeAllAsync(ScriptedAds server)
    {
        var peer = await server.AcceptDeltaAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", ("a", EdsCluster("a")));
        await ReadAsync(peer, 2);
        await SendAsync(peer, TypeUrls.Endpoints, "2", ("a", Endpoints("a", 81)));
        await ReadAsync(peer, 2);
        await SendAsync(peer, TypeUrls.Listener, "3", ("l", Listener("l", "r")));
        await ReadAsync(peer, 2);
        await SendAsync(peer, TypeUrls.Route, "4", ("r", Routes("r", "a")));
        await AssertAckAsync(peer, TypeUrls.Route, "4");
        return peer;
    }

    /// <summary>A response whose nonce, and every resource's version, is <paramref name="version"/>.</summary>
    private static Task SendAsync(Peer peer, string type, string version, params (string Name, Any Body)[] resources)
    {
        var response = new DeltaDiscoveryResponse
        {
            TypeUrl = type,
            Nonce = version,
            SystemVersionInfo = version,
        };
        foreach (var (name, body) in resources)
            response.Resources.Add(
                new Resource
                {
                    Name = name,
                    Version = version,
                    Resource_ = body,
                }
            );
        return peer.SendAsync(response);
    }

    private static async Task AssertAckAsync(Peer peer, string type, string nonce)
    {
        var ack = await peer.ReadAsync();
        Assert.Null(ack.ErrorDetail);
        Assert.Equal((type, nonce), (ack.TypeUrl, ack.ResponseNonce));
        Assert.Empty(ack.ResourceNamesSubscribe); // an ack never alters subscriptions
    }

    private static async Task<List<DeltaDiscoveryRequest>> ReadAsync(Peer peer, int count)
    {
        var requests = new List<DeltaDiscoveryRequest>();
        for (var i = 0; i < count; i++)
            requests.Add(await peer.ReadAsync());
        return requests;
    }
}
