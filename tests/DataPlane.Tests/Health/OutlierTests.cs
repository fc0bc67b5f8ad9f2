// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Health;
using Lateen.Telemetry;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Health;

/// <summary>Who is ejected, by what, for how long. Answers are statuses, <c>c</c> a failed connection, <c>t</c> a timeout.</summary>
public sealed class OutlierTests
{
    private long _now = 1_000_000;

    public static TheoryData<string, bool, string> Consecutive =>
        new()
        {
            { "500 500 500 500 500", true, "consecutive_5xx" },
            { "500 500 500 500", false, "" },
            { "500 500 500 500 200 500", false, "" }, // a success begins again
            { "500 501 502 503 504", true, "consecutive_5xx" },
            { "499 499 499 499 499", false, "" },
            { "c c c c c", true, "consecutive_5xx" }, // unless they are split off
            { "c t 500 c t", true, "consecutive_5xx" },
            { "t t t t 404 t", false, "" },
        };

    [Theory, MemberData(nameof(Consecutive))]
    public void Failures_in_a_row_eject(string answers, bool ejected, string reason) =>
        Expect(new OutlierSpec(), answers, ejected, reason);

    public static TheoryData<string, bool, string> Gateway =>
        new()
        {
            { "502 503 504", true, "consecutive_gateway_failure" },
            { "503 503", false, "" },
            { "503 503 500 503", false, "" }, // another failure is no gateway's
            { "t c t", true, "consecutive_gateway_failure" },
            { "500 500 500", false, "" },
        };

    [Theory, MemberData(nameof(Gateway))]
    public void Gateway_failures_eject_where_they_are_enforced(string answers, bool ejected, string reason) =>
        Expect(
            new OutlierSpec
            {
                ConsecutiveGateway = 3,
                EnforcingGateway = 100,
                Enforcing5xx = 0,
            },
            answers,
            ejected,
            reason
        );

    public static TheoryData<string, bool, string> Split =>
        new()
        {
            { "c c c", true, "consecutive_local_origin_failure" },
            { "c t c", true, "consecutive_local_origin_failure" },
            { "c c 500 c", false, "" }, // it answered, whatever it said
            { "c 500 c 500 500 500 500", true, "consecutive_5xx" },
            { "c c", false, "" },
        };

    [Theory, MemberData(nameof(Split))]
    public void Local_failures_may_count_apart(string answers, bool ejected, string reason) =>
        Expect(new OutlierSpec { SplitsLocalOrigin = true, ConsecutiveLocal = 3 }, answers, ejected, reason);

    [Fact]
    public void An_ejection_lasts_longer_each_time_and_good_behaviour_is_remembered()
    {
        var (cluster, detector) = Detecting(new OutlierSpec());
        var first = cluster.Endpoints[0].State;
        int SecondsOut()
        {
            Play(detector, first, "500 500 500 500 500");
            Assert.Equal(HealthFlags.FailedOutlierCheck, first.Flags);
            var seconds = 0;
            for (; first.Flags != HealthFlags.None; seconds += 10)
                Interval(detector);
            return seconds;
        }
        Assert.Equal(30, SecondsOut());
        Assert.Equal(60, SecondsOut());
        Assert.Equal(90, SecondsOut());
        // Each quiet interval takes one off, never below none.
        for (var i = 0; i < 5; i++)
            Interval(detector);
        Assert.Equal(30, SecondsOut());
    }

    [Fact]
    public void An_ejection_is_never_longer_than_the_maximum()
    {
        var (cluster, detector) = Detecting(new OutlierSpec { BaseEjectionTime = TimeSpan.FromSeconds(200) });
        var first = cluster.Endpoints[0].State;
        foreach (var expected in new[] { 200, 300, 300 })
        {
            Play(detector, first, "500 500 500 500 500");
            var from = _now;
            while (first.Flags != HealthFlags.None)
                Interval(detector);
            Assert.Equal(expected, (_now - from) / 1000);
        }
    }

    [Theory]
    [InlineData(10, 10U, false, 1)]
    [InlineData(10, 25U, false, 2)]
    [InlineData(10, 100U, false, 10)]
    [InlineData(3, 10U, false, 0)] // one of three is more than 10 %
    [InlineData(3, 10U, true, 1)]
    [InlineData(4, 50U, true, 2)]
    public void Only_so_many_are_ejected_at_a_time(int endpoints, uint percent, bool always, int ejected)
    {
        var (cluster, detector) = Detecting(
            new OutlierSpec { MaxEjectionPercent = percent, AlwaysEjectsOne = always },
            endpoints
        );
        foreach (var endpoint in cluster.Endpoints)
            Play(detector, endpoint.State, "500 500 500 500 500");
        Assert.Equal(ejected, cluster.Endpoints.Count(static endpoint => endpoint.IsEjected));
        Assert.Equal(endpoints - ejected, Value(cluster, "ejections_overflow"));
        Assert.Equal(ejected, Value(cluster, "ejections_active"));
        Assert.Equal(ejected, Value(cluster, "ejections_enforced_total"));
    }

    [Fact]
    public void What_is_not_enforced_is_still_counted()
    {
        var (cluster, detector) = Detecting(new OutlierSpec { Enforcing5xx = 0 });
        Play(detector, cluster.Endpoints[0].State, "500 500 500 500 500");
        Assert.False(cluster.Endpoints[0].IsEjected);
        Assert.Equal(1, Value(cluster, "ejections_detected_consecutive_5xx"));
        Assert.Equal(0, Value(cluster, "ejections_enforced_consecutive_5xx"));
    }

    [Fact]
    public void Too_many_ejections_mean_panic_and_everybody_serves()
    {
        var (cluster, detector) = Detecting(new OutlierSpec { MaxEjectionPercent = 100 }, 4);
        foreach (var endpoint in cluster.Endpoints.Take(3))
            Play(detector, endpoint.State, "500 500 500 500 500");
        Assert.Equal("abcd", string.Concat(Picks(cluster.Balancer, 40).Distinct().Order()));
    }

    [Theory]
    [InlineData(1900, 100, 0, 5, true)] // 4 × 100 % and 0 %: below 80 - 1.9 × 40 = 4
    [InlineData(1900, 100, 10, 5, true)] // 82 - 1.9 × 36 = 13.6
    [InlineData(2100, 100, 10, 5, false)] // 82 - 2.1 × 36 = 6.4
    [InlineData(1900, 99, 0, 5, false)] // too few requests
    [InlineData(1900, 100, 0, 4, false)] // too few endpoints
    public void A_low_success_rate_ejects(uint factor, int requests, int successes, int endpoints, bool ejected)
    {
        var (cluster, detector) = Detecting(
            new OutlierSpec
            {
                Enforcing5xx = 0,
                MaxEjectionPercent = 100,
                SuccessRateFactor = factor,
            },
            endpoints
        );
        foreach (var endpoint in cluster.Endpoints)
        {
            var good = endpoint == cluster.Endpoints[0] ? successes : requests;
            for (var i = 0; i < requests; i++)
                detector.OnResponse(endpoint.State, i < good ? 200 : 500);
        }
        Interval(detector);
        Assert.Equal(ejected, cluster.Endpoints[0].IsEjected);
        Assert.DoesNotContain(cluster.Endpoints.Skip(1), static endpoint => endpoint.IsEjected);
        Assert.Equal(ejected ? 1 : 0, Value(cluster, "ejections_enforced_success_rate"));
    }

    [Theory]
    [InlineData(50, 42, false)]
    [InlineData(50, 43, true)] // 86 %
    [InlineData(49, 49, false)] // too few requests
    public void A_high_share_of_failures_ejects(int requests, int failures, bool ejected)
    {
        var (cluster, detector) = Detecting(
            new OutlierSpec
            {
                Enforcing5xx = 0,
                SuccessRate = new RateRule(0, 0, 5, 100),
                FailurePercentage = new RateRule(100, 0, 5, 50),
            }
        );
        foreach (var endpoint in cluster.Endpoints)
        {
            for (var i = 0; i < requests; i++)
                detector.OnResponse(endpoint.State, endpoint == cluster.Endpoints[0] && i < failures ? 500 : 200);
        }
        Interval(detector);
        Assert.Equal(ejected, cluster.Endpoints[0].IsEjected);
        Assert.Equal(ejected ? 1 : 0, Value(cluster, "ejections_enforced_failure_percentage"));
    }

    [Fact]
    public void Every_interval_counts_for_itself()
    {
        var (cluster, detector) = Detecting(
            new OutlierSpec { Enforcing5xx = 0, FailurePercentage = new RateRule(100, 0, 1, 50) }
        );
        for (var interval = 0; interval < 3; interval++)
        {
            for (var i = 0; i < 30; i++)
                detector.OnResponse(cluster.Endpoints[0].State, 500);
            Interval(detector);
        }
        Assert.False(cluster.Endpoints[0].IsEjected);
    }

    [Fact]
    public void Ejections_outlive_the_clusters_version_until_detection_is_switched_off()
    {
        var spec = Spec(BalancerKind.RoundRobin) with { Outlier = new OutlierSpec() };
        var first = Cluster(spec, Equal(10));
        Play(first.Outliers!, first.Endpoints[3].State, "500 500 500 500 500");
        var next = Cluster(spec, Equal(10), first);
        Assert.True(next.Endpoints[3].IsEjected);
        Assert.Equal(1, Value(next, "ejections_active"));
        Assert.False(Cluster(Spec(BalancerKind.RoundRobin), Equal(10), next).Endpoints[3].IsEjected);
    }

    [Fact]
    public void A_good_answer_costs_no_memory()
    {
        var (cluster, detector) = Detecting(new OutlierSpec());
        detector.OnResponse(cluster.Endpoints[0].State, 200);
        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                detector.OnResponse(cluster.Endpoints[0].State, i % 4 == 0 ? 503 : 200);
        });
        Assert.Equal(0, allocated);
    }

    private void Expect(OutlierSpec spec, string answers, bool ejected, string reason)
    {
        var (cluster, detector) = Detecting(spec);
        Play(detector, cluster.Endpoints[0].State, answers);
        Assert.Equal(ejected, cluster.Endpoints[0].IsEjected);
        Assert.Equal(!ejected, Picks(cluster.Balancer, 20).Contains('a'));
        if (ejected)
            Assert.Equal(1, Value(cluster, $"ejections_enforced_{reason}"));
    }

    private (ClusterRuntime Cluster, OutlierDetector Detector) Detecting(OutlierSpec spec, int endpoints = 10)
    {
        var cluster = Cluster(Spec(BalancerKind.RoundRobin) with { Outlier = spec }, Equal(endpoints));
        var detector = new OutlierDetector(spec, cluster.Endpoints, cluster.State.OutlierStats) { Clock = () => _now };
        return (cluster, detector);
    }

    private void Interval(OutlierDetector detector)
    {
        _now += 10_000;
        detector.OnInterval();
    }

    private static void Play(OutlierDetector detector, EndpointState endpoint, string answers)
    {
        foreach (var answer in answers.Split(' '))
        {
            if (answer is "c" or "t")
                detector.OnLocalFailure(endpoint, answer == "c" ? LocalFailure.ConnectFailed : LocalFailure.TimedOut);
            else
                detector.OnResponse(endpoint, int.Parse(answer));
        }
    }

    private static long Value(ClusterRuntime cluster, string name)
    {
        var samples = new List<Sample>();
        cluster.Collect(samples);
        return samples.Single(sample => sample.PlainName == $"cluster.c.outlier_detection.{name}").Value;
    }
}
