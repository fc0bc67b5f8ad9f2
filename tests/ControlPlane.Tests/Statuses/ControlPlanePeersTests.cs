// SPDX-License-Identifier: Apache-2.0
using System.Text;
using ControlPlane.Tests.ResourceApi;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.ControlPlane;
using Lateen.ControlPlane.Statuses;
using Lateen.ControlPlane.Statuses.Sharing;
using Lateen.Discovery;
using Lateen.Stores.Kubernetes;
using Lateen.Stores.Kubernetes.Access;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Statuses;

/// <summary>Who writes, and who counts, by a clock that tests move.</summary>
public sealed class ControlPlanePeersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly MemoryStore _store = new() { IsShared = true };
    private readonly List<ControlPlanePeers> _all = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_of_them_writes_and_another_one_when_it_is_dead()
    {
        var (first, second) = (New(), New());
        await StepAsync(first, second);
        Assert.Equal((true, false), (first.IsWriter, second.IsWriter));
        for (var second30 = 0; second30 < 30; second30++)
        {
            _time.Advance(ControlPlanePeers.Step);
            await StepAsync(second, first);
            Assert.Equal((true, false), (first.IsWriter, second.IsWriter));
        }
        // Killed: it says nothing any more.
        var waited = TimeSpan.Zero;
        while (!second.IsWriter)
        {
            _time.Advance(ControlPlanePeers.Step);
            waited += ControlPlanePeers.Step;
            await StepAsync(second);
            // Never two at a time, though the first one looks at nothing but its clock.
            Assert.False(first.IsWriter && second.IsWriter);
        }
        Assert.InRange(
            waited,
            ControlPlanePeers.LeaseDuration - ControlPlanePeers.RenewInterval,
            ControlPlanePeers.LeaseDuration + ControlPlanePeers.Step
        );
        // It comes to again, and hears that it is no more.
        await StepAsync(first);
        Assert.Equal((false, true), (first.IsWriter, second.IsWriter));
        Assert.Equal(1, Read(ControlPlanePeers.WriterLease)!.Transitions);
    }

    [Fact]
    public async Task Who_ends_gives_back_what_it_holds()
    {
        var (first, second) = (New(), New());
        await StepAsync(first, second);
        await first.StopAsync(Stop);
        Assert.Single(Members());
        _time.Advance(ControlPlanePeers.Step);
        await StepAsync(second);
        Assert.True(second.IsWriter);
        Assert.Empty(second.Others);
    }

    [Fact]
    public async Task The_proxies_of_a_dead_one_count_no_more_and_its_lease_is_removed()
    {
        var (first, second) = (New(), New());
        await StepAsync(first, second, first);
        Assert.Single(first.Others);
        Assert.Equal(2, Members().Count());
        for (var i = 0; i <= ControlPlanePeers.LeaseDuration / ControlPlanePeers.Step; i++)
        {
            _time.Advance(ControlPlanePeers.Step);
            await StepAsync(first);
        }
        Assert.Empty(first.Others);
        Assert.Single(Members());
        // It was not dead, but slow.
        await StepAsync(second, first);
        Assert.Single(first.Others);
    }

    [Fact]
    public async Task Clocks_of_others_are_not_asked()
    {
        var key = Lease.Key("istio-system", ControlPlanePeers.WriterLease);
        var behind = _time.GetUtcNow() - TimeSpan.FromDays(1);
        var lease = new Lease("another", ControlPlanePeers.LeaseDuration, behind, behind, 3);
        await _store.PutAsync(key, lease.Write(key, null), 0, Stop);
        var peers = New();
        await StepAsync(peers);
        Assert.False(peers.IsWriter);
        _time.Advance(ControlPlanePeers.LeaseDuration);
        await StepAsync(peers);
        Assert.True(peers.IsWriter);
    }

    [Fact]
    public async Task Who_leaves_statuses_to_others_counts_and_never_writes()
    {
        var (quiet, other) = (New(writesStatus: false), New());
        await StepAsync(quiet, other);
        Assert.Equal((false, true), (quiet.IsWriter, other.IsWriter));
        Assert.Single(other.Others);
    }

    [Fact]
    public async Task Who_cannot_renew_stops_writing_before_another_one_begins()
    {
        var store = new BreakableStore(_store);
        var (first, second) = (New(store), New());
        await StepAsync(first, second);
        store.IsAway = true;
        _time.Advance(ControlPlanePeers.RenewDeadline);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => first.StepAsync(Stop));
        await StepAsync(second);
        Assert.Equal((false, false), (first.IsWriter, second.IsWriter));
        store.IsAway = false;
        await StepAsync(first);
        Assert.True(first.IsWriter);
    }

    [Fact]
    public async Task What_does_not_change_is_written_every_five_seconds_alone()
    {
        var peers = New();
        await StepAsync(peers);
        var before = await RevisionAsync();
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(ControlPlanePeers.Step);
            await StepAsync(peers);
        }
        // Two leases, four times.
        Assert.Equal(before + 8, await RevisionAsync());
    }

    [Fact]
    public async Task A_store_of_one_process_has_no_leases()
    {
        var store = new MemoryStore();
        var peers = New(store);
        await peers.StartAsync(Stop);
        Assert.True(peers.IsWriter);
        await peers.StopAsync(Stop);
        Assert.Empty((await store.ListAsync(ObjectScope.Everything, stop: Stop)).Objects);
    }

    [Fact]
    public async Task A_server_without_leases_has_one_that_writes_as_though_it_were_alone()
    {
        var store = new BreakableStore(_store) { HasLeases = false };
        var peers = New(store);
        await StepAsync(peers);
        Assert.True(peers.IsWriter);
        store.HasLeases = true;
        var other = New();
        await StepAsync(other, peers);
        Assert.Equal((true, false), (other.IsWriter, peers.IsWriter));
    }

    [Fact]
    public async Task Leases_of_a_cluster_are_those_of_the_namespace_alone()
    {
        using var server = new LeaseServer();
        using var store = new KubernetesStore(new ClusterAccess(new Uri(server.Address)), KindCatalogue.All, _time);
        var (first, second) = (New(store), New(store));
        await StepAsync(first, second, first);
        Assert.Equal((true, false), (first.IsWriter, second.IsWriter));
        Assert.Single(first.Others);
        _time.Advance(ControlPlanePeers.RenewInterval);
        await StepAsync(first, second);
        Assert.True(first.IsWriter);
        await first.StopAsync(Stop);
        _time.Advance(ControlPlanePeers.Step);
        await StepAsync(second);
        Assert.True(second.IsWriter);
        Assert.All(
            server.Asked,
            static asked => Assert.Contains("/istio-system/leases", asked, StringComparison.Ordinal)
        );
        // Who wants everything gets no leases: nodes have theirs, and renew them.
        var before = server.Asked.Count;
        await store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.DoesNotContain(
            server.Asked[before..],
            static asked => asked.Contains("/leases", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Who_has_the_store_alone_shares_it_with_those_who_come_through_its_api()
    {
        var store = new MemoryStore();
        await using var api = await RunningApi.StartAsync(store);
        using var cluster = new KubernetesStore(new ClusterAccess(api.Address), KindCatalogue.All, _time);
        var (owner, guest) = (New(store), New(cluster));
        await StepAsync(owner);
        Assert.True(owner.IsWriter);
        await StepAsync(guest, owner);
        // The guest found nobody, and the owner finds the guest.
        Assert.Equal((false, true), (owner.IsWriter, guest.IsWriter));
        await StepAsync(guest);
        Assert.Equal((1, 1), (owner.Others.Count, guest.Others.Count));
        _time.Advance(ControlPlanePeers.LeaseDuration);
        await StepAsync(owner);
        Assert.True(owner.IsWriter);
        Assert.Empty(owner.Others);
        await StepAsync(guest);
        Assert.Equal((true, false), (owner.IsWriter, guest.IsWriter));
        // No configuration: who reads everything reads no leases of a cluster.
        var all = await cluster.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.DoesNotContain(all.Objects, static one => one.Key.Plural == Lease.Plural);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"moments":[1],"groups":[{"proxies":-3,"pushed":7,"open":[{}],"refusals":[1]}]}""")]
    public async Task What_nobody_of_us_wrote_is_no_proxy(string progress)
    {
        var key = Lease.Key("istio-system", $"{ControlPlanePeers.MemberPrefix}x");
        var now = _time.GetUtcNow();
        var lease = new Lease("x", ControlPlanePeers.LeaseDuration, now, now, 0, progress);
        await _store.PutAsync(key, lease.Write(key, null), 0, Stop);
        await _store.PutAsync(key with { Name = "broken" }, Encoding.UTF8.GetBytes("{"), 0, Stop);
        var peers = New();
        await StepAsync(peers);
        Assert.Equal(0, peers.Others.Sum(static report => report.Proxies));
    }

    public void Dispose()
    {
        foreach (var peers in _all)
            peers.Dispose();
    }

    private ControlPlanePeers New(IResourceStore? store = null, bool writesStatus = true)
    {
        var options = new ControlPlaneOptions
        {
            ConfigPaths = [],
            Store = store ?? _store,
            WritesStatus = writesStatus,
        };
        var peers = new ControlPlanePeers(
            options,
            new ProxyRegistry(),
            new ConfigHistory(),
            _time,
            NullLogger<ControlPlanePeers>.Instance
        );
        _all.Add(peers);
        return peers;
    }

    private static async Task StepAsync(params ControlPlanePeers[] peers)
    {
        foreach (var one in peers)
            await one.StepAsync(Stop);
    }

    private async Task<long> RevisionAsync() => (await _store.ListAsync(ObjectScope.Everything, stop: Stop)).Revision;

    private IEnumerable<StoredObject> Leases() =>
        _store.ListAsync(Lease.Scope("istio-system"), stop: Stop).AsTask().GetAwaiter().GetResult().Objects;

    private IEnumerable<StoredObject> Members() =>
        Leases().Where(static one => one.Key.Name.StartsWith(ControlPlanePeers.MemberPrefix, StringComparison.Ordinal));

    private Lease? Read(string name) => Lease.Read(Leases().Single(one => one.Key.Name == name));
}
