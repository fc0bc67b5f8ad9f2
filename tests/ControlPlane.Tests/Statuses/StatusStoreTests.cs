// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.ResourceApi;
using ControlPlane.Tests.Stores;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses.Sharing;
using Lateen.Stores.Etcd;
using Lateen.Stores.Kubernetes;
using Lateen.Stores.Kubernetes.Access;
using Lateen.Stores.Sqlite;

namespace ControlPlane.Tests.Statuses;

/// <summary>Statuses are written wherever objects are kept.</summary>
public class StatusStoreTests
{
    [Fact]
    public async Task Into_a_file()
    {
        var directory = Directory.CreateTempSubdirectory("lateen-status");
        using var store = SqliteStore.Open(Path.Combine(directory.FullName, "store.db"));
        await WriteAsync(store);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Into_a_cluster_through_the_status_alone()
    {
        await using var api = await RunningApi.StartAsync();
        using var store = new KubernetesStore(
            new ClusterAccess(api.Address),
            KindCatalogue.All.Where(static kind =>
                kind.Name is "VirtualService" or "DestinationRule" or "Namespace" or "Service"
            ),
            TimeProvider.System
        );
        await WriteAsync(store);
        var answer = await api.AskAsync("GET", $"{Samples.Routes}/reviews");
        Assert.Equal(1, (int)answer.Json["metadata"]!["generation"]!);
        // Through the subresource, or the API would have left it out.
        Assert.NotNull(answer.Json["status"]!["conditions"]);
    }

    [Fact]
    public async Task Into_etcd_with_the_leases_beside_it()
    {
        using var etcd = new EtcdServer();
        using var store = new EtcdStore(etcd.NewMesh(), TimeProvider.System);
        await EtcdServer.UntilItAnswersAsync(store, TestContext.Current.CancellationToken);
        await WriteAsync(store);
        // Both were given back.
        var leases = await store.ListAsync(Lease.Scope("istio-system"), stop: TestContext.Current.CancellationToken);
        var left = Assert.Single(leases.Objects);
        Assert.Equal(ControlPlanePeers.WriterLease, left.Key.Name);
        Assert.Equal("", Lease.Read(left)!.Holder);
    }

    private static async Task WriteAsync(IResourceStore store)
    {
        await using var plane = await RunningControlPlane.StartAsync(store);
        await plane.ApplyRouteAsync(StatusTests.Route("reviews"));
        await plane.RouteConditionAsync("reviews", "Accepted", "True Accepted");
        await plane.RouteConditionAsync("reviews", "Programmed", "Unknown NoProxies");
    }
}
