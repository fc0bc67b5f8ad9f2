// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>A distribution at one moment.</summary>
/// <param name="Counts">Values in each bucket, not cumulated; the last one takes what is above all bounds.</param>
/// <param name="Sum">Sum of all values.</param>
public sealed record HistogramSnapshot(HistogramBuckets Buckets, long[] Counts, long Sum)
{
    public long Count => Counts.Sum();

    public HistogramSnapshot Plus(HistogramSnapshot other)
    {
        var counts = new long[Counts.Length];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = Counts[i] + other.Counts[i];
        return this with { Counts = counts, Sum = Sum + other.Sum };
    }

    /// <summary>The value that a share of all values (0 to 1) does not exceed, interpolated within its bucket; NaN when empty.</summary>
    public double Quantile(double share)
    {
        var total = Count;
        if (total == 0)
            return double.NaN;
        var wanted = share * total;
        var seen = 0L;
        for (var i = 0; i < Counts.Length; i++)
        {
            if (Counts[i] > 0 && seen + Counts[i] >= wanted)
            {
                var low = i == 0 ? 0 : Buckets.Bounds[i - 1];
                var high = i < Buckets.Bounds.Length ? Buckets.Bounds[i] : low;
                return low + ((high - low) * Math.Max(0, wanted - seen) / Counts[i]);
            }
            seen += Counts[i];
        }
        return Buckets.Bounds[^1];
    }
}
