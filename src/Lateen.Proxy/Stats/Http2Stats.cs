// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Envoy's <c>http2.*</c> of one connection manager or cluster: counted by each worker's codecs, summed here.</summary>
internal sealed class Http2Stats(int workers)
{
    private readonly Http2Counters?[] _counters = new Http2Counters?[workers];

    /// <summary>A worker's counters, made when it has its first HTTP/2 connection. On that worker only.</summary>
    public Http2Counters Of(int worker) => _counters[worker] ??= new Http2Counters();

    /// <summary>Adds the sums; nothing while nobody has spoken HTTP/2.</summary>
    public void Collect(StatScope scope, List<Sample> samples)
    {
        if (Array.TrueForAll(_counters, static counters => counters is null))
            return;
        for (var i = 0; i < Http2Counters.Count; i++)
        {
            var counter = (Http2Counter)i;
            var sum = 0L;
            foreach (var counters in _counters)
                sum += counters?[counter] ?? 0;
            var kind = Http2Counters.IsGauge(counter) ? SampleKind.Gauge : SampleKind.Counter;
            scope.Collect($"http2.{Http2Counters.Name(counter)}", kind, sum, samples);
        }
    }
}
