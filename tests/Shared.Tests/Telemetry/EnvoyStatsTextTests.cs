// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Lateen.Telemetry;

namespace Shared.Tests.Telemetry;

public sealed class EnvoyStatsTextTests
{
    private static readonly HistogramBuckets s_buckets = new(10, 100);

    [Fact]
    public void Lines_are_in_order_of_the_names() =>
        Assert.Equal(
            """
            cluster.a.upstream_rq_time: No recorded values
            cluster.a.upstream_rq_total: 7
            cluster_manager.cds.version_text: "2026-01-01/7"
            server.live: 1

            """,
            EnvoyStatsText.Write([
                new("server.live", "", "", SampleKind.Gauge, 1),
                new("cluster_manager.cds.version_text", "", "", SampleKind.Text, Text: "2026-01-01/7"),
                new("cluster.a.upstream_rq_total", "", "", SampleKind.Counter, 7),
                new("cluster.a.upstream_rq_time", "", "", SampleKind.Histogram, Distribution: Distribution()),
            ])
        );

    [Fact]
    public void A_distribution_is_envoys_ten_quantiles() =>
        Assert.Equal(
            "t: P0(0,0) P25(5,5) P50(10,10) P75(55,55) P90(82,82) P95(91,91) P99(98.2,98.2) P99.5(99.1,99.1) "
                + "P99.9(99.82,99.82) P100(100,100)\n",
            EnvoyStatsText.Write([new("t", "", "", SampleKind.Histogram, Distribution: Distribution(5, 5, 50, 50))])
        );

    [Fact]
    public void Json_has_numbers_as_numbers_and_the_rest_as_text()
    {
        var json = EnvoyStatsText.WriteJson([
            new("b", "", "", SampleKind.Text, Text: "v\"1"),
            new("a", "", "", SampleKind.Counter, 7),
            new("c", "", "", SampleKind.Histogram, Distribution: Distribution()),
        ]);
        var stats = JsonDocument.Parse(json).RootElement.GetProperty("stats").EnumerateArray().ToArray();
        Assert.Equal(["a", "b", "c"], stats.Select(static stat => stat.GetProperty("name").GetString()));
        Assert.Equal(7, stats[0].GetProperty("value").GetInt64());
        Assert.Equal("\"v\"1\"", stats[1].GetProperty("value").GetString());
        Assert.Equal("No recorded values", stats[2].GetProperty("value").GetString());
    }

    private static HistogramSnapshot Distribution(params long[] values)
    {
        var histogram = new WorkerHistogram(1, s_buckets);
        foreach (var value in values)
            histogram.Record(0, value);
        return histogram.Snapshot();
    }
}
