// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Lateen.Agent.Dns;
using Lateen.Core;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;
using Lateen.Xds;

namespace DataPlane.Tests.Agent;

public sealed class ClusterResolverTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Published<ProxyRuntime> _runtime = new(ProxyRuntime.Empty);
    private readonly ProxyTelemetry _telemetry = new(1, WorkloadLabels.Nobody);
    private readonly WatchedTime _time = new();
    private readonly LogLines _log = new();
    private readonly ConcurrentDictionary<string, Func<Task<IPAddress[]>>> _names = new();
    private readonly Channel<ProxyRuntime> _changes = Channel.CreateUnbounded<ProxyRuntime>();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConfigStore _store;
    private readonly ClusterResolver _resolver;
    private readonly Task _running;
    private int _lookUps;

    public ClusterResolverTests()
    {
        _store = new ConfigStore(_runtime, _telemetry);
        _resolver = new ClusterResolver(_store, LookUp, _log, _time);
        _running = _resolver.RunAsync(_stop.Token);
        _store.Changed += runtime => _changes.Writer.TryWrite(runtime);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _resolver.Dispose();
        _telemetry.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_cluster_is_in_force_once_its_name_is_resolved()
    {
        Resolves("shop.test", "192.0.2.2", "192.0.2.1");
        Apply(Resources.DnsCluster("a", "shop.test", port: 8080));
        Assert.Empty((await NextAsync()).Clusters);
        Assert.Equal(["192.0.2.1:8080", "192.0.2.2:8080"], Addresses(await NextAsync(), "a"));
    }

    [Fact]
    public async Task Names_are_resolved_again_at_their_own_pace()
    {
        Resolves("shop.test", "192.0.2.1");
        Apply(Resources.DnsCluster("a", "shop.test", refreshSeconds: 3));
        await NextAsync();
        await NextAsync();
        Resolves("shop.test", "192.0.2.9");
        // Two ticks of a second are too early, the third is due.
        await TickAsync();
        await TickAsync();
        Assert.Equal(1, _lookUps);
        await TickAsync();
        Assert.Equal(["192.0.2.9:80"], Addresses(await NextAsync(), "a"));
    }

    [Fact]
    public async Task The_same_addresses_in_another_order_change_nothing()
    {
        Resolves("shop.test", "192.0.2.1", "192.0.2.2");
        Apply(Resources.DnsCluster("a", "shop.test", refreshSeconds: 1));
        await NextAsync();
        await NextAsync();
        Resolves("shop.test", "192.0.2.2", "192.0.2.1");
        await TickAsync();
        await TickAsync();
        await TickAsync();
        Assert.InRange(_lookUps, 2, int.MaxValue);
        Assert.False(_changes.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_name_that_fails_keeps_the_addresses_it_had()
    {
        Resolves("shop.test", "192.0.2.1");
        Apply(Resources.DnsCluster("a", "shop.test", refreshSeconds: 1));
        await NextAsync();
        var before = await NextAsync();
        Fails("shop.test");
        await TickAsync();
        await TickAsync();
        await TickAsync();
        Assert.Same(before, _runtime.Current);
        Assert.Contains(_log.All, static line => line.Contains("shop.test does not resolve", StringComparison.Ordinal));
        Resolves("shop.test", "192.0.2.5");
        await TickAsync();
        Assert.Equal(["192.0.2.5:80"], Addresses(await NextAsync(), "a"));
    }

    [Fact]
    public async Task A_name_that_never_resolved_leaves_its_cluster_without_endpoints_but_in_force()
    {
        Fails("nowhere.test");
        Apply(Resources.DnsCluster("a", "nowhere.test"));
        await NextAsync();
        Assert.Empty(Addresses(await NextAsync(), "a"));
    }

    [Fact]
    public async Task A_name_without_answer_holds_up_no_other()
    {
        var hanging = new TaskCompletionSource<IPAddress[]>();
        _names["slow.test"] = () => hanging.Task;
        Apply(Resources.DnsCluster("slow", "slow.test"));
        await NextAsync();
        Resolves("shop.test", "192.0.2.1");
        Apply(Resources.DnsCluster("slow", "slow.test"), Resources.DnsCluster("a", "shop.test"));
        await NextAsync();
        Assert.Equal(["a"], (await NextAsync()).Clusters.Keys);
        hanging.SetResult([IPAddress.Parse("192.0.2.7")]);
        Assert.Equal(["192.0.2.7:80"], Addresses(await NextAsync(), "slow"));
    }

    [Fact]
    public async Task No_cluster_no_ticks()
    {
        Resolves("shop.test", "192.0.2.1");
        Apply(Resources.DnsCluster("a", "shop.test"));
        await NextAsync();
        await NextAsync();
        Assert.Equal(TimeSpan.FromSeconds(1), await _time.NextWaitAsync());
        Apply();
        Assert.Empty((await NextAsync()).Clusters);
        // A cluster of the same name that comes back is resolved anew.
        Apply(Resources.DnsCluster("a", "shop.test"));
        await NextAsync();
        Assert.Equal(["192.0.2.1:80"], Addresses(await NextAsync(), "a"));
        Assert.Equal(2, _lookUps);
    }

    private void Resolves(string name, params string[] addresses) =>
        _names[name] = () => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));

    private void Fails(string name) =>
        _names[name] = static () => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));

    private Task<IPAddress[]> LookUp(string name, CancellationToken stop)
    {
        Interlocked.Increment(ref _lookUps);
        return _names[name]();
    }

    /// <summary>Lets the resolver's second pass, once it waits for it.</summary>
    private async Task TickAsync() => _time.Advance(await _time.NextWaitAsync());

    private async Task<ProxyRuntime> NextAsync() => await _changes.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    private void Apply(params Google.Protobuf.WellKnownTypes.Any[] clusters)
    {
        var named = clusters
            .Select(static body => new NamedResource(body.Unpack<Envoy.Config.Cluster.V3.Cluster>().Name, "", body))
            .ToArray();
        Assert.Empty(_store.Apply(new ResourceUpdate(TypeUrls.Cluster, "1", named, [], IsWhole: true)));
        _resolver.Touch();
    }

    private static string[] Addresses(ProxyRuntime runtime, string cluster) =>
        runtime.Clusters[cluster].Endpoints.Select(static endpoint => endpoint.State.AddressText).Order().ToArray();
}
