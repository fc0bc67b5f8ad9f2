// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Shared.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Families_are_in_order_and_their_samples_together()
    {
        Sample[] samples =
        [
            new("z", "envoy_z", "", SampleKind.Gauge, -1),
            new("a.1", "envoy_a", "n=\"1\"", SampleKind.Counter, 1),
            new("m", "envoy_m", "", SampleKind.Counter, long.MaxValue),
            new("version", "envoy_version", "", SampleKind.Text, Text: "x"),
            new("a.2", "envoy_a", "n=\"2\"", SampleKind.Counter, 2),
        ];
        Assert.Equal(
            """
            # TYPE envoy_a counter
            envoy_a{n="1"} 1
            envoy_a{n="2"} 2
            # TYPE envoy_m counter
            envoy_m 9223372036854775807
            # TYPE envoy_z gauge
            envoy_z -1

            """,
            PrometheusText.Write(samples)
        );
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("cluster_name=\"a\"", "cluster_name=\"a\",", "{cluster_name=\"a\"}")]
    public void A_histogram_has_cumulated_buckets_sum_and_count(string labels, string inBucket, string alone)
    {
        var histogram = new WorkerHistogram(1, new HistogramBuckets(0.5, 10, 2500));
        foreach (var value in new long[] { 0, 3, 10, 11, 9999 })
            histogram.Record(0, value);
        Sample sample = new("t", "envoy_t", labels, SampleKind.Histogram, Distribution: histogram.Snapshot());
        Assert.Equal(
            $$"""
            # TYPE envoy_t histogram
            envoy_t_bucket{{{inBucket}}le="0.5"} 1
            envoy_t_bucket{{{inBucket}}le="10"} 3
            envoy_t_bucket{{{inBucket}}le="2500"} 4
            envoy_t_bucket{{{inBucket}}le="+Inf"} 5
            envoy_t_sum{{alone}} 10023
            envoy_t_count{{alone}} 5

            """,
            PrometheusText.Write([sample])
        );
    }

    [Fact]
    public void Nothing_is_an_empty_text() => Assert.Equal("", PrometheusText.Write([]));
}
