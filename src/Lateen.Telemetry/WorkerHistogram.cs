// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>A distribution of whole numbers, recorded by N workers without locks, summed at scrape.</summary>
public sealed class WorkerHistogram(int workers, HistogramBuckets buckets)
{
    // Buckets first, the sum of all values last. A row is made when its worker records for the first time.
    private readonly long[]?[] _rows = new long[workers][];

    public HistogramBuckets Buckets { get; } = buckets;

    /// <summary>Records a value; to be called by that worker's thread alone.</summary>
    public void Record(int worker, long value)
    {
        var row = _rows[worker];
        if (row is null)
            Volatile.Write(ref _rows[worker], row = new long[Buckets.Count + 1]);
        ref var bucket = ref row[Buckets.IndexOf(value)];
        Volatile.Write(ref bucket, bucket + 1);
        ref var sum = ref row[^1];
        Volatile.Write(ref sum, sum + value);
    }

    /// <summary>The distribution over all workers; safe from every thread.</summary>
    public HistogramSnapshot Snapshot()
    {
        var counts = new long[Buckets.Count];
        var sum = 0L;
        for (var worker = 0; worker < _rows.Length; worker++)
        {
            if (Volatile.Read(ref _rows[worker]) is not { } row)
                continue;
            for (var i = 0; i < counts.Length; i++)
                counts[i] += Volatile.Read(ref row[i]);
            sum += Volatile.Read(ref row[^1]);
        }
        return new HistogramSnapshot(Buckets, counts, sum);
    }
}
