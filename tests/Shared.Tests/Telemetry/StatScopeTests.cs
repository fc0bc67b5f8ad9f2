// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Shared.Tests.Telemetry;

/// <summary>Names and labels as Istio's bootstrap has Envoy extract them (stats_tags of envoy_bootstrap.json).</summary>
public sealed class StatScopeTests
{
    private static readonly StatTable s_cluster = new(
        "cluster",
        "cluster_name",
        new StatDefinition("upstream_rq_total"),
        new StatDefinition("upstream_cx_active", SampleKind.Gauge),
        StatDefinition.ResponseClass("upstream_rq", 2)
    );

    private static readonly StatTable s_single = new(
        "server",
        "",
        new StatDefinition("live"),
        StatDefinition.ResponseClass("rq", 5)
    );

    public static TheoryData<string, int, string, string, string> Names =>
        new()
        {
            { "shop", 0, "cluster.shop.upstream_rq_total", "envoy_cluster_upstream_rq_total", "cluster_name=\"shop\"" },
            {
                "shop",
                2,
                "cluster.shop.upstream_rq_2xx",
                "envoy_cluster_upstream_rq",
                "response_code_class=\"2xx\",cluster_name=\"shop\""
            },
            // Istio's alt_stat_name: the semicolon marks the end of the name and is no part of the tag.
            {
                "outbound|80||shop.default.svc.cluster.local;",
                0,
                "cluster.outbound|80||shop.default.svc.cluster.local;.upstream_rq_total",
                "envoy_cluster_upstream_rq_total",
                "cluster_name=\"outbound|80||shop.default.svc.cluster.local\""
            },
            {
                "a\"b\\c\nd",
                0,
                "cluster.a\"b\\c\nd.upstream_rq_total",
                "envoy_cluster_upstream_rq_total",
                "cluster_name=\"a\\\"b\\\\c\\nd\""
            },
        };

    [Theory, MemberData(nameof(Names))]
    public void A_number_has_envoys_name_and_the_extracted_tags(
        string thing,
        int index,
        string plain,
        string family,
        string labels
    )
    {
        var sample = Collect(new StatScope(s_cluster, thing, 1))[index];
        Assert.Equal((plain, family, labels), (sample.PlainName, sample.Family, sample.Labels));
    }

    [Fact]
    public void A_thing_there_is_one_of_has_no_label_of_its_own()
    {
        var samples = Collect(new StatScope(s_single, "", 1));
        Assert.Equal(("server.live", "envoy_server_live", ""), Identity(samples[0]));
        Assert.Equal(("server.rq_5xx", "envoy_server_rq", "response_code_class=\"5xx\""), Identity(samples[1]));
    }

    [Fact]
    public void Values_kinds_and_use_are_those_of_the_cells()
    {
        var scope = new StatScope(s_cluster, "shop", 2);
        scope.Cells.Add(0, 0, 3);
        scope.Cells.Add(1, 0, 4);
        var samples = Collect(scope);
        Assert.Equal([7L, 0, 0], samples.Select(static sample => sample.Value));
        Assert.Equal([true, false, false], samples.Select(static sample => sample.IsUsed));
        Assert.Equal(
            [SampleKind.Counter, SampleKind.Gauge, SampleKind.Counter],
            samples.Select(static sample => sample.Kind)
        );
    }

    [Fact]
    public void Distributions_and_numbers_from_elsewhere_join_the_scope()
    {
        var scope = new StatScope(s_cluster, "shop", 1);
        var samples = new List<Sample>();
        var histogram = new WorkerHistogram(1, HistogramBuckets.Default);
        scope.Collect("upstream_rq_time", histogram, samples);
        scope.Collect("membership_total", SampleKind.Gauge, 5, samples);
        Assert.Equal(
            ("cluster.shop.upstream_rq_time", "envoy_cluster_upstream_rq_time", "cluster_name=\"shop\""),
            Identity(samples[0])
        );
        Assert.False(samples[0].IsUsed);
        Assert.Equal(5, samples[1].Value);
        histogram.Record(0, 0);
        samples.Clear();
        scope.Collect("upstream_rq_time", histogram, samples);
        Assert.True(samples[0].IsUsed);
    }

    private static (string, string, string) Identity(in Sample sample) =>
        (sample.PlainName, sample.Family, sample.Labels);

    private static List<Sample> Collect(StatScope scope)
    {
        var samples = new List<Sample>();
        scope.Collect(samples);
        return samples;
    }
}
