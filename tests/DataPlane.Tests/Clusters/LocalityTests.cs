// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Clusters;

/// <summary>Localities by weight, and priorities, health and subsets in real picks.</summary>
public sealed class LocalityTests
{
    private static readonly LocalitySpec s_west = new("r", "west", "", 3);
    private static readonly LocalitySpec s_east = new("r", "east", "", 1);
    private static readonly LocalitySpec s_unweighted = new("r", "north", "", 0);

    private static ClusterSpec ByLocality(BalancerKind kind = BalancerKind.RoundRobin) =>
        Spec(kind) with
        {
            LocalityWeighted = true,
        };

    [Fact]
    public void Localities_take_turns_by_weight() =>
        Assert.Equal(
            "acbaacba".Length,
            Picks(Balancer(ByLocality(), In(s_west, 0), In(s_west, 1), In(s_east, 2)), 8)
                .Count(static l => l is 'a' or 'b' or 'c')
        );

    [Theory]
    [InlineData(BalancerKind.RoundRobin)]
    [InlineData(BalancerKind.Random)]
    [InlineData(BalancerKind.LeastRequest)]
    public void A_locality_gets_its_share_however_many_endpoints_it_has(BalancerKind kind)
    {
        var picks = Picks(
            Balancer(ByLocality(kind), In(s_west, 0), In(s_east, 1), In(s_east, 2), In(s_east, 3)),
            40_000
        );
        Assert.InRange(ChiSquareRatio(picks, 9, 1, 1, 1), 0, 1);
    }

    [Fact]
    public void A_ring_folds_locality_weights_into_its_points()
    {
        var spec = ByLocality(BalancerKind.RingHash) with
        {
            HashBalancer = new HashBalancerSpec { MinRingSize = 100_000 },
        };
        var picks = Picks(Balancer(spec, In(s_west, 0), In(s_east, 1), In(s_east, 2), In(s_east, 3)), 40_000);
        Assert.InRange(picks.Count(static letter => letter == 'a'), 0.72 * 40_000, 0.78 * 40_000);
    }

    [Fact]
    public void A_locality_without_weight_gets_nothing() =>
        Assert.DoesNotContain('b', Picks(Balancer(ByLocality(), In(s_west, 0), In(s_unweighted, 1)), 100));

    [Fact]
    public void Without_locality_weighting_every_endpoint_counts_the_same() =>
        Assert.Equal(
            "abcabc",
            Picks(Balancer(Spec(BalancerKind.RoundRobin), In(s_west, 0), In(s_unweighted, 1), In(s_east, 2)), 6)
        );

    [Fact]
    public void A_locality_with_sick_endpoints_hands_over_what_it_cannot_take()
    {
        // West has 1 of 2: 3 × min(1, 1.4 × 0.5) = 2.1 beside east's 1.
        var picks = Picks(
            Balancer(
                ByLocality(),
                In(s_west, 0),
                In(s_west, 1) with
                {
                    Health = EndpointHealth.Unhealthy,
                },
                In(s_east, 2)
            ),
            31_000
        );
        Assert.InRange(picks.Count(static letter => letter == 'a'), 20_990, 21_010);
        Assert.DoesNotContain('b', picks);
    }

    [Fact]
    public void Priorities_spill_over()
    {
        var endpoints = Equal(4)
            .Select(
                static (endpoint, index) =>
                    endpoint with
                    {
                        Priority = index / 2,
                        Health = index == 0 ? EndpointHealth.Unhealthy : EndpointHealth.Healthy,
                    }
            )
            .ToArray();
        var picks = Picks(Balancer(Spec(BalancerKind.Random), endpoints), 40_000);
        Assert.InRange(ChiSquareRatio(picks.Replace('b', 'a').Replace('c', 'b').Replace('d', 'c'), 70, 15, 15), 0, 1);
    }

    [Theory]
    [InlineData(50, false, "abcd")] // panic: everybody serves
    [InlineData(25, false, "d")]
    [InlineData(0, false, "d")]
    [InlineData(50, true, "-")] // fail_traffic_on_panic
    public void Below_the_panic_threshold_health_does_not_count(double threshold, bool fail, string served)
    {
        var endpoints = Equal(4)
            .Select(
                static (endpoint, index) =>
                    endpoint with
                    {
                        Health = index < 3 ? EndpointHealth.Unhealthy : EndpointHealth.Healthy,
                    }
            )
            .ToArray();
        var spec = Spec(BalancerKind.RoundRobin) with { PanicThreshold = threshold, FailTrafficOnPanic = fail };
        Assert.Equal(served, string.Concat(Picks(Balancer(spec, endpoints), 40).Distinct().Order()));
    }

    [Fact]
    public void Degraded_endpoints_serve_what_healthy_ones_cannot()
    {
        var endpoints = Equal(4)
            .Select(
                static (endpoint, index) =>
                    endpoint with
                    {
                        Health = index < 2 ? EndpointHealth.Healthy : EndpointHealth.Degraded,
                    }
            )
            .ToArray();
        Assert.InRange(
            ChiSquareRatio(Picks(Balancer(Spec(BalancerKind.Random), endpoints), 40_000), 35, 35, 15, 15),
            0,
            1
        );
    }

    private static EndpointSpec In(LocalitySpec locality, int number) => new(Address(number)) { Locality = locality };
}
