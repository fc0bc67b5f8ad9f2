// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Overload;

/// <summary>
/// Listeners of which only filter chains change: connections of the others go on, those of the changed ones drain. By what a
/// chain matches (Envoy's in-place update), with clients of 127.0.0.2 and 127.0.0.3 in chains of their own.
/// </summary>
public sealed class InPlaceUpdateTests : IDisposable
{
    private const string Manager = "listener_manager.";
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(20);

    private readonly ProxyFixture _proxy = new(time: new ManualTime(), drainTime: s_drainTime);

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public void Only_connections_of_a_chain_that_changed_end()
    {
        Serve(Chains("two", "three"));
        using var two = Connect(2);
        using var three = Connect(3);
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
        Assert.EndsWith("three", three.Ask(), StringComparison.Ordinal);

        Serve(Chains("two", "trois"));
        Assert.Equal(1, _proxy.Stat(Manager + "total_filter_chains_draining"));
        var stays = two.Ask();
        Assert.EndsWith("two", stays, StringComparison.Ordinal);
        Assert.DoesNotContain("connection: close", stays, StringComparison.Ordinal);
        var ends = three.Ask();
        Assert.EndsWith("three", ends, StringComparison.Ordinal); // it is served by the chain it came to
        Assert.Contains("\r\nconnection: close\r\n", ends, StringComparison.Ordinal);
        Assert.True(three.WaitForEnd());
        using var fresh = Connect(3);
        Assert.EndsWith("trois", fresh.Ask(), StringComparison.Ordinal);

        _proxy.Advance(s_drainTime);
        Assert.Equal(0, _proxy.Stat(Manager + "total_filter_chains_draining"));
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
        Assert.EndsWith("trois", fresh.Ask(), StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat(Manager + "listener_in_place_updated"));
        Assert.Equal(1, _proxy.Stat(Manager + "listener_modified"));
        Assert.Equal(1, _proxy.Stat(Manager + "listener_added"));
        Assert.Equal(1, _proxy.Stat(Manager + "listener_create_success"));
        Assert.Equal(0, _proxy.Stat(Manager + "total_listeners_draining"));
    }

    [Fact]
    public void What_is_left_of_a_chain_that_is_gone_is_cut_off_when_the_drain_time_is_over()
    {
        using var upstream = ScriptedServer.Always("");
        _proxy.Clusters(upstream.Port);
        const string Stuck = """{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""";
        Serve(Chains("two", "three", third: Stuck));
        using var two = Connect(2);
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
        using var stuck = Connect(3);
        stuck.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually.True(() => _proxy.Stat("cluster.a.upstream_rq_active") == 1, "a request is under way");

        Serve(Chains("two", "three"));
        _proxy.Advance(s_drainTime - TimeSpan.FromSeconds(1));
        Assert.Equal(0, stuck.Socket.Available);
        Assert.False(stuck.Socket.Poll(0, System.Net.Sockets.SelectMode.SelectRead));
        _proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.True(stuck.WaitForEnd());
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
    }

    /// <summary>Each of these is a listener of its own to Envoy, too: everybody drains.</summary>
    [Theory]
    [InlineData("\"trafficDirection\":\"INBOUND\",")]
    [InlineData("\"continueOnListenerFiltersTimeout\":true,")]
    [InlineData("\"drainType\":\"MODIFY_ONLY\",")]
    public void Any_other_change_drains_the_whole_listener(string fields)
    {
        Serve(Chains("two", "three"));
        using var two = Connect(2);
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
        Serve(Chains("two", "three", fields));
        Assert.Equal(1, _proxy.Stat(Manager + "total_listeners_draining"));
        Assert.Contains("\r\nconnection: close\r\n", two.Ask(), StringComparison.Ordinal);
        Assert.True(two.WaitForEnd());
        two.Dispose();
        Eventually.True(() => _proxy.Stat(Manager + "total_listeners_draining") == 0, "the old version is gone");
        Assert.Equal(0, _proxy.Stat(Manager + "listener_in_place_updated"));
        Assert.Equal(1, _proxy.Stat(Manager + "listener_modified"));
    }

    [Fact]
    public void Chains_that_come_and_go_leave_the_others_alone()
    {
        Serve(Chains("two", null));
        using var two = Connect(2);
        Assert.EndsWith("two", two.Ask(), StringComparison.Ordinal);
        Serve(Chains("two", "three"));
        using var three = Connect(3);
        Assert.EndsWith("three", three.Ask(), StringComparison.Ordinal);
        Assert.DoesNotContain("connection: close", two.Ask(), StringComparison.Ordinal);
        Serve(Chains("two", null));
        Assert.DoesNotContain("connection: close", two.Ask(), StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", three.Ask(), StringComparison.Ordinal);
        using var nobody = Connect(3);
        Assert.True(nobody.WaitForEnd());
        Assert.Equal(2, _proxy.Stat(Manager + "listener_in_place_updated"));
    }

    [Fact]
    public async Task A_listener_of_another_name_takes_over_the_address_with_the_connections_that_wait_there()
    {
        var port = FreePorts.Next();
        Serve(Listeners.Http("l").At(port));
        using var before = new Client(_proxy.Address("l"));
        Assert.EndsWith("ahoy", before.Ask(), StringComparison.Ordinal);
        using var busy = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        _proxy
            .Server.Workers[0]
            .Loop.Post(() =>
            {
                blocked.Set();
                busy.Wait(TestContext.Current.CancellationToken);
            });
        blocked.Wait(TestContext.Current.CancellationToken);
        using var waiting = new Client(new IPEndPoint(IPAddress.Loopback, port));
        waiting.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var applying = Task.Run(() => Serve(Listeners.Http("m").At(port)), TestContext.Current.CancellationToken);
        busy.Set();
        await applying;
        Assert.EndsWith("ahoy", waiting.ReadAnswer(), StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", before.Ask(), StringComparison.Ordinal);
        using var after = new Client(_proxy.Address("m"));
        Assert.DoesNotContain("connection: close", after.Ask(), StringComparison.Ordinal);
        Assert.Equal(2, _proxy.Stat(Manager + "listener_added"));
        Assert.Equal(1, _proxy.Stat(Manager + "listener_removed"));
    }

    /// <summary>On return the listeners serve, and what was before drains.</summary>
    private void Serve(params (string, string)[] listeners)
    {
        Assert.Empty(_proxy.Apply<Listener>(TypeUrls.Listener, listeners));
        _proxy.Settle();
    }

    private Client Connect(int host) => new(_proxy.Address("l"), IPAddress.Parse($"127.0.0.{host}"));

    /// <summary>A chain for each of two clients that answers with a word; null is no chain.</summary>
    private static (string, string) Chains(string two, string? three, string fields = "", string? third = null)
    {
        var chains = Chain(2, Listeners.Ahoy.Replace("ahoy", two, StringComparison.Ordinal));
        if (three is not null)
            chains += "," + Chain(3, third ?? Listeners.Ahoy.Replace("ahoy", three, StringComparison.Ordinal));
        return (
            "l",
            $$"""
            {"name":"l",{{fields}}"address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },"filterChains":[{{chains}}]}
            """
        );
    }

    private static string Chain(int host, string routes) =>
        $$"""
            {"name":"c{{host}}","filterChainMatch":{"sourcePrefixRanges":[{"addressPrefix":"127.0.0.{{host}}","prefixLen":32}]},"filters":[
              {"name":"hcm","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"l","routeConfig":{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"routes":[{{routes}}]}]},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"} }]} }]}
            """;
}
