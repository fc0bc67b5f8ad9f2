// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.CircuitBreaking;
using Lateen.Telemetry;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Clusters;

public sealed class CircuitBreakerTests
{
    private static readonly CircuitBreakerSpec s_small = new()
    {
        MaxConnections = 1,
        MaxPendingRequests = 2,
        MaxRequests = 3,
        MaxRetries = 1,
        TrackRemaining = true,
    };

    public static TheoryData<string, int, string> Resources =>
        new()
        {
            { "cx", 1, "upstream_cx_overflow" },
            { "rq_pending", 2, "upstream_rq_pending_overflow" },
            { "rq", 3, "upstream_rq_pending_overflow" },
            { "rq_retry", 1, "upstream_rq_retry_overflow" },
        };

    [Theory, MemberData(nameof(Resources))]
    public void A_limit_admits_so_many_and_counts_the_rest(string resource, int limit, string counter)
    {
        var cluster = Cluster(Spec(BalancerKind.Random) with { Breaker = s_small }, Equal(1));
        var (acquire, release) = Of(cluster.Breaker, resource);
        Assert.Equal(0, Value(cluster, $"circuit_breakers.default.{resource}_open"));
        for (var i = 0; i < limit; i++)
            Assert.True(acquire());
        Assert.Equal(1, Value(cluster, $"circuit_breakers.default.{resource}_open"));
        Assert.False(acquire());
        Assert.False(acquire());
        Assert.Equal(2, Value(cluster, counter));
        release();
        Assert.True(acquire());
    }

    [Fact]
    public void Priorities_have_limits_of_their_own()
    {
        var cluster = Cluster(Spec(BalancerKind.Random) with { Breaker = s_small, HighBreaker = s_small }, Equal(1));
        Assert.True(cluster.Breaker.TryAcquireConnection(0));
        Assert.True(cluster.HighBreaker.TryAcquireConnection(0));
        Assert.Equal(1, Value(cluster, "circuit_breakers.high.cx_open"));
    }

    [Fact]
    public void Use_outlives_the_version_that_admitted_it()
    {
        var first = Cluster(Spec(BalancerKind.Random), Equal(1));
        for (var i = 0; i < 5; i++)
            Assert.True(first.Breaker.TryAcquireRequest(0));
        var next = Cluster(Spec(BalancerKind.Random) with { Breaker = s_small }, Equal(1), first);
        Assert.False(next.Breaker.TryAcquireRequest(0));
        Assert.Equal(0, Value(next, "circuit_breakers.default.remaining_rq"));
        for (var i = 0; i < 3; i++)
            first.Breaker.ReleaseRequest();
        Assert.Equal(1, Value(next, "circuit_breakers.default.remaining_rq"));
        Assert.True(next.Breaker.TryAcquireRequest(0));
    }

    [Theory]
    [InlineData(0, 3)] // the minimum
    [InlineData(10, 3)]
    [InlineData(20, 4)] // 20 % of what is under way
    [InlineData(100, 20)]
    public void A_retry_budget_follows_the_requests(int underWay, int retries)
    {
        var spec = new CircuitBreakerSpec { RetryBudget = new RetryBudgetSpec(), MaxRetries = 1 };
        var cluster = Cluster(Spec(BalancerKind.Random) with { Breaker = spec }, Equal(1));
        for (var i = 0; i < underWay; i++)
            cluster.Breaker.TryAcquireRequest(0);
        var admitted = 0;
        while (cluster.Breaker.TryAcquireRetry(0))
            admitted++;
        Assert.Equal(retries, admitted);
    }

    [Fact]
    public void Many_threads_never_pass_the_limit()
    {
        var cluster = Cluster(
            Spec(BalancerKind.Random) with
            {
                Breaker = new CircuitBreakerSpec { MaxRequests = 5 },
            },
            Equal(1),
            workers: 4
        );
        var (inside, most) = (0, 0);
        var threads = Enumerable
            .Range(0, 4)
            .Select(worker => new Thread(() =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    if (!cluster.Breaker.TryAcquireRequest(worker))
                        continue;
                    var now = Interlocked.Increment(ref inside);
                    if (now > Volatile.Read(ref most))
                        Interlocked.Exchange(ref most, now);
                    Interlocked.Decrement(ref inside);
                    cluster.Breaker.ReleaseRequest();
                }
            }))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.InRange(most, 1, 5);
        Assert.Equal(0, cluster.State.DefaultCounts.Requests.Used);
    }

    private static (Func<bool> Acquire, Action Release) Of(CircuitBreaker breaker, string resource) =>
        resource switch
        {
            "cx" => (() => breaker.TryAcquireConnection(0), breaker.ReleaseConnection),
            "rq_pending" => (() => breaker.TryAcquirePending(0), breaker.ReleasePending),
            "rq" => (() => breaker.TryAcquireRequest(0), breaker.ReleaseRequest),
            _ => (() => breaker.TryAcquireRetry(0), breaker.ReleaseRetry),
        };

    private static double Value(ClusterRuntime cluster, string name)
    {
        var samples = new List<Sample>();
        cluster.Collect(samples);
        return samples.Single(sample => sample.PlainName == $"cluster.c.{name}").Value;
    }
}
