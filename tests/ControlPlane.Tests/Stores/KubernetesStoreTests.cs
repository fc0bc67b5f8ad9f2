// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane.Tests.ResourceApi;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes;
using Lateen.Stores.Kubernetes.Access;

namespace ControlPlane.Tests.Stores;

/// <summary>The store of a cluster, against an API server: ours, which real <c>kubectl</c> takes for one.</summary>
public sealed class KubernetesStoreTests : IAsyncLifetime
{
    private static readonly ObjectScope s_routes = new("networking.istio.io", "virtualservices");

    private RunningApi _api = null!;
    private KubernetesStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await RunningApi.StartAsync();
        _store = new KubernetesStore(
            new ClusterAccess(_api.Address),
            KindCatalogue.All.Where(static kind => kind.Name is "VirtualService" or "DestinationRule" or "Namespace"),
            TimeProvider.System
        );
    }

    [Fact]
    public async Task What_is_created_can_be_found_replaced_and_deleted_by_its_revision()
    {
        var key = Key("reviews");
        var created = await _store.PutAsync(key, Routes("reviews", "a"), expected: 0, Stop);
        Assert.Equal(WriteStatus.Done, created.Status);
        Assert.Equal(WriteStatus.Exists, (await _store.PutAsync(key, Routes("reviews", "a"), 0, Stop)).Status);
        var found = await _store.GetAsync(key, Stop);
        Assert.Equal(("a", created.Object!.Revision), (HostOf(found), found!.Revision));
        Assert.DoesNotContain("resourceVersion", JsonNode.Parse(found.Content.Span)!["metadata"]!.ToJsonString());
        var replaced = await _store.PutAsync(key, Routes("reviews", "b"), found.Revision, Stop);
        Assert.Equal((WriteStatus.Done, "b"), (replaced.Status, HostOf(replaced.Object)));
        var late = await _store.PutAsync(key, Routes("reviews", "c"), found.Revision, Stop);
        Assert.Equal((WriteStatus.Conflict, "b"), (late.Status, HostOf(late.Object)));
        Assert.Equal(WriteStatus.Done, (await _store.PutAsync(key, Routes("reviews", "d"), null, Stop)).Status);
        Assert.Equal(WriteStatus.Conflict, (await _store.DeleteAsync(key, found.Revision, Stop)).Status);
        Assert.Equal(WriteStatus.Done, (await _store.DeleteAsync(key, null, Stop)).Status);
        Assert.Null(await _store.GetAsync(key, Stop));
        Assert.Equal(WriteStatus.NotFound, (await _store.DeleteAsync(key, null, Stop)).Status);
        Assert.Equal(WriteStatus.NotFound, (await _store.PutAsync(key, Routes("reviews", "e"), null, Stop)).Status);
    }

    [Fact]
    public async Task A_list_has_the_kinds_of_its_scope_page_after_page()
    {
        for (var i = 0; i < 7; i++)
            await _store.PutAsync(Key($"r{i}"), Routes($"r{i}", "a"), 0, Stop);
        var page = await _store.ListAsync(s_routes, limit: 4, stop: Stop);
        Assert.Equal(["r0", "r1", "r2", "r3"], page.Objects.Select(static stored => stored.Key.Name));
        var rest = await _store.ListAsync(s_routes, limit: 4, page.Continue, stop: Stop);
        Assert.Equal(["r4", "r5", "r6"], rest.Objects.Select(static stored => stored.Key.Name));
        var all = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Contains(all.Objects, static stored => stored.Key.Plural == "namespaces");
        Assert.Equal(7, all.Objects.Count(static stored => stored.Key.Plural == "virtualservices"));
    }

    [Fact]
    public async Task A_watch_tells_what_came_before_it_began_and_what_comes_then()
    {
        var created = await _store.PutAsync(Key("reviews"), Routes("reviews", "a"), 0, Stop);
        await _store.PutAsync(Key("reviews"), Routes("reviews", "b"), created.Object!.Revision, Stop);
        await using var changes = _store.WatchAsync(s_routes, created.Object.Revision, Stop).GetAsyncEnumerator(Stop);
        Assert.Equal((ChangeKind.Modified, "b"), await NextAsync(changes));
        var next = NextAsync(changes);
        await _store.PutAsync(Key("ratings"), Routes("ratings", "c"), 0, Stop);
        Assert.Equal((ChangeKind.Added, "c"), await next);
        await _store.DeleteAsync(Key("ratings"), null, Stop);
        Assert.Equal((ChangeKind.Deleted, "c"), await NextAsync(changes));
    }

    [Fact]
    public async Task A_server_that_refuses_or_is_gone_is_told_by_name()
    {
        using var nobody = new KubernetesStore(
            new ClusterAccess(new Uri("http://127.0.0.1:1")),
            KindCatalogue.All.Where(static kind => kind.Name == "VirtualService"),
            TimeProvider.System
        );
        var gone = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await nobody.GetAsync(Key("reviews"), Stop)
        );
        Assert.Contains("http://127.0.0.1:1", gone.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await _store.PutAsync(Key("reviews"), Routes("reviews", "a b"), 0, Stop)
        );
        Assert.Contains("LT0210", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _api.DisposeAsync();
    }

    private static ObjectKey Key(string name) => new("networking.istio.io", "virtualservices", "default", name);

    private static ReadOnlyMemory<byte> Routes(string name, string host) =>
        JsonSerializer.SerializeToUtf8Bytes(
            JsonNode.Parse(
                $$$"""
                {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"{{{name}}}","namespace":"default"},
                 "spec":{"hosts":["{{{host}}}"],"http":[{"route":[{"destination":{"host":"a"}}]}]}}
                """
            )
        );

    private static string HostOf(StoredObject? stored) =>
        stored is null ? "" : (string)JsonNode.Parse(stored.Content.Span)!["spec"]!["hosts"]![0]!;

    private static async Task<(ChangeKind, string)> NextAsync(IAsyncEnumerator<ObjectChange> changes)
    {
        Assert.True(await changes.MoveNextAsync());
        return (changes.Current.Kind, HostOf(changes.Current.Object));
    }
}
