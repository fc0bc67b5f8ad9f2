// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace ControlPlane.Tests.Clusters;

/// <summary>The store of a cluster against a server that does what a kube-apiserver does on its bad days.</summary>
public sealed partial class ClusterStoreTests : IAsyncLifetime
{
    private static readonly KindSchema s_routes = ScriptedCluster.Kind("VirtualService");
    private static readonly KindSchema s_rules = ScriptedCluster.Kind("DestinationRule");
    private static readonly KindSchema s_gateways = ScriptedCluster.Kind("Gateway");

    private readonly SteppedClock _clock = new();
    private readonly ConcurrentQueue<string> _warnings = [];
    private ScriptedCluster _cluster = null!;
    private KubernetesStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await ScriptedCluster.StartAsync("VirtualService", "DestinationRule");
        _store = new KubernetesStore(_cluster.Access, [s_routes, s_rules], _clock);
        _store.Warned += _warnings.Enqueue;
    }

    [Fact]
    public async Task Watches_share_one_connection_of_http2_and_begin_where_each_list_ended()
    {
        Put(s_routes, "reviews", "a");
        // Between the lists of the two kinds: the second one has it, so that its watch must not tell of it.
        _cluster.Script = (request, _) =>
        {
            if (request is { Verb: "list", Plural: "destinationrules" })
            {
                Put(s_rules, "gone", "a");
                _cluster.Objects.Remove(s_rules, "gone");
                Put(s_rules, "stays", "a");
            }
            return Task.FromResult(false);
        };
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        _cluster.Script = static (_, _) => Task.FromResult(false);
        Assert.Equal(["stays", "reviews"], page.Objects.Select(static stored => stored.Key.Name));
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await WatchingAsync(s_routes);
        await WatchingAsync(s_rules);
        Put(s_rules, "later", "a");
        Assert.True(await next);
        Assert.Equal("Added later", Told(changes.Current));
    }

    [Fact]
    public async Task An_object_that_disappears_between_list_and_watch_is_told_of()
    {
        Put(s_routes, "reviews", "a");
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Put(s_routes, "ratings", "a");
        _cluster.Objects.Remove(s_routes, "reviews");
        _cluster.Objects.Remove(s_routes, "ratings");
        await using var changes = Watch(page);
        Assert.Equal(["Added ratings", "Deleted reviews", "Deleted ratings"], await TakeAsync(changes, 3));
    }

    [Fact]
    public async Task A_watch_that_ends_after_its_time_goes_on_where_its_last_event_or_bookmark_was()
    {
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await WatchingAsync(s_routes);
        Put(s_routes, "reviews", "a");
        Assert.True(await next);
        var at = _cluster.Objects.Revision;
        next = changes.MoveNextAsync().AsTask();
        // Long enough that it is no watch that failed.
        _clock.Advance(TimeSpan.FromSeconds(2));
        _cluster.Objects.Send(s_routes, null);
        Assert.Equal($"{at}", (await WatchingAsync(s_routes)).Parameter("resourceVersion"));
        var bookmark = _cluster.Objects.Bookmark(s_routes);
        Put(s_rules, "reviews", "a");
        Assert.True(await next);
        next = changes.MoveNextAsync().AsTask();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _cluster.Objects.Send(s_routes, null);
        var again = await WatchingAsync(s_routes);
        Assert.Equal($"{bookmark}", again.Parameter("resourceVersion"));
        Assert.InRange(Seconds(again, "timeoutSeconds"), 300, 600);
        Put(s_routes, "reviews", "b");
        Assert.True(await next);
        Assert.Equal("Modified reviews", Told(changes.Current));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_and_without_a_word_is_not_asked_for_at_once()
    {
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await WatchingAsync(s_routes);
        _cluster.Objects.Send(s_routes, null);
        await _clock.PassAsync(IsFirstBackoff);
        await WatchingAsync(s_routes);
        Put(s_routes, "reviews", "a");
        Assert.True(await next);
    }

    [Theory]
    [InlineData("event")]
    [InlineData("status")]
    public async Task What_happened_since_is_forgotten_so_that_everything_is_listed_again(string how)
    {
        Put(s_routes, "reviews", "a");
        Put(s_routes, "ratings", "a");
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        _cluster.Objects.Remove(s_routes, "ratings");
        Put(s_routes, "details", "a");
        _cluster.Objects.Forget(s_routes);
        if (how == "status")
            _cluster.Script = async (request, http) =>
            {
                if (request is not { Verb: "watch", Plural: "virtualservices" })
                    return false;
                await ClusterStatus.WriteAsync(http, ClusterStatus.TooOld(page.Revision, _cluster.Objects.Revision));
                return true;
            };
        await using (var changes = Watch(page))
            await Assert.ThrowsAsync<RevisionGoneException>(async () => await changes.MoveNextAsync());
        _cluster.Script = static (_, _) => Task.FromResult(false);
        var again = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal(["details", "reviews"], again.Objects.Select(static stored => stored.Key.Name));
        await using var anew = Watch(again);
        var next = anew.MoveNextAsync().AsTask();
        Put(s_routes, "reviews", "b");
        Assert.True(await next);
        Assert.Equal("Modified reviews", Told(anew.Current));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_watch_that_breaks_goes_on_by_itself_while_others_are_not_touched()
    {
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await WatchingAsync(s_routes);
        await WatchingAsync(s_rules);
        _cluster.Objects.Send(s_routes, """{"type":"ADDED","object":{"kind":"VirtualServ""");
        _cluster.Objects.Break(s_routes);
        await _clock.Waits.NextAsync(IsFirstBackoff);
        Put(s_routes, "reviews", "a");
        Put(s_rules, "ratings", "a");
        Assert.True(await next);
        Assert.Equal("Added ratings", Told(changes.Current));
        next = changes.MoveNextAsync().AsTask();
        _clock.Advance(TimeSpan.FromSeconds(1.6));
        Assert.True(await next);
        Assert.Equal("Added reviews", Told(changes.Current));
        Assert.Contains(
            "is asked again, and what was read so far holds",
            Assert.Single(_warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_ever_more_seldom_and_told_of_once()
    {
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        _cluster.Script = async (request, http) =>
        {
            if (request is not { Verb: "watch", Plural: "virtualservices" })
                return false;
            await ClusterStatus.WriteAsync(
                http,
                ClusterStatus.Of(500, "InternalError", "Internal error occurred: etcdserver: no leader")
            );
            return true;
        };
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await EstablishedAsync();
        foreach (var seconds in new[] { 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30 })
        {
            await _cluster.Asked.NextAsync(static request => request is { Verb: "watch", Plural: "virtualservices" });
            await _clock.PassAsync(wait => IsBetween(wait, seconds, seconds * 2) && wait != TimeSpan.FromSeconds(30));
        }
        var last = await _clock.Waits.NextAsync(wait => IsBetween(wait, 30, 60) && wait != TimeSpan.FromSeconds(30));
        _cluster.Script = static (_, _) => Task.FromResult(false);
        _clock.Advance(last);
        Put(s_routes, "reviews", "a");
        Assert.True(await next);
        Assert.Contains(
            "answers 500: Internal error occurred: etcdserver: no leader",
            Assert.Single(_warnings),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Who_is_to_wait_asks_again_after_that_for_everything(int code)
    {
        var key = new ObjectKey(s_routes.Group, s_routes.Plural, "default", "reviews");
        foreach (
            var ask in new Func<Task>[]
            {
                async () => await _store.ListAsync(ObjectScope.Everything, stop: Stop),
                async () => await _store.PutAsync(key, Route("reviews", "a"), 0, Stop),
                async () => await _store.GetAsync(key, Stop),
                async () => await _store.DeleteAsync(key, null, Stop),
            }
        )
        {
            var refusals = 2;
            _cluster.Script = async (_, http) =>
            {
                if (refusals-- <= 0)
                    return false;
                await ClusterStatus.TooManyAsync(http, 7, code);
                return true;
            };
            var asking = ask();
            await _clock.PassAsync(TimeSpan.FromSeconds(7));
            await _clock.PassAsync(TimeSpan.FromSeconds(7));
            await asking;
        }
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_server_that_has_us_wait_for_ever_is_told_of()
    {
        _cluster.Script = async (_, http) =>
        {
            await ClusterStatus.TooManyAsync(http, 1);
            return true;
        };
        var asking = _store.ListAsync(ObjectScope.Everything, stop: Stop).AsTask();
        for (var i = 0; i < 10; i++)
            await _clock.PassAsync(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => asking);
        Assert.Contains(
            "answers 429: Too many requests, please try again later.",
            failure.Message,
            StringComparison.Ordinal
        );
        // Whoever asks for everything again waits before.
        _cluster.Script = static (_, _) => Task.FromResult(false);
        var again = _store.ListAsync(ObjectScope.Everything, stop: Stop).AsTask();
        await _clock.PassAsync(IsFirstBackoff);
        Assert.Empty((await again).Objects);
    }

    [Fact]
    public async Task A_server_that_takes_a_question_and_says_nothing_is_not_waited_for()
    {
        _cluster.Script = HangAsync;
        var asking = _store.ListAsync(ObjectScope.Everything, stop: Stop).AsTask();
        await _cluster.Asked.NextAsync(static request => request.Verb == "list");
        _clock.Advance(TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => asking);
        Assert.Contains("does not answer within 30 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_of_a_server_that_vanished_without_a_word_is_given_up_behind_its_time()
    {
        using var store = new KubernetesStore(_cluster.Access, [s_routes], _clock);
        store.Warned += _warnings.Enqueue;
        var page = await store.ListAsync(ObjectScope.Everything, stop: Stop);
        await using var changes = store
            .WatchAsync(ObjectScope.Everything, page.Revision, Stop)
            .GetAsyncEnumerator(Stop);
        var next = changes.MoveNextAsync().AsTask();
        var length = Seconds(await WatchingAsync(s_routes), "timeoutSeconds");
        var patience = await EstablishedAsync();
        Assert.InRange(patience.TotalSeconds - length, 29, 31);
        _clock.Advance(patience);
        await _clock.PassAsync(IsFirstBackoff);
        await WatchingAsync(s_routes);
        Put(s_routes, "reviews", "a");
        Assert.True(await next);
        Assert.Single(_warnings);
    }

    [Fact]
    public async Task A_kind_without_a_definition_is_told_of_once_and_appears_when_it_is_installed()
    {
        using var store = new KubernetesStore(_cluster.Access, [s_routes, s_gateways], _clock);
        store.Warned += _warnings.Enqueue;
        Put(s_routes, "reviews", "a");
        var page = await store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal("reviews", Assert.Single(page.Objects).Key.Name);
        Assert.Equal(
            "the cluster does not have gateways.networking.istio.io: they are looked for every 20 s",
            Assert.Single(_warnings)
        );
        await using (
            var changes = store.WatchAsync(ObjectScope.Everything, page.Revision, Stop).GetAsyncEnumerator(Stop)
        )
        {
            var next = changes.MoveNextAsync().AsTask();
            await EstablishedAsync();
            await _clock.PassAsync(TimeSpan.FromSeconds(20));
            await AskedForGatewaysAsync();
            Put(s_routes, "ratings", "a");
            Assert.True(await next);
            next = changes.MoveNextAsync().AsTask();
            // Only in an older version, as where its definition is an old one.
            _cluster.Objects.Install(s_gateways, "v1beta1");
            _cluster.Objects.Put(s_gateways, "ingress", new JsonObject { ["metadata"] = new JsonObject() });
            await _clock.PassAsync(TimeSpan.FromSeconds(20));
            await Assert.ThrowsAsync<RevisionGoneException>(async () => await next);
        }
        page = await store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal(["ingress", "ratings", "reviews"], page.Objects.Select(static stored => stored.Key.Name));
        Assert.Single(_warnings);
        await using var later = store.WatchAsync(ObjectScope.Everything, page.Revision, Stop).GetAsyncEnumerator(Stop);
        var change = later.MoveNextAsync().AsTask();
        _cluster.Objects.Remove(s_gateways, "ingress");
        Assert.True(await change);
        Assert.Equal("Deleted ingress", Told(later.Current));

        async Task AskedForGatewaysAsync()
        {
            // Once for each version.
            foreach (var version in s_gateways.Versions)
                await _cluster.Asked.NextAsync(request =>
                    request.Plural == "gateways" && request.Version == version && request.Parameter("limit") == "1"
                );
        }
    }

    [Fact]
    public async Task A_kind_that_is_forbidden_is_told_of_with_the_rule_it_needs_and_the_others_work()
    {
        Put(s_routes, "reviews", "a");
        Put(s_rules, "reviews", "a");
        _cluster.Allows = static request => request.Plural != "destinationrules";
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal("virtualservices", Assert.Single(page.Objects).Key.Plural);
        Assert.Equal(new ObjectScope(s_rules.Group, s_rules.Plural), Assert.Single(page.Unread));
        Assert.Equal(
            "destinationrules.networking.istio.io: the API server forbids it (403: destinationrules.networking.istio.io is forbidden: User "
                + "\"system:serviceaccount:istio-system:lateen\" cannot list resource \"destinationrules\" in API group \"networking.istio.io\" at the "
                + "cluster scope); the control plane's role needs the rule {apiGroups: [\"networking.istio.io\"], resources: [\"destinationrules\"], "
                + "verbs: [\"get\", \"list\", \"watch\"]}",
            Assert.Single(_warnings)
        );
        await using (var changes = Watch(page))
        {
            var next = changes.MoveNextAsync().AsTask();
            await EstablishedAsync();
            await _clock.PassAsync(TimeSpan.FromSeconds(20));
            await _cluster.Asked.NextAsync(static request => request.Parameter("limit") == "1");
            Put(s_routes, "ratings", "a");
            Assert.True(await next);
            next = changes.MoveNextAsync().AsTask();
            _cluster.Allows = static _ => true;
            await _clock.PassAsync(TimeSpan.FromSeconds(20));
            await Assert.ThrowsAsync<RevisionGoneException>(async () => await next);
        }
        page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal(3, page.Objects.Count);
        Assert.Empty(page.Unread);
        Assert.Single(_warnings);
        // Who asks for that kind alone gets no empty list.
        _cluster.Allows = static _ => false;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await _store.ListAsync(new ObjectScope(s_rules.Group, s_rules.Plural), stop: Stop)
        );
    }

    [Fact]
    public async Task A_kind_that_may_be_listed_and_not_watched_is_told_of_and_watched_when_the_right_is_there()
    {
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        _cluster.Allows = static request => request is not { Verb: "watch", Plural: "destinationrules" };
        await using var changes = Watch(page);
        var next = changes.MoveNextAsync().AsTask();
        await _clock.Waits.NextAsync(static wait => wait == TimeSpan.FromSeconds(20));
        Put(s_rules, "reviews", "a");
        Put(s_routes, "reviews", "a");
        Assert.True(await next);
        Assert.Equal("virtualservices", changes.Current.Object.Key.Plural);
        next = changes.MoveNextAsync().AsTask();
        _cluster.Allows = static _ => true;
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await next);
        Assert.Equal("destinationrules", changes.Current.Object.Key.Plural);
        Assert.Contains("cannot watch resource", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _cluster.DisposeAsync();
    }

    private static bool IsFirstBackoff(TimeSpan wait) => IsBetween(wait, 0.8, 1.6);

    private static bool IsBetween(TimeSpan wait, double from, double until) =>
        wait.TotalSeconds >= from && wait.TotalSeconds <= until;

    private static int Seconds(ClusterRequest request, string name) =>
        int.Parse(request.Parameter(name), CultureInfo.InvariantCulture);

    private static async Task<bool> HangAsync(ClusterRequest request, HttpContext http)
    {
        var gone = new TaskCompletionSource();
        await using var ending = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        return true;
    }

    private IAsyncEnumerator<ObjectChange> Watch(ObjectPage page) =>
        _store.WatchAsync(ObjectScope.Everything, page.Revision, Stop).GetAsyncEnumerator(Stop);

    private Task<ClusterRequest> WatchingAsync(KindSchema kind) =>
        _cluster.Watching.NextAsync(request => request.Plural == kind.Plural);

    /// <summary>Waits until the client, too, knows that a watch began: its time runs.</summary>
    private Task<TimeSpan> EstablishedAsync() => _clock.Waits.NextAsync(static wait => wait >= TimeSpan.FromMinutes(5));

    private void Put(KindSchema kind, string name, string host) =>
        _cluster.Objects.Put(kind, name, JsonNode.Parse(Route(name, host, kind.Name))!.AsObject());

    private static byte[] Route(string name, string host, string kind = "VirtualService") =>
        Encoding.UTF8.GetBytes(
            $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"hosts":["{{{host}}}"]}}
            """
        );

    private static byte[] WithStatus(StoredObject stored, string said)
    {
        var content = JsonNode.Parse(stored.Content.Span)!;
        content["status"] = new JsonObject { ["said"] = said };
        return JsonSerializer.SerializeToUtf8Bytes(content);
    }

    private static string Told(ObjectChange change) => $"{change.Kind} {change.Object.Key.Name}";

    private static async Task<string[]> TakeAsync(IAsyncEnumerator<ObjectChange> changes, int count)
    {
        var told = new List<string>();
        while (told.Count < count && await changes.MoveNextAsync())
            told.Add(Told(changes.Current));
        return [.. told];
    }
}
