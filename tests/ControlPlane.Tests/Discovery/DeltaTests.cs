// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Route.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Lateen.Discovery;
using Lateen.Xds;

namespace ControlPlane.Tests.Discovery;

/// <summary>The server's rules in the incremental variant, one by one.</summary>
public sealed class DeltaTests : IAsyncLifetime
{
    private AdsServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AdsServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wildcard_subscription_gets_everything_with_versions()
    {
        _server.Source.Set(clusters: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        var response = await stream.AskAsync(TypeUrls.Cluster);
        Assert.Equal("a=1 b=1", DeltaStream.Text(response.Resources));
        using var other = new DeltaStream(_server);
        Assert.Equal("a=1 b=1", DeltaStream.Text((await other.AskAsync(TypeUrls.Cluster, "*")).Resources));
    }

    [Fact]
    public async Task A_subscription_by_name_gets_only_the_named()
    {
        _server.Source.Set(clusters: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        Assert.Equal("b=1", DeltaStream.Text((await stream.AskAsync(TypeUrls.Cluster, "b")).Resources));
        _server.Source.Set(clusters: "a=2 b=1");
        _server.Push();
        await stream.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_name_that_there_is_not_is_told_as_removed_and_only_once()
    {
        using var stream = new DeltaStream(_server);
        var response = await stream.AskAsync(TypeUrls.Cluster, "nowhere");
        Assert.Equal(["nowhere"], response.RemovedResources);
        _server.Push();
        await stream.ExpectNothingAsync();
    }

    [Fact]
    public async Task Endpoints_and_routes_that_there_are_not_are_empty_ones()
    {
        using var stream = new DeltaStream(_server);
        var endpoints = Assert.Single((await stream.AskAsync(TypeUrls.Endpoints, "nowhere")).Resources);
        var assignment = ClusterLoadAssignment.Parser.ParseFrom(endpoints.Resource_.Value);
        Assert.Equal(("nowhere", 0), (assignment.ClusterName, assignment.Endpoints.Count));
        var routes = Assert.Single((await stream.AskAsync(TypeUrls.Route, "http_proxy")).Resources);
        var configuration = RouteConfiguration.Parser.ParseFrom(routes.Resource_.Value);
        Assert.Equal(("http_proxy", 0), (configuration.Name, configuration.VirtualHosts.Count));
    }

    [Fact]
    public async Task An_acknowledgement_is_recorded_and_not_answered()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new DeltaStream(_server);
        var response = await stream.AskAsync(TypeUrls.Cluster);
        await stream.ExpectNothingAsync();
        Assert.False(Status(TypeUrls.Cluster).IsSynced);
        await stream.AckAsync(response);
        await stream.ExpectNothingAsync();
        var status = Status(TypeUrls.Cluster);
        Assert.True(status.IsSynced);
        Assert.Equal(response.Nonce, status.AckedNonce);
    }

    [Fact]
    public async Task A_refusal_is_kept_with_its_words_and_answered_by_the_next_change_only()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new DeltaStream(_server);
        await stream.NackAsync(await stream.AskAsync(TypeUrls.Cluster), "a: no such policy");
        await stream.ExpectNothingAsync();
        Assert.Equal(
            ("a: no such policy", ""),
            (Status(TypeUrls.Cluster).LastError, Status(TypeUrls.Cluster).AckedNonce)
        );
        Assert.Equal(1, _server.Registry.Metrics.Rejections[TypeUrls.Cluster]);
        _server.Push();
        await stream.ExpectNothingAsync();
        _server.Source.Set(clusters: "a=2");
        _server.Push();
        var corrected = await stream.NextAsync();
        Assert.Equal("a=2", DeltaStream.Text(corrected.Resources));
        await stream.AckAsync(corrected);
        await stream.ExpectNothingAsync();
        Assert.Equal("", Status(TypeUrls.Cluster).LastError);
    }

    [Fact]
    public async Task An_old_nonce_acknowledges_nothing_but_its_subscriptions_count()
    {
        _server.Source.Set(endpoints: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        var first = await stream.AskAsync(TypeUrls.Endpoints, "a");
        _server.Source.Set(endpoints: "a=2 b=1");
        _server.Push();
        await stream.NextAsync();
        await stream.AckAsync(first);
        await stream.ExpectNothingAsync();
        Assert.Equal("", Status(TypeUrls.Endpoints).AckedNonce);
        await stream.SendAsync(
            new DeltaDiscoveryRequest
            {
                TypeUrl = TypeUrls.Endpoints,
                ResponseNonce = first.Nonce,
                ResourceNamesSubscribe = { "b" },
            }
        );
        Assert.Equal("b=1", DeltaStream.Text((await stream.NextAsync()).Resources));
    }

    [Fact]
    public async Task Added_names_are_answered_alone_and_dropped_ones_hear_no_more()
    {
        _server.Source.Set(endpoints: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Endpoints, "a");
        Assert.Equal("b=1", DeltaStream.Text((await stream.AskAsync(TypeUrls.Endpoints, "b")).Resources));
        await stream.UnsubscribeAsync(TypeUrls.Endpoints, "a");
        await stream.ExpectNothingAsync();
        _server.Source.Set(endpoints: "a=2 b=2");
        _server.Push();
        Assert.Equal("b=2", DeltaStream.Text((await stream.NextAsync()).Resources));
    }

    [Fact]
    public async Task Who_asks_again_for_a_name_gets_it_again()
    {
        _server.Source.Set(endpoints: "a=1");
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Endpoints, "a");
        Assert.Equal("a=1", DeltaStream.Text((await stream.AskAsync(TypeUrls.Endpoints, "a")).Resources));
    }

    [Fact]
    public async Task A_wildcard_can_be_given_up_and_taken_up()
    {
        _server.Source.Set(clusters: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        await stream.UnsubscribeAsync(TypeUrls.Cluster, "*");
        await stream.ExpectNothingAsync();
        _server.Source.Set(clusters: "a=2 b=1");
        _server.Push();
        await stream.ExpectNothingAsync();
        Assert.Equal("a=2 b=1", DeltaStream.Text((await stream.AskAsync(TypeUrls.Cluster, "*")).Resources));
    }

    [Fact]
    public async Task Subscribing_and_unsubscribing_all_at_once_means_nothing_yet()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new DeltaStream(_server);
        await stream.SendAsync(
            new DeltaDiscoveryRequest
            {
                TypeUrl = TypeUrls.Cluster,
                ResourceNamesSubscribe = { "*" },
                ResourceNamesUnsubscribe = { "*" },
            }
        );
        Assert.Empty((await stream.NextAsync()).Resources);
        Assert.Equal("a=1", DeltaStream.Text((await stream.AskAsync(TypeUrls.Cluster, "a")).Resources));
    }

    [Fact]
    public async Task A_push_has_what_changed_and_names_what_is_gone()
    {
        _server.Source.Set(clusters: "a=1 b=1 c=1");
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        _server.Source.Set(clusters: "a=1 b=2 d=1");
        _server.Push();
        var response = await stream.NextAsync();
        Assert.Equal("b=2 d=1", DeltaStream.Text(response.Resources));
        Assert.Equal(["c"], response.RemovedResources);
    }

    [Fact]
    public async Task A_push_goes_clusters_endpoints_listeners_routes()
    {
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Route, "r");
        await stream.AskAsync(TypeUrls.Listener);
        await stream.AskAsync(TypeUrls.Endpoints, "a");
        await stream.AskAsync(TypeUrls.Cluster);
        _server.Source.Set(clusters: "a=1", endpoints: "a=1", listeners: "l=1", routes: "r=1");
        _server.Push();
        var order = new List<string>();
        for (var i = 0; i < 4; i++)
            order.Add((await stream.NextAsync()).TypeUrl);
        Assert.Equal([TypeUrls.Cluster, TypeUrls.Endpoints, TypeUrls.Listener, TypeUrls.Route], order);
    }

    [Fact]
    public async Task A_changed_cluster_gets_its_endpoints_again_and_others_do_not()
    {
        _server.Source.Set(clusters: "a=1 b=1", endpoints: "a=1 b=1");
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        await stream.AskAsync(TypeUrls.Endpoints, "a", "b");
        _server.Source.Set(clusters: "a=2 b=1", endpoints: "a=1 b=1");
        _server.Push();
        Assert.Equal("a=2", DeltaStream.Text((await stream.NextAsync()).Resources));
        Assert.Equal("a=1", DeltaStream.Text((await stream.NextAsync()).Resources));
        await stream.ExpectNothingAsync();
    }

    [Fact]
    public async Task Who_comes_back_gets_what_changed_meanwhile()
    {
        _server.Source.Set(clusters: "a=1 b=2 d=1");
        using var stream = new DeltaStream(_server);
        await stream.SendAsync(
            new DeltaDiscoveryRequest
            {
                TypeUrl = TypeUrls.Cluster,
                InitialResourceVersions =
                {
                    ["a"] = "1",
                    ["b"] = "1",
                    ["c"] = "1",
                },
            }
        );
        var response = await stream.NextAsync();
        Assert.Equal("b=2 d=1", DeltaStream.Text(response.Resources));
        Assert.Equal(["c"], response.RemovedResources);
    }

    [Fact]
    public async Task Who_comes_from_a_server_without_versions_gets_everything()
    {
        _server.Source.Set(clusters: "a=1");
        using var stream = new DeltaStream(_server);
        await stream.SendAsync(
            new DeltaDiscoveryRequest
            {
                TypeUrl = TypeUrls.Cluster,
                InitialResourceVersions = { ["a"] = "", ["b"] = "" },
            }
        );
        var response = await stream.NextAsync();
        Assert.Equal("a=1", DeltaStream.Text(response.Resources));
        Assert.Equal(["b"], response.RemovedResources);
    }

    [Fact]
    public async Task Changes_that_come_during_a_push_become_one_more()
    {
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        using var entered = new SemaphoreSlim(0);
        using var free = new SemaphoreSlim(0);
        _server.Source.BeforeAnswer = () =>
        {
            entered.Release();
            free.Wait(TestContext.Current.CancellationToken);
        };
        var before = _server.Source.Asked;
        _server.Push();
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        _server.Source.Set(clusters: "a=1");
        for (var i = 0; i < 100; i++)
            _server.Push();
        _server.Source.BeforeAnswer = null;
        free.Release();
        Assert.Equal("a=1", DeltaStream.Text((await stream.NextAsync()).Resources));
        await stream.ExpectNothingAsync();
        // One that was under way, one for the hundred, one for the barrier.
        Assert.Equal(3, _server.Source.Asked - before);
    }

    [Fact]
    public async Task A_report_of_health_is_no_subscription()
    {
        using var stream = new DeltaStream(_server);
        await stream.SubscribeAsync("type.googleapis.com/istio.v1.HealthInformation");
        await stream.ExpectNothingAsync();
    }

    public static TheoryData<Node?, string> BadNodes =>
        new()
        {
            { new Node(), "missing node information" },
            {
                new Node { Id = "reviews" },
                "has 1 parts"
            },
            {
                new Node { Id = "ztunnel~127.0.0.1~a.b~b.svc.cluster.local" },
                "serves sidecar and router"
            },
        };

    [Theory]
    [MemberData(nameof(BadNodes))]
    public async Task A_proxy_that_says_not_who_it_is_is_sent_away(Node? node, string message)
    {
        using var stream = new DeltaStream(_server);
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Cluster, Node = node });
        var status = await stream.EndAsync();
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains(message, status.Detail, StringComparison.Ordinal);
        Assert.Empty(_server.Registry.Connections);
    }

    [Fact]
    public async Task A_control_plane_that_stops_says_so()
    {
        using var stream = new DeltaStream(_server);
        await stream.AskAsync(TypeUrls.Cluster);
        var stopping = _server.StopAsync();
        // Behind its answer the server resets the stream, whose requests have no end; .NET's client may tell of that instead.
        var status = (await stream.EndAsync()).StatusCode;
        Assert.True(status is StatusCode.Unavailable or StatusCode.Internal, status.ToString());
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private WatchStatus Status(string typeUrl) =>
        Assert.Single(_server.Registry.Connections).Status.Single(watch => watch.TypeUrl == typeUrl);
}
