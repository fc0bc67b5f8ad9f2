// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Telemetry;

/// <summary>
/// The numbers of one thing (a cluster, a listener), counted by N workers without locks or atomics: each worker adds to
/// its own row, a scrape sums the rows. Gauges are cells that go down as well.
/// </summary>
public sealed class WorkerCells
{
    // A cache line beyond the end keeps the next object's writer off this row's last line.
    private const int Padding = 8;

    private readonly long[][] _rows;

    public WorkerCells(int workers, int cells)
    {
        _rows = new long[workers][];
        for (var i = 0; i < workers; i++)
            _rows[i] = new long[cells + Padding];
    }

    /// <summary>Adds to a cell; to be called by that worker's thread alone.</summary>
    public void Add(int worker, int cell, long amount)
    {
        ref var target = ref _rows[worker][cell];
        // One writer per row: a volatile store is all a reader on another thread needs.
        Volatile.Write(ref target, target + amount);
    }

    public void Increment(int worker, int cell) => Add(worker, cell, 1);

    public void Decrement(int worker, int cell) => Add(worker, cell, -1);

    /// <summary>The cell over all workers; safe from every thread.</summary>
    public long Sum(int cell)
    {
        var sum = 0L;
        foreach (var row in _rows)
            sum += Volatile.Read(ref row[cell]);
        return sum;
    }
}
