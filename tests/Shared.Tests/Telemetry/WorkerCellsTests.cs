// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Shared.Tests.Telemetry;

public sealed class WorkerCellsTests
{
    private static readonly HistogramBuckets s_buckets = new(1, 10);

    [Fact]
    public void A_cell_is_the_sum_of_its_workers()
    {
        var cells = new WorkerCells(workers: 3, cells: 2);
        cells.Increment(0, 0);
        cells.Add(1, 0, 40);
        cells.Increment(2, 0);
        cells.Increment(2, 1);
        cells.Decrement(0, 1);
        cells.Decrement(0, 1);
        Assert.Equal(42, cells.Sum(0));
        Assert.Equal(-1, cells.Sum(1));
    }

    [Fact]
    public void Writers_and_scrapes_together_lose_nothing()
    {
        const int Workers = 4;
        const int Times = 200_000;
        var cells = new WorkerCells(Workers, cells: 1);
        var histogram = new WorkerHistogram(Workers, s_buckets);
        using var start = new Barrier(Workers + 1);
        var running = Workers;
        var writers = Enumerable
            .Range(0, Workers)
            .Select(worker => new Thread(() =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                for (var i = 0; i < Times; i++)
                {
                    cells.Increment(worker, 0);
                    histogram.Record(worker, i % 20);
                }
                Interlocked.Decrement(ref running);
            }))
            .ToList();
        writers.ForEach(static writer => writer.Start());
        start.SignalAndWait(TestContext.Current.CancellationToken);
        long last = 0;
        while (Volatile.Read(ref running) > 0)
        {
            // A counter never goes back, whoever looks at it and when.
            var sum = cells.Sum(0);
            Assert.True(sum >= last, $"{sum} after {last}");
            last = sum;
            Assert.InRange(histogram.Snapshot().Count, 0, Workers * Times);
        }
        writers.ForEach(static writer => writer.Join());
        Assert.Equal(Workers * Times, cells.Sum(0));
        var snapshot = histogram.Snapshot();
        Assert.Equal(
            new long[] { Workers * Times / 10, Workers * Times * 9 / 20, Workers * Times * 9 / 20 },
            snapshot.Counts
        );
        Assert.Equal(Workers * (Times / 20) * 190L, snapshot.Sum);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var cells = new WorkerCells(workers: 1, cells: 1);
        var histogram = new WorkerHistogram(1, s_buckets);
        histogram.Record(0, 1); // the worker's row
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            cells.Increment(0, 0);
            histogram.Record(0, i);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
