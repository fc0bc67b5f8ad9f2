// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Telemetry;

namespace Shared.Tests.Telemetry;

public sealed class HistogramTests
{
    [Fact]
    public void Default_buckets_are_envoys() =>
        Assert.Equal(
            "0.5 1 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 60000 300000 600000 1800000 3600000",
            string.Join(' ', HistogramBuckets.Default.Labels.ToArray())
        );

    [Theory]
    [InlineData(0, "0.5")]
    [InlineData(1, "1")] // a bound belongs to its bucket (le: less or equal)
    [InlineData(2, "5")]
    [InlineData(1000, "1000")]
    [InlineData(1001, "2500")]
    [InlineData(3_600_000, "3600000")]
    [InlineData(3_600_001, "+Inf")]
    [InlineData(long.MaxValue, "+Inf")]
    public void A_value_falls_into_the_first_bucket_that_holds_it(long value, string le)
    {
        var buckets = HistogramBuckets.Default;
        var index = buckets.IndexOf(value);
        Assert.Equal(le, index < buckets.Labels.Length ? buckets.Labels[index] : "+Inf");
    }

    [Fact]
    public void Count_and_sum_are_those_of_the_values() =>
        Gen.Long[0, 4_000_000]
            .Array[0, 100]
            .Sample(values =>
            {
                var snapshot = Record(values);
                return snapshot.Count == values.Length && snapshot.Sum == values.Sum();
            });

    [Fact]
    public void A_quantile_lies_in_the_bucket_of_the_value_it_stands_for() =>
        Gen.Select(Gen.Long[0, 3_600_000].Array[1, 100], Gen.Double[0, 1])
            .Sample(
                (values, share) =>
                {
                    var snapshot = Record(values);
                    var exact = values.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1));
                    var bucket = snapshot.Buckets.IndexOf(exact);
                    var low = bucket == 0 ? 0 : snapshot.Buckets.Bounds[bucket - 1];
                    var quantile = snapshot.Quantile(share);
                    return quantile >= low && quantile <= snapshot.Buckets.Bounds[bucket];
                }
            );

    [Fact]
    public void An_empty_distribution_has_no_quantiles() => Assert.Equal(double.NaN, Record([]).Quantile(0.5));

    [Fact]
    public void Values_above_all_bounds_count_as_the_last_bound() =>
        Assert.Equal(3_600_000, Record([long.MaxValue / 2]).Quantile(0.99));

    [Fact]
    public void Adding_two_distributions_is_recording_both() =>
        Gen.Select(Gen.Long[0, 100_000].Array, Gen.Long[0, 100_000].Array)
            .Sample(
                (first, second) =>
                {
                    var sum = Record(first).Plus(Record(second));
                    var both = Record([.. first, .. second]);
                    return sum.Counts.SequenceEqual(both.Counts) && sum.Sum == both.Sum;
                }
            );

    private static HistogramSnapshot Record(long[] values)
    {
        var histogram = new WorkerHistogram(2, HistogramBuckets.Default);
        for (var i = 0; i < values.Length; i++)
            histogram.Record(i % 2, values[i]);
        return histogram.Snapshot();
    }
}
