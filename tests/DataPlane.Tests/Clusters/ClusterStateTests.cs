// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Proxy.Health;
using Lateen.Proxy.Stats;
using Lateen.Telemetry;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Clusters;

/// <summary>What outlives a cluster's versions, what follows health, and what the circuit breaker admits.</summary>
public sealed class ClusterStateTests
{
    [Fact]
    public void An_update_keeps_the_state_of_endpoints_that_stay()
    {
        static ClusterSpec Detecting(BalancerKind kind) => Spec(kind) with { Outlier = new OutlierSpec() };
        var first = Cluster(Detecting(BalancerKind.RoundRobin), Equal(3));
        first.Endpoints[1].State.OnRequestStarted();
        first.Endpoints[1].State.WorkerSlots[0] = "pool";
        first.Endpoints[2].State.SetFlags(HealthFlags.FailedOutlierCheck);
        var next = Cluster(
            Detecting(BalancerKind.Random),
            [Equal(3)[2], Equal(3)[1] with { Weight = 9 }, Equal(4)[3]],
            first
        );
        Assert.Same(first.State, next.State);
        Assert.Same(first.Endpoints[1].State, next.Endpoints[1].State);
        Assert.Equal("pool", next.Endpoints[1].State.WorkerSlots[0]);
        Assert.Equal(1, next.Endpoints[1].State.ActiveRequests);
        Assert.False(next.Endpoints[0].IsHealthy);
        Assert.Equal(9U, next.Endpoints[1].Weight);
        Assert.Equal(0, next.Endpoints[2].State.ActiveRequests);
    }

    [Fact]
    public void A_failure_takes_an_endpoint_out_at_once_and_its_end_brings_it_back()
    {
        var cluster = Cluster(Spec(BalancerKind.RoundRobin), Equal(4));
        Assert.True(cluster.Endpoints[1].State.SetFlags(HealthFlags.FailedOutlierCheck));
        Assert.False(cluster.Endpoints[1].State.SetFlags(HealthFlags.FailedOutlierCheck));
        Assert.DoesNotContain('b', Picks(cluster.Balancer, 40));
        Assert.Equal(3, cluster.HealthyCount);
        // Two reasons: it is back when both are gone.
        cluster.Endpoints[1].State.SetFlags(HealthFlags.FailedActiveCheck);
        cluster.Endpoints[1].State.ClearFlags(HealthFlags.FailedOutlierCheck);
        Assert.DoesNotContain('b', Picks(cluster.Balancer, 40));
        Assert.True(cluster.Endpoints[1].State.ClearFlags(HealthFlags.FailedActiveCheck));
        Assert.Equal(10, Picks(cluster.Balancer, 40).Count(static letter => letter == 'b'));
    }

    [Fact]
    public void A_failure_found_through_one_version_counts_in_the_next()
    {
        var first = Cluster(Spec(BalancerKind.RoundRobin), Equal(4));
        var next = Cluster(Spec(BalancerKind.RoundRobin), Equal(4), first);
        first.Endpoints[3].State.SetFlags(HealthFlags.FailedActiveCheck);
        Assert.DoesNotContain('d', Picks(next.Balancer, 40));
    }

    [Fact]
    public void Health_may_change_under_many_pickers()
    {
        var cluster = Cluster(Spec(BalancerKind.RoundRobin), Equal(10), workers: 4);
        var threads = Enumerable
            .Range(0, 4)
            .Select(worker => new Thread(() =>
            {
                for (var i = 0UL; i < 20_000; i++)
                    Assert.NotNull(cluster.Pick(new PickContext(worker, i)));
            }))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        for (var i = 0; i < 200; i++)
        {
            cluster.Endpoints[i % 10].State.SetFlags(HealthFlags.FailedOutlierCheck);
            cluster.Endpoints[(i + 9) % 10].State.ClearFlags(HealthFlags.FailedOutlierCheck);
        }
        foreach (var thread in threads)
            thread.Join();
        Assert.Equal(cluster.Endpoints.Count(static endpoint => endpoint.IsHealthy), cluster.HealthyCount);
    }

    [Theory]
    [InlineData(new uint[] { }, 0, 0)]
    [InlineData(new uint[] { 1_000_000 }, 1, 1)]
    [InlineData(new uint[] { 250_000 }, 0.24, 0.26)]
    [InlineData(new uint[] { 500_000, 500_000 }, 0.74, 0.76)] // the second sees what the first left
    public void Overload_drops_its_share(uint[] shares, double from, double to)
    {
        var set = new EndpointSetSpec(Equal(1)) { DropOverloads = shares };
        var cluster = ClusterRuntime.Build(
            Spec(BalancerKind.Random),
            set,
            null,
            new ProxyStats(1, WorkloadLabels.Nobody)
        );
        var draws = new Random(7);
        var dropped = Enumerable.Range(0, 40_000).Count(_ => cluster.ShouldDrop((ulong)draws.NextInt64()));
        Assert.InRange(dropped / 40_000.0, from, to);
    }

    [Fact]
    public void Original_destinations_are_endpoints_of_their_own()
    {
        var cluster = Cluster(Spec(BalancerKind.RoundRobin) with { Kind = ClusterKind.OriginalDestination }, []);
        var there = new PickContext(0, 0) { OriginalDestination = Address(5) };
        Assert.Equal(Address(5), cluster.Pick(in there)!.Address);
        Assert.Same(cluster.Pick(in there), cluster.Pick(in there));
        Assert.Null(cluster.Pick(new PickContext(0, 0)));
    }

    [Fact]
    public void Unused_original_destinations_are_forgotten()
    {
        var cluster = Cluster(Spec(BalancerKind.RoundRobin) with { Kind = ClusterKind.OriginalDestination }, []);
        EndpointState At(int number) => cluster.Pick(new PickContext(0, 0) { OriginalDestination = Address(number) })!;
        var busy = At(0);
        busy.OnRequestStarted();
        var idle = At(1);
        for (var i = 2; i < 3000; i++)
            At(i);
        Assert.Same(busy, At(0));
        Assert.NotSame(idle, At(1));
    }
}
