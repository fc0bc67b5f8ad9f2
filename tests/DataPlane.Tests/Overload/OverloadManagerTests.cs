// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Overload;
using Lateen.Telemetry;

namespace DataPlane.Tests.Overload;

/// <summary>From pressure to actions.</summary>
public sealed class OverloadManagerTests
{
    /// <summary>From, to, pressure and what comes of it in percent; with both thresholds the same it is one threshold.</summary>
    [Theory]
    [InlineData(0.9, 0.9, 0.89, 0)]
    [InlineData(0.9, 0.9, 0.9, 100)]
    [InlineData(0.9, 0.9, 1.3, 100)]
    [InlineData(0.85, 0.95, 0.85, 0)]
    [InlineData(0.85, 0.95, 0.86, 10)]
    [InlineData(0.85, 0.95, 0.92, 70)]
    [InlineData(0.85, 0.95, 0.95, 100)]
    public void A_trigger_says_how_far_an_action_is_in_force(double from, double to, double pressure, int percent)
    {
        var monitor = new FakeMonitor { Pressure = pressure };
        var manager = monitor.Manage((OverloadAction.ShrinkHeap, from, to));
        manager.Refresh();
        Assert.InRange(
            Stat(manager, "overload.envoy.overload_actions.shrink_heap.scale_percent"),
            percent - 1,
            percent
        );
        Assert.Equal(percent == 100 ? 1 : 0, Stat(manager, "overload.envoy.overload_actions.shrink_heap.active"));
        Assert.Equal(
            (long)(pressure * 100),
            Stat(manager, "overload.envoy.resource_monitors.injected_resource.pressure")
        );
    }

    [Fact]
    public void What_cannot_be_read_stays_as_it_was_and_is_counted()
    {
        var monitor = new FakeMonitor { Pressure = 1 };
        var manager = monitor.Manage((OverloadAction.ShrinkHeap, 0.9, 0.9));
        manager.Refresh();
        (monitor.Pressure, monitor.IsKnown) = (0, false);
        manager.Refresh();
        Assert.True(manager.State.IsSaturated(OverloadAction.ShrinkHeap));
        Assert.Equal(1, Stat(manager, "overload.envoy.resource_monitors.injected_resource.failed_updates"));
    }

    [Fact]
    public void Switches_are_told_once_and_acts_with_every_refresh()
    {
        var monitor = new FakeMonitor();
        var manager = monitor.Manage((OverloadAction.ReduceTimeouts, 0.5, 1));
        var acts = new List<int>();
        var switches = new List<bool>();
        manager.Acted += (_, value) => acts.Add(value);
        manager.Switched += (_, isSaturated) => switches.Add(isSaturated);
        foreach (var pressure in new[] { 0, 0.75, 1, 1, 0.75, 0.2, 0 })
        {
            monitor.Pressure = pressure;
            manager.Refresh();
        }
        const int Half = OverloadState.Saturated / 2;
        Assert.Equal([Half, OverloadState.Saturated, OverloadState.Saturated, Half, 0], acts);
        Assert.Equal([true, false], switches);
    }

    /// <summary>Envoy's example: 600 s of idle time at 92 % of a range from 85 to 95 % are 181.4 s.</summary>
    [Theory]
    [InlineData(0.8, 600, 600)]
    [InlineData(0.92, 600, 181.4)]
    [InlineData(0.99, 600, 2)]
    [InlineData(0.99, 1, 1)]
    [InlineData(0.99, 0, 0)]
    public void Timeouts_shrink_towards_their_least(double pressure, double configured, double scaled)
    {
        var monitor = new FakeMonitor { Pressure = pressure };
        var manager = monitor.Manage((OverloadAction.ReduceTimeouts, 0.85, 0.95));
        manager.Refresh();
        var timeout = manager.State.Scale(ScaledTimer.HttpDownstreamConnectionIdle, TimeSpan.FromSeconds(configured));
        Assert.Equal(scaled, timeout.TotalSeconds, 0.1);
        Assert.Equal(
            TimeSpan.FromSeconds(configured),
            manager.State.Scale(ScaledTimer.TransportSocketConnect, TimeSpan.FromSeconds(configured))
        );
    }

    [Fact]
    public void A_share_of_a_timeout_may_be_its_least()
    {
        var monitor = new FakeMonitor { Pressure = 1 };
        var spec = new OverloadSpec
        {
            TimerScaleFactors = [new TimerScale(ScaledTimer.HttpDownstreamStreamIdle, TimeSpan.Zero, 0.1)],
        };
        var manager = monitor.Manage(spec, (OverloadAction.ReduceTimeouts, 0.85, 0.95));
        manager.Refresh();
        Assert.Equal(
            TimeSpan.FromSeconds(60),
            manager.State.Scale(ScaledTimer.HttpDownstreamStreamIdle, TimeSpan.FromSeconds(600))
        );
    }

    [Fact]
    public void A_trigger_needs_its_monitor() =>
        Assert.Throws<ArgumentException>(() =>
            new OverloadManager(
                new OverloadSpec { Actions = OverloadSpec.StandardActions },
                new RuntimeValues(new Dictionary<string, string>())
            )
        );

    [Fact]
    public void The_memory_of_this_process_is_known_and_grows_with_what_it_holds()
    {
        var before = FixedHeapMonitor.ReadUsedBytes();
        Assert.InRange(before, 1 << 20, 1L << 40);
        var held = new byte[128 << 20];
        Array.Fill(held, (byte)1);
        // Other tests free memory at the same time, but not as much.
        Assert.InRange(FixedHeapMonitor.ReadUsedBytes(), before + (32 << 20), long.MaxValue);
        Assert.True(new FixedHeapMonitor(before).TryRead(out var pressure));
        Assert.True(pressure > 1);
        GC.KeepAlive(held);
    }

    [Fact]
    public void Runtime_values_have_two_layers()
    {
        var runtime = new RuntimeValues(
            new Dictionary<string, string> { [RuntimeValues.GlobalConnectionLimit] = "5", ["other"] = "x" }
        );
        var number = runtime.Number(RuntimeValues.GlobalConnectionLimit, 9);
        Assert.Equal(5, number.Value);
        runtime.Modify(RuntimeValues.GlobalConnectionLimit, "7");
        Assert.Equal(7, number.Value);
        Assert.Same(number, runtime.Number(RuntimeValues.GlobalConnectionLimit, 9));
        Assert.Equal([("other", "x", ""), (RuntimeValues.GlobalConnectionLimit, "5", "7")], runtime.Entries());
        runtime.Modify(RuntimeValues.GlobalConnectionLimit, "");
        Assert.Equal(5, number.Value);
        Assert.Equal(9, runtime.Number("other", 9).Value);
    }

    private static long Stat(OverloadManager manager, string name)
    {
        var samples = new List<Sample>();
        manager.Collect(samples);
        return samples.Single(sample => sample.PlainName == name).Value;
    }
}
