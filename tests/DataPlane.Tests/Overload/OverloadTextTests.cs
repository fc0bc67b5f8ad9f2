// SPDX-License-Identifier: Apache-2.0
using Lateen.Agent.Overload;
using Lateen.Proxy.Overload;

namespace DataPlane.Tests.Overload;

/// <summary>Overload settings as a user writes them.</summary>
public sealed class OverloadTextTests
{
    private const string Names =
        "stop_accepting_requests, disable_http_keepalive, stop_accepting_connections, reject_incoming_connections, "
        + "shrink_heap, reduce_timeouts, reset_high_memory_stream";

    [Fact]
    public void Actions_have_thresholds_and_ranges()
    {
        Assert.True(
            OverloadText.TryParseActions(
                "shrink_heap=fixed_heap:0.9, envoy.overload_actions.reduce_timeouts=envoy.resource_monitors.fixed_heap:0.85-0.95,shrink_heap=fixed_heap:1",
                out var actions,
                out _
            )
        );
        Assert.Equal([OverloadAction.ShrinkHeap, OverloadAction.ReduceTimeouts], actions.Select(a => a.Action));
        Assert.Equal(
            [
                new OverloadTrigger(ResourceMonitorNames.FixedHeap, 0.9, 0.9),
                new OverloadTrigger(ResourceMonitorNames.FixedHeap, 1, 1),
            ],
            actions[0].Triggers
        );
        Assert.Equal([new OverloadTrigger(ResourceMonitorNames.FixedHeap, 0.85, 0.95)], actions[1].Triggers);
        Assert.True(OverloadText.TryParseActions("none", out var none, out _));
        Assert.Empty(none);
    }

    [Theory]
    [InlineData(
        "shrink_heap",
        "\"shrink_heap\" is no action; write ACTION=MONITOR:THRESHOLD or ACTION=MONITOR:FROM-TO, as shrink_heap=fixed_heap:0.9"
    )]
    [InlineData("shrink=fixed_heap:0.9", "there is no action shrink; there are " + Names)]
    [InlineData("shrink_heap=cpu:0.9", "no action can hang on a monitor cpu; there is fixed_heap")]
    [InlineData(
        "shrink_heap=fixed_heap:90",
        "\"shrink_heap=fixed_heap:90\" has no share from 0 to 1; write ACTION=MONITOR:THRESHOLD or ACTION=MONITOR:FROM-TO, as shrink_heap=fixed_heap:0.9"
    )]
    [InlineData(
        "shrink_heap=fixed_heap:0.9-0.8",
        "\"shrink_heap=fixed_heap:0.9-0.8\" has no share from 0 to 1; write ACTION=MONITOR:THRESHOLD or ACTION=MONITOR:FROM-TO, as shrink_heap=fixed_heap:0.9"
    )]
    public void What_is_no_action_is_told(string text, string problem)
    {
        Assert.False(OverloadText.TryParseActions(text, out _, out var told));
        Assert.Equal(problem, told);
    }

    [Fact]
    public void Timers_have_a_time_or_a_share()
    {
        Assert.True(
            OverloadText.TryParseTimers(
                "HTTP_DOWNSTREAM_CONNECTION_IDLE=2s,HTTP_DOWNSTREAM_STREAM_IDLE=10%",
                out var timers,
                out _
            )
        );
        Assert.Equal(
            [
                new TimerScale(ScaledTimer.HttpDownstreamConnectionIdle, TimeSpan.FromSeconds(2), 0),
                new TimerScale(ScaledTimer.HttpDownstreamStreamIdle, TimeSpan.Zero, 0.1),
            ],
            timers
        );
    }

    [Theory]
    [InlineData(
        "IDLE=2s",
        "there is no timer IDLE; there are HTTP_DOWNSTREAM_CONNECTION_IDLE, HTTP_DOWNSTREAM_STREAM_IDLE, TRANSPORT_SOCKET_CONNECT, HTTP_DOWNSTREAM_CONNECTION_MAX"
    )]
    [InlineData(
        "TRANSPORT_SOCKET_CONNECT=2m",
        "\"TRANSPORT_SOCKET_CONNECT=2m\" is no timer's least time; write TIMER=SECONDSs or TIMER=PERCENT%, as HTTP_DOWNSTREAM_CONNECTION_IDLE=2s"
    )]
    [InlineData(
        "TRANSPORT_SOCKET_CONNECT=",
        "\"TRANSPORT_SOCKET_CONNECT=\" is no timer's least time; write TIMER=SECONDSs or TIMER=PERCENT%, as HTTP_DOWNSTREAM_CONNECTION_IDLE=2s"
    )]
    public void What_is_no_timer_is_told(string text, string problem)
    {
        Assert.False(OverloadText.TryParseTimers(text, out _, out var told));
        Assert.Equal(problem, told);
    }

    [Fact]
    public void Runtime_values_are_pairs()
    {
        Assert.True(OverloadText.TryParseRuntime("a.b=1,c=2", out var values, out _));
        Assert.Equal(new Dictionary<string, string> { ["a.b"] = "1", ["c"] = "2" }, values);
        Assert.False(OverloadText.TryParseRuntime("a.b", out _, out var problem));
        Assert.Equal("\"a.b\" is no runtime value; write KEY=VALUE", problem);
    }

    /// <summary>What /proc/self/cgroup says, a file below /sys/fs/cgroup and its text, and the limit.</summary>
    [Theory]
    [InlineData("0::/a/b\n", "a/b/memory.max", "1000\n", 1000L)]
    [InlineData("0::/a/b\n", "a/memory.max", "1000\n", 1000L)]
    [InlineData("0::/a/b\n", "memory.max", "1000\n", 1000L)]
    [InlineData("0::/a/b\n", "a/b/memory.max", "max\n", null)]
    [InlineData("0::/../outside\n", "memory.max", "1000\n", 1000L)]
    [InlineData("5:cpu,memory:/a\n0::/\n", "memory/a/memory.limit_in_bytes", "2000\n", 2000L)]
    [InlineData("5:cpu,memory:/a\n", "memory/a/memory.limit_in_bytes", "9223372036854771712\n", null)]
    [InlineData("5:cpu:/a\n", "memory/a/memory.limit_in_bytes", "2000\n", null)]
    public void The_control_groups_limit_is_found(string groups, string file, string text, long? limit)
    {
        var root = Directory.CreateTempSubdirectory("lateen-cgroup-");
        try
        {
            Write("proc/self/cgroup", groups);
            Write(Path.Combine("sys/fs/cgroup", file), text);
            Assert.Equal(limit, MemoryLimit.Read(root.FullName));
        }
        finally
        {
            root.Delete(recursive: true);
        }

        void Write(string path, string content)
        {
            var full = Path.Combine(root.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
        }
    }
}
