// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Stats;

namespace DataPlane.Tests.Clusters;

/// <summary>Clusters and balancers built from short texts.</summary>
internal static class ClusterFixture
{
    public static NetAddress Address(int number) =>
        NetAddress.From(IPAddress.Parse($"10.0.{number / 250}.{number % 250 + 1}"), 80);

    /// <summary>Endpoints a, b, c … with the given weights.</summary>
    public static EndpointSpec[] Weighted(params uint[] weights) =>
        weights.Select(static (weight, index) => new EndpointSpec(Address(index), Weight: weight)).ToArray();

    public static EndpointSpec[] Equal(int count) => Weighted(Enumerable.Repeat(1U, count).ToArray());

    public static ClusterSpec Spec(BalancerKind kind) =>
        new()
        {
            Name = "c",
            Kind = ClusterKind.Eds,
            Balancer = kind,
        };

    public static ClusterRuntime Cluster(
        ClusterSpec spec,
        EndpointSpec[] endpoints,
        ClusterRuntime? previous = null,
        int workers = 1
    ) =>
        ClusterRuntime.Build(
            spec,
            new EndpointSetSpec(endpoints),
            previous,
            new ProxyStats(workers, WorkloadLabels.Nobody)
        );

    public static LoadBalancer Balancer(ClusterSpec spec, params EndpointSpec[] endpoints) =>
        Balancer(spec, new EndpointSetSpec(endpoints));

    public static LoadBalancer Balancer(ClusterSpec spec, EndpointSetSpec set, int workers = 1)
    {
        var state = new ClusterState(spec.Name, workers);
        var entries = set.Endpoints.Select(endpoint => new EndpointEntry(
            new EndpointState(state, endpoint.Address),
            endpoint
        ));
        return LoadBalancer.Create(spec, entries.ToArray(), set, workers);
    }

    /// <summary>Letter of an endpoint: a for the first.</summary>
    public static char Letter(EndpointState? endpoint)
    {
        for (var i = 0; i < 26; i++)
        {
            if (endpoint?.Address == Address(i))
                return (char)('a' + i);
        }
        return endpoint is null ? '-' : '?';
    }

    /// <summary>The next picks of worker 0 as letters. Draws come from a fixed seed.</summary>
    public static string Picks(LoadBalancer balancer, int count, int seed = 1)
    {
        var draws = new Random(seed);
        return string.Concat(
            Enumerable.Range(0, count).Select(_ => Letter(balancer.Pick(0, (ulong)draws.NextInt64(long.MaxValue))))
        );
    }

    /// <summary>
    /// Pearson's statistic of picks against shares, over its 99.9 % quantile as Wilson and Hilferty approximate it: above 1 the
    /// shares are not what is drawn from.
    /// </summary>
    public static double ChiSquareRatio(string picks, params double[] shares)
    {
        var total = shares.Sum();
        var statistic = 0.0;
        for (var i = 0; i < shares.Length; i++)
        {
            var expected = picks.Length * shares[i] / total;
            var seen = picks.Count(letter => letter == 'a' + i);
            statistic += (seen - expected) * (seen - expected) / expected;
        }
        const double Quantile = 3.0902;
        var freedom = shares.Length - 1.0;
        var root = 1 - (2 / (9 * freedom)) + (Quantile * Math.Sqrt(2 / (9 * freedom)));
        return statistic / (freedom * root * root * root);
    }
}
