// SPDX-License-Identifier: Apache-2.0
using Lateen.Discovery;
using Lateen.Xds;

namespace ControlPlane.Tests.Discovery;

/// <summary>The server's rules in the state-of-the-world variant, one by one.</summary>
public sealed class SotwTests : IAsyncLifetime
{
    private AdsServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AdsServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Clusters_and_listeners_are_always_whole_sets()
    {
        _server.Source.Set(clusters: "a=1 b=1", listeners: "l=1 m=1");
        using var stream = new SotwStream(_server);
        Assert.Equal("a b", SotwStream.Text(await stream.AskAsync(TypeUrls.Cluster)));
        Assert.Equal("l m", SotwStream.Text(await stream.AskAsync(TypeUrls.Listener)));
        _server.Source.Set(clusters: "a=1 c=1", listeners: "l=2 m=1");
        _server.Push();
        Assert.Equal("a c", SotwStream.Text(await stream.NextAsync()));
        Assert.Equal("l m", SotwStream.Text(await stream.NextAsync()));
    }

    [Fact]
    public async Task Listeners_by_name_are_the_whole_set_of_those_names()
    {
        _server.Source.Set(listeners: "l=1 m=1 n=1");
        using var stream = new SotwStream(_server);
        Assert.Equal("l m", SotwStream.Text(await stream.AskAsync(TypeUrls.Listener, "l", "m")));
        _server.Source.Set(listeners: "l=1 m=2 n=2");
        _server.Push();
        Assert.Equal("l m", SotwStream.Text(await stream.NextAsync()));
    }

    [Fact]
    public async Task Of_endpoints_and_routes_only_what_changed_is_sent()
    {
        _server.Source.Set(endpoints: "a=1 b=1", routes: "r=1 s=1");
        using var stream = new SotwStream(_server);
        await stream.AskAsync(TypeUrls.Endpoints, "a", "b");
        await stream.AskAsync(TypeUrls.Route, "r", "s");
        _server.Source.Set(endpoints: "a=1 b=2", routes: "r=2 s=1");
        _server.Push();
        Assert.Equal("b", SotwStream.Text(await stream.NextAsync()));
        Assert.Equal("r", SotwStream.Text(await stream.NextAsync()));
    }

    [Fact]
    public async Task An_acknowledgement_is_recorded_and_not_answered()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new SotwStream(_server);
        var response = await stream.AskAsync(TypeUrls.Cluster);
        await stream.SendAsync(TypeUrls.Cluster, response);
        await stream.ExpectNothingAsync();
        Assert.True(Status(TypeUrls.Cluster).IsSynced);
    }

    [Fact]
    public async Task A_refusal_is_kept_with_its_words_and_answered_by_the_next_change_only()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new SotwStream(_server);
        await stream.NackAsync(await stream.AskAsync(TypeUrls.Cluster), "a: no such policy");
        _server.Push();
        await stream.ExpectNothingAsync();
        Assert.Equal("a: no such policy", Status(TypeUrls.Cluster).LastError);
        _server.Source.Set(clusters: "a=2");
        _server.Push();
        await stream.SendAsync(TypeUrls.Cluster, await stream.NextAsync());
        await stream.ExpectNothingAsync();
        Assert.True(Status(TypeUrls.Cluster).IsSynced);
    }

    [Fact]
    public async Task Added_names_are_answered_alone()
    {
        _server.Source.Set(endpoints: "a=1 b=1");
        using var stream = new SotwStream(_server);
        var response = await stream.AskAsync(TypeUrls.Endpoints, "a");
        await stream.SendAsync(TypeUrls.Endpoints, response, "a", "b");
        Assert.Equal("b", SotwStream.Text(await stream.NextAsync()));
    }

    [Fact]
    public async Task Dropped_names_are_not_answered_and_hear_no_more()
    {
        _server.Source.Set(endpoints: "a=1 b=1");
        using var stream = new SotwStream(_server);
        var response = await stream.AskAsync(TypeUrls.Endpoints, "a", "b");
        await stream.SendAsync(TypeUrls.Endpoints, response, "b");
        await stream.ExpectNothingAsync();
        await stream.SendAsync(TypeUrls.Endpoints, response);
        await stream.ExpectNothingAsync();
        _server.Source.Set(endpoints: "a=2 b=2");
        _server.Push();
        await stream.ExpectNothingAsync();
        Assert.Empty(Status(TypeUrls.Endpoints).Names);
    }

    [Fact]
    public async Task An_old_nonce_is_ignored_with_its_names()
    {
        _server.Source.Set(endpoints: "a=1 b=1");
        using var stream = new SotwStream(_server);
        var first = await stream.AskAsync(TypeUrls.Endpoints, "a");
        _server.Source.Set(endpoints: "a=2 b=1");
        _server.Push();
        await stream.NextAsync();
        await stream.SendAsync(TypeUrls.Endpoints, first, "a", "b");
        await stream.ExpectNothingAsync();
        Assert.Equal(["a"], Status(TypeUrls.Endpoints).Names);
        Assert.Equal("", Status(TypeUrls.Endpoints).AckedNonce);
    }

    [Fact]
    public async Task A_request_without_a_nonce_starts_anew()
    {
        _server.Source.Set(endpoints: "a=1");
        using var stream = new SotwStream(_server);
        await stream.AskAsync(TypeUrls.Endpoints, "a");
        Assert.Equal("a", SotwStream.Text(await stream.AskAsync(TypeUrls.Endpoints, "a")));
    }

    [Fact]
    public async Task A_changed_cluster_gets_its_endpoints_again()
    {
        _server.Source.Set(clusters: "a=1 b=1", endpoints: "a=1 b=1");
        using var stream = new SotwStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        await stream.AskAsync(TypeUrls.Endpoints, "a", "b");
        _server.Source.Set(clusters: "a=2 b=1", endpoints: "a=1 b=1");
        _server.Push();
        Assert.Equal("a b", SotwStream.Text(await stream.NextAsync()));
        Assert.Equal("a", SotwStream.Text(await stream.NextAsync()));
    }

    [Fact]
    public async Task Asking_for_clusters_anew_brings_their_endpoints_along()
    {
        _server.Source.Set(clusters: "a=1", endpoints: "a=1");
        using var stream = new SotwStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        await stream.AskAsync(TypeUrls.Endpoints, "a");
        await stream.AskAsync(TypeUrls.Cluster);
        Assert.Equal(TypeUrls.Endpoints, (await stream.NextAsync()).TypeUrl);
    }

    private WatchStatus Status(string typeUrl) =>
        Assert.Single(_server.Registry.Connections).Status.Single(watch => watch.TypeUrl == typeUrl);
}
