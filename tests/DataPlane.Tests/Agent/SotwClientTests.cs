// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lateen.Xds;
using static DataPlane.Tests.Agent.Resources;
using Peer = DataPlane.Tests.Agent.AdsPeer<
    Envoy.Service.Discovery.V3.DiscoveryRequest,
    Envoy.Service.Discovery.V3.DiscoveryResponse
>;

namespace DataPlane.Tests.Agent;

public sealed class SotwClientTests
{
    [Fact]
    public async Task Requests_come_in_order_with_version_nonce_and_all_names()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port, delta: false);
        var peer = await server.AcceptSotwAsync();
        var first = await peer.ReadAsync();
        Assert.NotNull(first.Node);
        Assert.Equal("Cluster v= n= names=", Text(first));

        await SendAsync(peer, TypeUrls.Cluster, "1", EdsCluster("a"), EdsCluster("b"));
        Assert.Equal("Cluster v=1 n=n1 names=", await NextAsync(peer));
        Assert.Equal("ClusterLoadAssignment v= n= names=a,b", await NextAsync(peer));
        await SendAsync(peer, TypeUrls.Endpoints, "2", Endpoints("a", 81));
        Assert.Equal("ClusterLoadAssignment v=2 n=n2 names=a,b", await NextAsync(peer));
        await SendAsync(peer, TypeUrls.Endpoints, "3", Endpoints("b", 82));
        Assert.Equal("ClusterLoadAssignment v=3 n=n3 names=a,b", await NextAsync(peer));
        Assert.Equal("Listener v= n= names=", await NextAsync(peer));
        await SendAsync(peer, TypeUrls.Listener, "4", Listener("l", "r"));
        Assert.Equal("Listener v=4 n=n4 names=", await NextAsync(peer));
        Assert.Equal("RouteConfiguration v= n= names=r", await NextAsync(peer));
        await SendAsync(peer, TypeUrls.Route, "5", Routes("r", "a"));
        Assert.Equal("RouteConfiguration v=5 n=n5 names=r", await NextAsync(peer));
        Assert.True(client.Store.IsReady);

        // An endpoint set that a response leaves out stays: both clusters still have theirs.
        Assert.Equal(["a", "b"], client.Runtime.Clusters.Keys.Order());
    }

    [Fact]
    public async Task Listeners_are_asked_for_when_clusters_are_given_up()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port, delta: false);
        client.Store.Start();
        var peer = await server.AcceptSotwAsync();
        await peer.ReadAsync();
        client.StoreTime.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("Listener v= n= names=", await NextAsync(peer));
    }

    [Fact]
    public async Task A_cluster_that_a_response_leaves_out_is_gone()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port, delta: false);
        var peer = await server.AcceptSotwAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", EdsCluster("a"), EdsCluster("b"));
        await NextAsync(peer);
        await NextAsync(peer);
        await SendAsync(peer, TypeUrls.Cluster, "2", EdsCluster("b"));
        Assert.Equal("Cluster v=2 n=n2 names=", await NextAsync(peer));
        Assert.Equal("ClusterLoadAssignment v= n= names=b", await NextAsync(peer));
    }

    [Fact]
    public async Task A_refusal_names_the_resource_and_the_last_good_version()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port, delta: false);
        var peer = await server.AcceptSotwAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", DnsCluster("a", "192.0.2.1"));
        await NextAsync(peer);
        await NextAsync(peer);
        await SendAsync(peer, TypeUrls.Cluster, "2", BadCluster("a"), DnsCluster("b", "192.0.2.2"));
        var nack = await peer.ReadAsync();
        Assert.Equal("Cluster v=1 n=n2 names=", Text(nack));
        Assert.Equal(3, nack.ErrorDetail.Code);
        Assert.StartsWith("a: ", nack.ErrorDetail.Message);
        Assert.Equal(["a", "b"], client.Store.DnsClusters.Select(static cluster => cluster.Name).Order());
        await SendAsync(peer, TypeUrls.Cluster, "3", DnsCluster("a", "192.0.2.1"));
        Assert.Equal("Cluster v=3 n=n3 names=", await NextAsync(peer));
    }

    [Fact]
    public async Task A_new_stream_says_the_last_version_and_no_nonce()
    {
        await using var server = await ScriptedAds.StartAsync();
        await using var client = new ClientUnderTest(server.Port, delta: false);
        var peer = await server.AcceptSotwAsync();
        await peer.ReadAsync();
        await SendAsync(peer, TypeUrls.Cluster, "1", EdsCluster("a"));
        await NextAsync(peer);
        await NextAsync(peer);
        await SendAsync(peer, TypeUrls.Endpoints, "2", Endpoints("a", 81));
        await NextAsync(peer);
        await NextAsync(peer);
        peer.End(StatusCode.Unavailable);
        client.Time.Advance(await client.Time.NextWaitAsync());
        var again = await server.AcceptSotwAsync();
        var first = await again.ReadAsync();
        Assert.NotNull(first.Node);
        Assert.Equal("Cluster v=1 n= names=", Text(first));
        Assert.Equal("ClusterLoadAssignment v=2 n= names=a", await NextAsync(again));
        Assert.Equal("Listener v= n= names=", await NextAsync(again));
    }

    private static async Task<string> NextAsync(Peer peer)
    {
        var request = await peer.ReadAsync();
        Assert.Null(request.ErrorDetail);
        Assert.Null(request.Node);
        return Text(request);
    }

    private static string Text(DiscoveryRequest request) =>
        $"{request.TypeUrl[(request.TypeUrl.LastIndexOf('.') + 1)..]} v={request.VersionInfo} n={request.ResponseNonce} "
        + $"names={string.Join(',', request.ResourceNames)}";

    private static Task SendAsync(Peer peer, string type, string version, params Any[] resources) =>
        peer.SendAsync(
            new DiscoveryResponse
            {
                TypeUrl = type,
                VersionInfo = version,
                Nonce = $"n{version}",
                Resources = { resources },
            }
        );
}
