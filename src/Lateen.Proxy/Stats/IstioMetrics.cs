// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>
/// Istio's standard request metrics: <c>istio_requests_total</c>, <c>istio_request_duration_milliseconds</c>,
/// <c>istio_request_bytes</c>, <c>istio_response_bytes</c>. Recording costs one look-up in the worker's own table.
/// </summary>
public sealed class IstioMetrics
{
    private readonly IstioWorkerTable[] _tables;

    internal IstioMetrics(int workers)
    {
        _tables = new IstioWorkerTable[workers];
        for (var i = 0; i < workers; i++)
            _tables[i] = new IstioWorkerTable();
    }

    internal void Record(int worker, IstioContext context, StreamInfo stream, int grpcStatus = -1) =>
        _tables[worker].Record(new IstioSeriesKey(context, stream.ResponseCode, stream.Flags, grpcStatus), stream);

    public void Collect(List<Sample> samples)
    {
        // Clusters of one service, and workers, share their labels: their numbers are added up.
        var merged = new Dictionary<string, Totals>(StringComparer.Ordinal);
        var overflow = 0L;
        foreach (var table in _tables)
        {
            overflow += table.Overflow;
            foreach (var series in table.Series())
            {
                var labels = series.Key.Labels();
                merged[labels] = merged.TryGetValue(labels, out var sum) ? sum.Plus(series) : Totals.Of(series);
            }
        }
        foreach (var (labels, totals) in merged)
            Add(labels, totals, samples);
        samples.Add(
            new Sample(
                "lateen.istio_series_overflow",
                "lateen_istio_series_overflow_total",
                "",
                SampleKind.Counter,
                overflow
            )
        );
    }

    private static void Add(string labels, Totals totals, List<Sample> samples)
    {
        void Histogram(string family, HistogramSnapshot value) =>
            samples.Add(new Sample($"{family}.{labels}", family, labels, SampleKind.Histogram, Distribution: value));
        const string Requests = "istio_requests_total";
        samples.Add(new Sample($"{Requests}.{labels}", Requests, labels, SampleKind.Counter, totals.Requests));
        Histogram("istio_request_duration_milliseconds", totals.Duration);
        Histogram("istio_request_bytes", totals.RequestBytes);
        Histogram("istio_response_bytes", totals.ResponseBytes);
    }

    private sealed record Totals(
        long Requests,
        HistogramSnapshot Duration,
        HistogramSnapshot RequestBytes,
        HistogramSnapshot ResponseBytes
    )
    {
        public static Totals Of(IstioSeries series) =>
            new(series.Requests, series.Duration, series.RequestBytes, series.ResponseBytes);

        public Totals Plus(IstioSeries series) =>
            new(
                Requests + series.Requests,
                Duration.Plus(series.Duration),
                RequestBytes.Plus(series.RequestBytes),
                ResponseBytes.Plus(series.ResponseBytes)
            );
    }
}
