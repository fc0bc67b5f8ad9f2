// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Health.Checks;

namespace DataPlane.Tests.Health;

/// <summary>Intervals, payloads and the messages of gRPC's health service.</summary>
public sealed class CheckTablesTests
{
    private static readonly HealthCheckSpec s_plain = new()
    {
        Probe = new TcpProbeSpec(),
        Timeout = TimeSpan.FromSeconds(1),
        Interval = TimeSpan.FromSeconds(10),
        UnhealthyThreshold = 3,
        HealthyThreshold = 2,
    };

    private static readonly HealthCheckSpec s_all = s_plain with
    {
        NoTrafficInterval = TimeSpan.FromSeconds(1),
        NoTrafficHealthyInterval = TimeSpan.FromSeconds(2),
        UnhealthyInterval = TimeSpan.FromSeconds(3),
        UnhealthyEdgeInterval = TimeSpan.FromSeconds(4),
        HealthyEdgeInterval = TimeSpan.FromSeconds(5),
    };

    /// <summary>Passed, on the edge, traffic; seconds with nothing but an interval, and with every interval set.</summary>
    public static TheoryData<bool, bool, bool, int, int> Intervals =>
        new()
        {
            { true, false, true, 10, 10 },
            { true, true, true, 10, 5 },
            { false, false, true, 10, 3 },
            { false, true, true, 10, 4 },
            { true, false, false, 60, 2 },
            { true, true, false, 60, 1 },
            { false, false, false, 60, 1 },
            { false, true, false, 60, 1 },
        };

    [Theory, MemberData(nameof(Intervals))]
    public void The_next_check_comes_after_its_interval(bool passed, bool edge, bool traffic, int plain, int all)
    {
        var transition = edge ? HealthTransition.Pending : HealthTransition.Unchanged;
        TimeSpan After(HealthCheckSpec spec) => CheckIntervals.After(spec, passed, transition, traffic, random: 7);
        Assert.Equal(TimeSpan.FromSeconds(plain), After(s_plain));
        Assert.Equal(TimeSpan.FromSeconds(all), After(s_all));
    }

    [Fact]
    public void An_edge_of_unhealthiness_falls_back_to_the_interval_of_unhealthy_endpoints()
    {
        var spec = s_plain with { UnhealthyInterval = TimeSpan.FromSeconds(3) };
        var after = CheckIntervals.After(spec, passed: false, HealthTransition.Pending, hasTraffic: true, random: 0);
        Assert.Equal(TimeSpan.FromSeconds(3), after);
    }

    [Fact]
    public void Jitter_is_added_up_to_its_limit_and_no_further()
    {
        var spec = s_plain with { IntervalJitter = TimeSpan.FromSeconds(2), IntervalJitterPercent = 50 };
        var seconds = Enumerable
            .Range(0, 2000)
            .Select(draw =>
                CheckIntervals.After(spec, true, HealthTransition.Unchanged, true, (ulong)draw).TotalSeconds
            )
            .ToArray();
        Assert.InRange(seconds.Min(), 10, 10.5);
        Assert.InRange(seconds.Max(), 16.5, 17);
        Assert.InRange(seconds.Average(), 13.3, 13.7);
    }

    [Fact]
    public void The_first_check_waits_for_the_initial_jitter_alone()
    {
        Assert.Equal(TimeSpan.Zero, CheckIntervals.Initial(s_all, random: ulong.MaxValue));
        var spec = s_all with { InitialJitter = TimeSpan.FromTicks(1000) };
        Assert.Equal(TimeSpan.FromTicks(999), CheckIntervals.Initial(spec, random: 4999));
    }

    public static TheoryData<string, string, bool> Payloads =>
        new()
        {
            { "anything", "", true },
            { "", "", true },
            { "PONG", "PONG", true },
            { "+PONG\r\n", "PONG", true },
            { "PON", "PONG", false },
            { "abcdef", "ab|ef", true },
            { "abcdef", "ef|ab", false }, // in this order
            { "abab", "ab|ab", true },
            { "ab", "ab|ab", false }, // each piece takes what it matched
            { "abc", "ab|bc", false },
        };

    [Theory, MemberData(nameof(Payloads))]
    public void Pieces_are_found_in_order_with_anything_between(string received, string pieces, bool expected)
    {
        var wanted = pieces.Length == 0 ? [] : pieces.Split('|').Select(Encoding.ASCII.GetBytes).ToArray();
        Assert.Equal(expected, PayloadMatch.Contains(Encoding.ASCII.GetBytes(received), wanted));
    }

    public static TheoryData<string, bool> Answers =>
        new()
        {
            { "00 00000002 0801", true }, // SERVING
            { "00 00000002 0802", false }, // NOT_SERVING
            { "00 00000002 0803", false }, // SERVICE_UNKNOWN
            { "00 00000000", false }, // UNKNOWN, the default
            { "", false },
            { "00 00000002 08", false }, // cut off
            { "01 00000002 0801", false }, // compressed, which nobody asked for
            { "00 00000002 0801 00 00000002 0801", false }, // two messages
            { "00 00000005 0801 120161", true }, // with a field that is not known
            { "00 00000004 0802 0801", true }, // the last one counts
            { "00 00000003 088180", false }, // a number without end
            { "00 00000004 1a05 0801", false }, // a field longer than the message
            { "00 0000000b 09 0000000000000000 0801", true },
            { "00 00000007 15 00000000 0801", true },
        };

    [Theory, MemberData(nameof(Answers))]
    public void An_answer_is_serving_or_it_is_not(string hex, bool expected) =>
        Assert.Equal(
            expected,
            HealthMessages.IsServing(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))
        );

    [Fact]
    public void A_question_has_the_service_it_is_about()
    {
        Assert.Equal("0000000000", Convert.ToHexString(HealthMessages.WriteRequest("")));
        Assert.Equal("00000000050A03612E62", Convert.ToHexString(HealthMessages.WriteRequest("a.b")));
        var longName = HealthMessages.WriteRequest(new string('s', 300));
        Assert.Equal("000000012F0AAC02", Convert.ToHexString(longName.AsSpan(0, 8)));
        Assert.Equal(308, longName.Length);
    }
}
