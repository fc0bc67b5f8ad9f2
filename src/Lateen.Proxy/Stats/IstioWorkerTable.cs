// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Stats;

/// <summary>
/// One worker's series of Istio's request metrics. The first request of a series makes it, all others find it; the list
/// only grows, so that a scrape may read it at any time.
/// </summary>
internal sealed class IstioWorkerTable
{
    /// <summary>More series than any mesh has, and fewer than a flood of made-up values could make.</summary>
    public const int MaxSeries = 10_000;

    private readonly Dictionary<IstioSeriesKey, IstioSeries> _byKey = [];
    private IstioSeries[] _series = new IstioSeries[16];
    private int _count;
    private long _overflow;

    /// <summary>Requests that were not recorded because the table was full.</summary>
    public long Overflow => Volatile.Read(ref _overflow);

    public void Record(in IstioSeriesKey key, StreamInfo stream)
    {
        if (_byKey.TryGetValue(key, out var series) || TryAdd(key, out series))
            series.Record(stream);
    }

    /// <summary>The series so far; safe from every thread.</summary>
    public ReadOnlySpan<IstioSeries> Series()
    {
        // The count first: an array read after it holds at least as many.
        var count = Volatile.Read(ref _count);
        return Volatile.Read(ref _series).AsSpan(0, count);
    }

    private bool TryAdd(
        in IstioSeriesKey key,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IstioSeries? series
    )
    {
        series = null;
        if (_count == MaxSeries)
        {
            Volatile.Write(ref _overflow, _overflow + 1);
            return false;
        }
        _byKey[key] = series = new IstioSeries(key);
        if (_count == _series.Length)
        {
            var larger = new IstioSeries[_count * 2];
            _series.CopyTo(larger, 0);
            larger[_count] = series;
            Volatile.Write(ref _series, larger);
        }
        else
        {
            _series[_count] = series;
        }
        Volatile.Write(ref _count, _count + 1);
        return true;
    }
}
