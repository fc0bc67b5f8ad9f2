// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.Stores.Etcd;

namespace ControlPlane.Tests.Stores;

public sealed class EtcdStoreTests(EtcdServer server) : StoreContract, IClassFixture<EtcdServer>, IAsyncLifetime
{
    private EtcdOptions _options = null!;
    private EtcdStore _store = null!;

    protected override IResourceStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _options = server.NewMesh();
        _store = new EtcdStore(_options, TimeProvider.System);
        await EtcdServer.UntilItAnswersAsync(_store, Stop);
    }

    [Fact]
    public async Task Two_control_planes_see_each_others_writes_in_one_order()
    {
        using var other = new EtcdStore(_options, TimeProvider.System);
        var writers = new[] { _store, other }.Select(
            (store, i) =>
                Task.Run(
                    async () =>
                    {
                        for (var n = 0; n < 50; n++)
                            await store.PutAsync(Reviews with { Name = $"r{i}-{n}" }, Text("x"), expected: 0, Stop);
                    },
                    Stop
                )
        );
        var here = TakeAsync(_store, 100);
        var there = TakeAsync(other, 100);
        await Task.WhenAll(writers);
        Assert.Equal(await here, await there);
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_a_killed_etcd()
    {
        var acknowledged = new List<string>();
        for (var n = 0; n < 30; n++)
        {
            await CreateAsync(Reviews with { Name = $"r{n:00}" }, "x");
            acknowledged.Add($"r{n:00}");
        }
        var revision = (await Store.ListAsync(ObjectScope.Everything, stop: Stop)).Revision;
        server.Kill();
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await Store.PutAsync(Ratings, Text("x"), expected: 0, Stop)
        );
        Assert.Contains("does not answer", refused.Message, StringComparison.Ordinal);
        server.Start();
        await EtcdServer.UntilItAnswersAsync(_store, Stop);
        var kept = await KeysAsync(ObjectScope.Everything);
        Assert.Equal(acknowledged, kept.Select(static key => key.Name));
        await CreateAsync(Ratings, "after");
        await using var changes = Store.WatchAsync(ObjectScope.Everything, revision, Stop).GetAsyncEnumerator(Stop);
        Assert.Equal((ChangeKind.Added, "after", ""), await NextAsync(changes));
    }

    [Fact]
    public async Task A_list_is_as_long_as_it_is()
    {
        for (var n = 0; n < 1100; n += 100)
            await Task.WhenAll(
                Enumerable.Range(n, 100).Select(i => CreateAsync(Reviews with { Name = $"r{i:0000}" }, "x"))
            );
        Assert.Equal(1100, (await KeysAsync(ObjectScope.Everything)).Length);
        var page = await Store.ListAsync(ObjectScope.Everything, limit: 700, stop: Stop);
        Assert.Equal((700, "r0699"), (page.Objects.Count, page.Continue?.Name));
    }

    [Theory]
    [InlineData("etcd://a:1,b", "http://a:1/ http://b:2379/", "/lateen")]
    [InlineData("etcd://a?prefix=mesh/one/&tls=true", "https://a:2379/", "/mesh/one")]
    [InlineData("etcd://a:2379?ca=ca.pem&user=u&password-file=p", "https://a:2379/", "/lateen")]
    public void An_address_says_where_etcd_is(string text, string endpoints, string prefix)
    {
        var options = EtcdOptions.Parse(text);
        Assert.Equal(endpoints, string.Join(' ', options.Endpoints));
        Assert.Equal(prefix, options.Prefix);
    }

    [Theory]
    [InlineData("http://a", "does not begin with etcd://")]
    [InlineData("etcd://", "names no host")]
    [InlineData("etcd://a?password=x", "no setting \"password\"")]
    [InlineData("etcd://a?cert=c", "belong together")]
    [InlineData("etcd://a:b:c", "is no host")]
    public void A_wrong_address_says_why(string text, string why) =>
        Assert.Contains(
            why,
            Assert.Throws<FormatException>(() => EtcdOptions.Parse(text)).Message,
            StringComparison.Ordinal
        );

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<long[]> TakeAsync(EtcdStore store, int count)
    {
        var seen = new List<long>();
        await foreach (var change in store.WatchAsync(ObjectScope.Everything, 0, Stop))
        {
            seen.Add(change.Object.Revision);
            if (seen.Count == count)
                break;
        }
        return [.. seen];
    }
}
