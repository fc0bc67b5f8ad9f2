// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Clusters;

/// <summary>Which endpoint comes when, for each policy.</summary>
public sealed class DistributionTests
{
    public static TheoryData<uint[], string> Sequences =>
        new()
        {
            { [1, 1, 1], "abcabcabc" },
            { [5, 1, 1], "aabacaaaabacaa" },
            { [2, 1], "abaaba" },
            { [3, 2, 1], "abacbaabacba" },
            { [1, 3], "babbbabb" },
            { [4, 3, 2], "abcabacba" },
            { [7], "aaaa" },
        };

    [Theory, MemberData(nameof(Sequences))]
    public void Round_robin_goes_smoothly_by_weight(uint[] weights, string expected) =>
        Assert.Equal(expected, Picks(Balancer(Spec(BalancerKind.RoundRobin), Weighted(weights)), expected.Length));

    [Fact]
    public void Round_robin_is_exact_over_every_cycle() =>
        Check.Sample(
            Gen.Int[1, 9].Array[1, 8],
            static weights =>
            {
                var balancer = Balancer(
                    Spec(BalancerKind.RoundRobin),
                    Weighted(Array.ConvertAll(weights, static weight => (uint)weight))
                );
                // Equal weights make a cycle of one turn each.
                var scale = weights.Distinct().Count() == 1 ? weights[0] : 1;
                for (var cycle = 0; cycle < 3; cycle++)
                {
                    var picks = Picks(balancer, weights.Sum() / scale);
                    for (var i = 0; i < weights.Length; i++)
                        Assert.Equal(weights[i] / scale, picks.Count(letter => letter == 'a' + i));
                }
            },
            seed: "0000KOIPe036",
            iter: 300
        );

    [Fact]
    public void Workers_start_apart()
    {
        var balancer = Balancer(Spec(BalancerKind.RoundRobin), new EndpointSetSpec(Equal(4)), workers: 4);
        Assert.Equal("abcd", string.Concat(Enumerable.Range(0, 4).Select(worker => Letter(balancer.Pick(worker, 0)))));
    }

    [Theory]
    [InlineData(BalancerKind.Random, new uint[] { 1, 1, 1, 1, 1 })]
    [InlineData(BalancerKind.Random, new uint[] { 1, 2, 3, 4 })]
    [InlineData(BalancerKind.Random, new uint[] { 90, 10 })]
    [InlineData(BalancerKind.LeastRequest, new uint[] { 1, 1, 1, 1, 1, 1 })]
    [InlineData(BalancerKind.LeastRequest, new uint[] { 1, 2, 5 })] // nobody is busy: by weight
    public void Draws_follow_the_weights(BalancerKind kind, uint[] weights)
    {
        var picks = Picks(Balancer(Spec(kind), Weighted(weights)), 100_000);
        Assert.InRange(ChiSquareRatio(picks, Array.ConvertAll(weights, static weight => (double)weight)), 0, 1);
    }

    [Fact]
    public void The_chi_square_test_tells_a_wrong_share() =>
        Assert.True(ChiSquareRatio(Picks(Balancer(Spec(BalancerKind.Random), Weighted(10, 11)), 100_000), 1, 1) > 1);

    [Fact]
    public void Least_request_prefers_the_idle_of_two()
    {
        var cluster = Cluster(Spec(BalancerKind.LeastRequest), Equal(2));
        cluster.Endpoints[0].State.OnRequestStarted();
        // a only when it is drawn twice.
        Assert.InRange(ChiSquareRatio(Picks(cluster.Balancer, 40_000), 1, 3), 0, 1);
        cluster.Endpoints[0].State.OnRequestEnded();
        Assert.InRange(ChiSquareRatio(Picks(cluster.Balancer, 40_000), 1, 1), 0, 1);
    }

    [Fact]
    public void More_choices_avoid_the_busy_more_often()
    {
        var cluster = Cluster(Spec(BalancerKind.LeastRequest) with { ChoiceCount = 4 }, Equal(2));
        cluster.Endpoints[0].State.OnRequestStarted();
        Assert.InRange(ChiSquareRatio(Picks(cluster.Balancer, 40_000), 1, 15), 0, 1);
    }

    [Theory]
    [InlineData(1, 1, 2)] // 4 / (3 + 1) beside 2
    [InlineData(0, 2, 1)] // requests do not count
    [InlineData(0.5, 1, 1)] // 4 / √4 beside 2
    public void Least_request_weighs_requests_against_weights(double bias, double first, double second)
    {
        var cluster = Cluster(Spec(BalancerKind.LeastRequest) with { ActiveRequestBias = bias }, Weighted(4, 2));
        for (var i = 0; i < 3; i++)
            cluster.Endpoints[0].State.OnRequestStarted();
        Assert.InRange(ChiSquareRatio(Picks(cluster.Balancer, 30_000), first, second), 0, 0.1);
    }

    [Theory]
    [InlineData(0, 1, 10, 0.1)]
    [InlineData(5_000, 1, 10, 0.5)]
    [InlineData(2_500, 2, 10, 0.5)] // √0.25
    [InlineData(9_999, 1, 10, 0.9999)]
    [InlineData(10_000, 1, 10, 1)]
    [InlineData(1_000, 1, 30, 0.3)]
    public void A_new_endpoint_warms_up(int age, double aggression, double min, double expected)
    {
        var start = new SlowStart(TimeSpan.FromSeconds(10), aggression, min);
        var endpoint = new EndpointState(new ClusterState("c", 1), Address(0)) { AddedAt = 1_000_000 };
        Assert.Equal(expected, start.Factor(endpoint, 1_000_000 + age), 6);
    }

    [Theory]
    [InlineData(BalancerKind.RoundRobin)]
    [InlineData(BalancerKind.LeastRequest)]
    public void Slow_start_spares_the_newcomer(BalancerKind kind)
    {
        var spec = Spec(kind) with { SlowStart = new SlowStart(TimeSpan.FromHours(1)) };
        var cluster = Cluster(spec, Equal(2));
        cluster.Endpoints[0].State.AddedAt -= 3_600_000;
        Assert.InRange(ChiSquareRatio(Picks(cluster.Balancer, 11_000), 10, 1), 0, 0.2);
    }

    [Fact]
    public void Nobody_to_pick_is_null() => Assert.Equal("---", Picks(Balancer(Spec(BalancerKind.RoundRobin)), 3));

    [Fact]
    public void Picking_allocates_nothing()
    {
        foreach (var kind in Enum.GetValues<BalancerKind>())
        {
            var balancer = Balancer(Spec(kind), Weighted(1, 2, 3));
            _ = balancer.Pick(0, 1);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0UL; i < 1000; i++)
                balancer.Pick(0, i);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
