// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Proxy.Clusters.Balancing;

namespace DataPlane.Tests.Clusters;

/// <summary>Envoy's documented examples of priority levels, degraded endpoints and panic, and the corners between them.</summary>
public sealed class PriorityLoadsTests
{
    /// <summary>Levels as total:healthy:degraded[:excluded]; loads as healthy percentages | degraded percentages; "!" marks a panic.</summary>
    public static TheoryData<string, int, double, string> Levels =>
        new()
        {
            // one priority
            { "100:100:0", 140, 50, "100|0" },
            { "100:72:0", 140, 50, "100|0" },
            { "100:71:0", 140, 50, "100|0" }, // alone it takes everything
            { "100:49:0", 140, 50, "100!|0" },
            { "100:49:0", 140, 0, "100|0" },
            { "100:50:0", 140, 50, "100|0" },
            { "100:0:0", 140, 50, "100!|0" },
            { "100:0:0", 140, 0, "100|0" },
            { "0:0:0", 140, 50, "100!|0" },
            // the table of Envoy's docs: P0 spills to P1
            { "100:100:0 100:100:0", 140, 50, "100,0|0,0" },
            { "100:72:0 100:100:0", 140, 50, "100,0|0,0" },
            { "100:71:0 100:100:0", 140, 50, "99,1|0,0" },
            { "100:50:0 100:100:0", 140, 50, "70,30|0,0" },
            { "100:25:0 100:100:0", 140, 50, "35,65|0,0" }, // no panic while others take the rest
            { "100:0:0 100:100:0", 140, 50, "0,100|0,0" },
            { "100:25:0 100:25:0", 140, 50, "50!,50!|0,0" }, // all panic: by number of endpoints
            { "300:75:0 100:25:0", 140, 50, "75!,25!|0,0" },
            { "100:5:0 100:65:0", 140, 50, "8!,92|0,0" }, // 7 + 91 = 98, scaled up; the rest to the first
            { "100:50:0 100:20:0", 140, 50, "72,28!|0,0" },
            // three priorities
            { "100:100:0 100:100:0 100:100:0", 140, 50, "100,0,0|0,0,0" },
            { "100:25:0 100:25:0 100:100:0", 140, 50, "35,35,30|0,0,0" },
            { "100:0:0 100:0:0 100:100:0", 140, 50, "0,0,100|0,0,0" },
            { "100:20:0 100:20:0 100:20:0", 140, 0, "34,33,33|0,0,0" },
            { "0:0:0 100:100:0", 140, 50, "0,100|0,0" },
            // other overprovisioning
            { "100:50:0 100:100:0", 100, 50, "50,50|0,0" },
            { "100:50:0 100:100:0", 200, 50, "100,0|0,0" },
            { "49:26:6", 1, 1, "100|0" }, // capacities that round down to nothing
            // degraded endpoints come behind all healthy ones, whatever their priority
            { "100:0:100", 140, 50, "0|100" },
            { "100:50:50", 140, 50, "70|30" },
            { "100:25:25 100:50:0", 140, 50, "35,65|0,0" },
            { "100:5:0 100:0:5 100:0:25", 140, 0, "15,0,0|0,14,71" },
            { "100:25:0 100:25:25", 140, 50, "35,35|0,30" },
            // endpoints that nobody has checked yet are not reckoned with, but in a panic they are used
            { "4:1:0:3", 140, 50, "100|0" },
            { "100:25:0:50 100:100:0", 140, 50, "70,30|0,0" },
            { "100:0:0:100 100:100:0", 140, 50, "0,100|0,0" },
            { "300:0:0:300 100:0:0", 140, 50, "75!,25!|0,0" },
        };

    [Theory, MemberData(nameof(Levels))]
    public void Requests_are_shared_among_priorities(string levels, int factor, double threshold, string expected)
    {
        var health = levels
            .Split(' ')
            .Select(static level => level.Split(':').Select(int.Parse).ToArray())
            .Select(static level => new LevelHealth(level[0], level[1], level[2], level.ElementAtOrDefault(3)))
            .ToArray();
        var loads = PriorityLoads.Compute(health, factor, threshold);
        var healthy = loads.Healthy.Select((load, index) => $"{load}{(loads.Panics[index] ? "!" : "")}");
        Assert.Equal(expected, $"{string.Join(',', healthy)}|{string.Join(',', loads.Degraded)}");
    }

    [Fact]
    public void Shares_sum_up_to_everything_whatever_the_health() =>
        Check.Sample(
            Gen.Select(
                CsCheck
                    .Gen.Select(
                        Gen.Int[0, 40],
                        Gen.Int[0, 40],
                        Gen.Int[0, 40],
                        static (healthy, degraded, rest) =>
                            new LevelHealth(healthy + degraded + rest, healthy, degraded)
                    )
                    .Array[1, 6],
                Gen.Int[1, 300],
                Gen.Double[0, 100]
            ),
            static (levels, factor, threshold) =>
            {
                var loads = PriorityLoads.Compute(levels, factor, threshold);
                Assert.Equal(100, loads.Healthy.Sum() + loads.Degraded.Sum());
                Assert.DoesNotContain(loads.Healthy.Concat(loads.Degraded), static load => load < 0);
            },
            seed: "0000KOIPe036",
            iter: 20_000
        );
}
