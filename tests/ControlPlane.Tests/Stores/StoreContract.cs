// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Stores;

/// <summary>What every store must do, whatever is behind it.</summary>
public abstract class StoreContract
{
    protected static readonly ObjectKey Reviews = new("networking.istio.io", "virtualservices", "default", "reviews");
    protected static readonly ObjectKey Ratings = new("networking.istio.io", "virtualservices", "default", "ratings");
    protected static readonly ObjectKey Elsewhere = new("networking.istio.io", "virtualservices", "shop", "reviews");
    protected static readonly ObjectKey Rule = new("networking.istio.io", "destinationrules", "default", "reviews");
    protected static readonly ObjectKey Shop = new("", "namespaces", "", "shop");

    private static readonly ObjectScope s_routes = new("networking.istio.io", "virtualservices");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract IResourceStore Store { get; }

    [Fact]
    public async Task What_was_created_is_there_once()
    {
        var first = await Store.PutAsync(Reviews, Text("1"), expected: 0, Stop);
        Assert.Equal(WriteStatus.Done, first.Status);
        var again = await Store.PutAsync(Reviews, Text("2"), expected: 0, Stop);
        Assert.Equal(WriteStatus.Exists, again.Status);
        Assert.Equal("1", Text(again.Object));
        var found = await Store.GetAsync(Reviews, Stop);
        Assert.Equal(("1", first.Object!.Revision), (Text(found), found!.Revision));
        Assert.Null(await Store.GetAsync(Ratings, Stop));
    }

    [Fact]
    public async Task A_replacement_needs_the_revision_that_is_there()
    {
        var created = await CreateAsync(Reviews, "1");
        var replaced = await Store.PutAsync(Reviews, Text("2"), created.Revision, Stop);
        Assert.Equal(WriteStatus.Done, replaced.Status);
        Assert.True(replaced.Object!.Revision > created.Revision);
        var late = await Store.PutAsync(Reviews, Text("3"), created.Revision, Stop);
        Assert.Equal((WriteStatus.Conflict, "2"), (late.Status, Text(late.Object)));
        Assert.Equal(WriteStatus.Done, (await Store.PutAsync(Reviews, Text("4"), expected: null, Stop)).Status);
        Assert.Equal("4", Text(await Store.GetAsync(Reviews, Stop)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(null)]
    public async Task What_is_not_there_cannot_be_replaced_or_deleted(int? expected)
    {
        Assert.Equal(WriteStatus.NotFound, (await Store.PutAsync(Reviews, Text("1"), expected, Stop)).Status);
        Assert.Equal(WriteStatus.NotFound, (await Store.DeleteAsync(Reviews, expected, Stop)).Status);
    }

    [Fact]
    public async Task A_deletion_has_a_revision_of_its_own_and_tells_what_was_there()
    {
        var created = await CreateAsync(Reviews, "1");
        Assert.Equal(WriteStatus.Conflict, (await Store.DeleteAsync(Reviews, created.Revision + 100, Stop)).Status);
        var gone = await Store.DeleteAsync(Reviews, created.Revision, Stop);
        Assert.Equal((WriteStatus.Done, "1"), (gone.Status, Text(gone.Object)));
        Assert.True(gone.Object!.Revision > created.Revision);
        Assert.Null(await Store.GetAsync(Reviews, Stop));
        Assert.Equal(WriteStatus.Done, (await Store.PutAsync(Reviews, Text("2"), expected: 0, Stop)).Status);
    }

    [Fact]
    public async Task A_list_has_what_is_in_its_scope_by_key()
    {
        await CreateAsync(Shop, "n");
        await CreateAsync(Reviews, "a");
        await CreateAsync(Elsewhere, "b");
        await CreateAsync(Ratings, "c");
        await CreateAsync(Rule, "d");
        Assert.Equal([Ratings, Reviews, Elsewhere], await KeysAsync(s_routes));
        Assert.Equal([Ratings, Reviews], await KeysAsync(s_routes with { Namespace = "default" }));
        Assert.Equal([Shop], await KeysAsync(new ObjectScope("", "namespaces")));
        Assert.Equal([Rule, Ratings, Reviews, Elsewhere], await KeysAsync(new ObjectScope("networking.istio.io")));
        Assert.Equal([Shop, Rule, Ratings, Reviews, Elsewhere], await KeysAsync(ObjectScope.Everything));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_and_without_repetition()
    {
        for (var i = 0; i < 7; i++)
            await CreateAsync(Reviews with { Name = $"r{i}" }, "x");
        var names = new List<string>();
        ObjectKey? after = null;
        do
        {
            var page = await Store.ListAsync(s_routes, limit: 3, after, stop: Stop);
            Assert.InRange(page.Objects.Count, 1, 3);
            names.AddRange(page.Objects.Select(static stored => stored.Key.Name));
            after = page.Continue;
        } while (after is not null);
        Assert.Equal(["r0", "r1", "r2", "r3", "r4", "r5", "r6"], names);
    }

    [Fact]
    public async Task A_watch_tells_what_came_before_it_began_and_what_comes_then()
    {
        var created = await CreateAsync(Reviews, "1");
        await Store.PutAsync(Reviews, Text("2"), created.Revision, Stop);
        await CreateAsync(Rule, "another kind");
        await using var changes = Store.WatchAsync(s_routes, created.Revision, Stop).GetAsyncEnumerator(Stop);
        Assert.Equal((ChangeKind.Modified, "2", "1"), await NextAsync(changes));
        var next = NextAsync(changes);
        await CreateAsync(Ratings, "new");
        Assert.Equal((ChangeKind.Added, "new", ""), await next);
        await Store.DeleteAsync(Ratings, expected: null, Stop);
        Assert.Equal((ChangeKind.Deleted, "new", "new"), await NextAsync(changes));
    }

    [Fact]
    public async Task List_and_watch_together_miss_nothing_while_others_write()
    {
        var writer = WriteAsync(200);
        var seen = new Dictionary<ObjectKey, string>();
        var page = await Store.ListAsync(s_routes, stop: Stop);
        foreach (var stored in page.Objects)
            seen[stored.Key] = Text(stored);
        await writer;
        var end = (await CreateAsync(Reviews with { Name = "zz-last" }, "end")).Revision;
        var last = page.Revision;
        await foreach (var change in Store.WatchAsync(s_routes, page.Revision, Stop))
        {
            Assert.True(change.Object.Revision > last, "revisions grow");
            last = change.Object.Revision;
            if (change.Kind == ChangeKind.Deleted)
                seen.Remove(change.Object.Key);
            else
                seen[change.Object.Key] = Text(change.Object);
            if (last == end)
                break;
        }
        var now = await Store.ListAsync(s_routes, stop: Stop);
        Assert.Equal(now.Objects.ToDictionary(static stored => stored.Key, Text), seen);
    }

    [Fact]
    public async Task Of_writers_who_think_the_same_one_wins()
    {
        var created = await CreateAsync(Reviews, "0");
        var writers = Enumerable
            .Range(1, 8)
            .Select(i => Task.Run(() => Store.PutAsync(Reviews, Text($"{i}"), created.Revision, Stop).AsTask(), Stop));
        var outcomes = await Task.WhenAll(writers);
        Assert.Single(outcomes, static outcome => outcome.Status == WriteStatus.Done);
        Assert.Equal(7, outcomes.Count(static outcome => outcome.Status == WriteStatus.Conflict));
    }

    protected static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(StoredObject? stored) =>
        stored is null ? "" : Encoding.UTF8.GetString(stored.Content.Span);

    protected async Task<StoredObject> CreateAsync(ObjectKey key, string text)
    {
        var outcome = await Store.PutAsync(key, Text(text), expected: 0, Stop);
        Assert.Equal(WriteStatus.Done, outcome.Status);
        return outcome.Object!;
    }

    protected async Task<ObjectKey[]> KeysAsync(ObjectScope scope) =>
        (await Store.ListAsync(scope, stop: Stop)).Objects.Select(static stored => stored.Key).ToArray();

    protected static async Task<(ChangeKind, string, string)> NextAsync(IAsyncEnumerator<ObjectChange> changes)
    {
        Assert.True(await changes.MoveNextAsync());
        var change = changes.Current;
        return (change.Kind, Text(change.Object), Text(change.Previous));
    }

    /// <summary>Creates, replaces and deletes, a few names over and over.</summary>
    private Task WriteAsync(int writes) =>
        Task.Run(
            async () =>
            {
                for (var i = 0; i < writes; i++)
                {
                    var key = Reviews with { Name = $"r{i * 7 % 10}" };
                    var current = await Store.GetAsync(key, Stop);
                    var outcome =
                        i % 3 == 2 && current is not null
                            ? await Store.DeleteAsync(key, current.Revision, Stop)
                            : await Store.PutAsync(key, Text($"{i}"), current?.Revision ?? 0, Stop);
                    Assert.Equal(WriteStatus.Done, outcome.Status);
                }
            },
            Stop
        );
}
