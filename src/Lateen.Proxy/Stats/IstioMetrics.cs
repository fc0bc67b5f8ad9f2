// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>
/// Istio's standard request metrics: <c>istio_requests_total</c>, <c>istio_request_duration_milliseconds</c>,
/// <c>istio_request_bytes</c>, <c>istio_response_bytes</c>, and those of gRPC's messages. Recording costs one look-up in the
/// worker's own table.
/// </summary>
public sealed class IstioMetrics
{
    private readonly IstioWorkerTable[] _tables;
    private readonly IstioMessageTable[] _messages;

    internal IstioMetrics(int workers)
    {
        _tables = new IstioWorkerTable[workers];
        _messages = new IstioMessageTable[workers];
        for (var i = 0; i < workers; i++)
        {
            _tables[i] = new IstioWorkerTable();
            _messages[i] = new IstioMessageTable();
        }
    }

    internal void Record(int worker, IstioContext context, StreamInfo stream) =>
        _tables[worker]
            .Record(
                new IstioSeriesKey(context, stream.ResponseCode, stream.Flags, IstioSeriesKey.GrpcStatusOf(stream)),
                stream
            );

    /// <summary>Where a worker counts messages of gRPC.</summary>
    internal IstioMessages Messages(int worker, IstioContext context) => _messages[worker].Of(context);

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
        CollectMessages(samples);
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

    private void CollectMessages(List<Sample> samples)
    {
        var merged = new Dictionary<string, (long Requests, long Responses)>(StringComparer.Ordinal);
        foreach (var table in _messages)
        {
            foreach (var messages in table.All())
            {
                var labels = messages.Labels();
                var sum = merged.GetValueOrDefault(labels);
                merged[labels] = (sum.Requests + messages.Requests, sum.Responses + messages.Responses);
            }
        }
        foreach (var (labels, (requests, responses)) in merged)
        {
            Counter("istio_request_messages_total", labels, requests, samples);
            Counter("istio_response_messages_total", labels, responses, samples);
        }
    }

    private static void Counter(string family, string labels, long value, List<Sample> samples) =>
        samples.Add(new Sample($"{family}.{labels}", family, labels, SampleKind.Counter, value));

    private static void Add(string labels, Totals totals, List<Sample> samples)
    {
        void Histogram(string family, HistogramSnapshot value) =>
            samples.Add(new Sample($"{family}.{labels}", family, labels, SampleKind.Histogram, Distribution: value));
        Counter("istio_requests_total", labels, totals.Requests, samples);
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
