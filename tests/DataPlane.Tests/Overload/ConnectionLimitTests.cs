// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Server;
using Lateen.Proxy.Overload;
using Lateen.Xds;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Overload;

/// <summary>Connections beyond a limit: accepted, closed at once and counted, while those within it are served.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private const string Stats = "listener.127.0.0.1_0.";
    private ProxyFixture? _proxy;

    public void Dispose() => _proxy?.Dispose();

    [Fact]
    public void The_proxys_limit_holds_for_all_listeners_together()
    {
        var proxy = Start(2);
        Serve(proxy, Listeners.Http("l"), Listeners.Http("m"));
        using var first = new Client(proxy.Address("l"));
        using var second = new Client(proxy.Address("m"));
        AssertServed(first, second);
        foreach (var listener in new[] { "l", "m" })
        {
            using var third = new Client(proxy.Address(listener));
            Assert.True(third.WaitForEnd());
        }
        Assert.Equal(2, proxy.Stat(Stats + "downstream_global_cx_overflow"));
        Assert.Equal(100, proxy.Stat("overload.envoy.resource_monitors.global_downstream_max_connections.pressure"));
        AssertServed(first, second);
        first.Dispose();
        Eventually.True(() => proxy.Overload.State.ActiveDownstreamConnections == 1, "one connection is left");
        using var next = new Client(proxy.Address("l"));
        AssertServed(next, second);
    }

    [Fact]
    public void A_listener_that_ignores_the_limit_still_counts_for_it()
    {
        var proxy = Start(1);
        Serve(proxy, Listeners.Http("l"), Listeners.Http("probe", listener: "\"ignoreGlobalConnLimit\":true,"));
        using var first = new Client(proxy.Address("probe"));
        using var second = new Client(proxy.Address("probe"));
        AssertServed(first, second);
        using var third = new Client(proxy.Address("l"));
        Assert.True(third.WaitForEnd());
        Assert.Equal(1, proxy.Stat(Stats + "downstream_global_cx_overflow"));
        Assert.Equal(2, proxy.Overload.State.ActiveDownstreamConnections);
    }

    [Fact]
    public void The_runtimes_limit_holds_and_can_be_changed()
    {
        var proxy = Start(null, (RuntimeValues.GlobalConnectionLimit, "0"));
        Serve(proxy, Listeners.Http("l"));
        using (var refused = new Client(proxy.Address("l")))
            Assert.True(refused.WaitForEnd());
        proxy.Overload.Runtime.Modify(RuntimeValues.GlobalConnectionLimit, "1");
        using var first = new Client(proxy.Address("l"));
        AssertServed(first);
        using var second = new Client(proxy.Address("l"));
        Assert.True(second.WaitForEnd());
        Assert.Equal(2, proxy.Stat(Stats + "downstream_global_cx_overflow"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_listeners_limit_is_its_own(bool isTcp)
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        var proxy = Start(null, (RuntimeValues.ListenerConnectionLimit("l"), "1"));
        proxy.Clusters(upstream.Port);
        Serve(proxy, isTcp ? Listeners.Tcp("l") : Listeners.Http("l"), Listeners.Http("m"));
        using var first = new Client(proxy.Address("l"));
        AssertServed(first);
        using var second = new Client(proxy.Address("l"));
        Assert.True(second.WaitForEnd());
        using var other = new Client(proxy.Address("m"));
        AssertServed(first, other);
        Assert.Equal(1, proxy.Stat(Stats + "downstream_cx_overflow"));
        Assert.Equal(0, proxy.Stat(Stats + "downstream_global_cx_overflow"));
        proxy.Overload.Runtime.Modify(RuntimeValues.ListenerConnectionLimit("l"), "2");
        using var third = new Client(proxy.Address("l"));
        AssertServed(first, third);
    }

    [Fact]
    public void A_connection_that_is_still_inspected_counts()
    {
        var proxy = Start(1);
        const string Inspector =
            "\"listenerFilters\":[{\"name\":\"i\",\"typedConfig\":{\"@type\":\"type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector\"}}],";
        Serve(proxy, Listeners.Http("l", listener: Inspector));
        using var silent = new Client(proxy.Address("l"));
        using var second = new Client(proxy.Address("l"));
        Assert.True(second.WaitForEnd());
        silent.Dispose();
        Eventually.True(() => proxy.Overload.State.ActiveDownstreamConnections == 0, "no connection is left");
    }

    [Fact]
    public void Pressure_makes_listeners_refuse_connections_unless_they_bypass_it()
    {
        var monitor = new FakeMonitor { Pressure = 0.95 };
        var proxy = _proxy = new ProxyFixture(
            overload: monitor.Manage((OverloadAction.RejectIncomingConnections, 0.95, 0.95))
        );
        Serve(proxy, Listeners.Http("l"), Listeners.Http("m", listener: "\"bypassOverloadManager\":true,"));
        using var before = new Client(proxy.Address("l"));
        AssertServed(before);
        proxy.Overload.Refresh();
        using var refused = new Client(proxy.Address("l"));
        Assert.True(refused.WaitForEnd());
        using var other = new Client(proxy.Address("m"));
        AssertServed(before, other);
        Assert.Equal(1, proxy.Stat(Stats + "downstream_cx_overload_reject"));
        Assert.Equal(1, proxy.Stat("overload.envoy.overload_actions.reject_incoming_connections.active"));
        monitor.Pressure = 0.9;
        proxy.Overload.Refresh();
        using var after = new Client(proxy.Address("l"));
        AssertServed(after);
        Assert.Equal(0, proxy.Stat("overload.envoy.overload_actions.reject_incoming_connections.active"));
    }

    [Fact]
    public void A_storm_of_connections_is_taken_as_many_at_a_time_as_configured()
    {
        var proxy = Start(10);
        Serve(proxy, Listeners.Http("l", listener: "\"maxConnectionsToAcceptPerSocketEvent\":1,"));
        using var neighbour = new Client(proxy.Address("l"));
        AssertServed(neighbour);
        for (var i = 0; i < 200; i++)
        {
            using var one = new Client(proxy.Address("l"));
            if (i % 20 == 0)
                AssertServed(neighbour);
        }
        // That one connection is open says nothing of those that the kernel still holds.
        Eventually.True(() => Accepted(proxy).Sum == 201, "the storm is over");
        Assert.Equal(1, Accepted(proxy).Quantile(1));
        Eventually.True(() => proxy.Overload.State.ActiveDownstreamConnections == 1, "its connections are gone");
    }

    private static Lateen.Telemetry.HistogramSnapshot Accepted(ProxyFixture proxy)
    {
        var samples = new List<Lateen.Telemetry.Sample>();
        proxy.Telemetry.Stats.Collect(proxy.Runtime.Current, samples);
        return samples
            .Single(static sample => sample.PlainName == Stats + "connections_accepted_per_socket_event")
            .Distribution!;
    }

    private static void Serve(ProxyFixture proxy, params (string, string)[] listeners) =>
        Assert.Empty(proxy.Apply<Listener>(TypeUrls.Listener, listeners));

    private static void AssertServed(params Client[] clients)
    {
        foreach (var client in clients)
            Assert.EndsWith("ahoy", client.Ask(), StringComparison.Ordinal);
    }

    private ProxyFixture Start(long? limit, params (string Key, string Value)[] runtime) =>
        _proxy = new ProxyFixture(
            overload: new OverloadManager(
                new OverloadSpec { MaxActiveDownstreamConnections = limit },
                new RuntimeValues(runtime.ToDictionary())
            )
        );
}
