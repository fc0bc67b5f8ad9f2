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
    /// <param name="isServer">The counters are a connection manager's, which has rapid resets under its own name.</param>
    public void Collect(StatScope scope, List<Sample> samples, bool isServer)
    {
        if (Array.TrueForAll(_counters, static counters => counters is null))
            return;
        for (var i = 0; i < Http2Counters.Count; i++)
        {
            var counter = (Http2Counter)i;
            var isManagers = counter == Http2Counter.TooManyPrematureResets;
            if (isManagers && !isServer)
                continue;
            var sum = 0L;
            foreach (var counters in _counters)
                sum += counters?[counter] ?? 0;
            var kind = Http2Counters.IsGauge(counter) ? SampleKind.Gauge : SampleKind.Counter;
            var name = Http2Counters.Name(counter);
            scope.Collect(isManagers ? name : $"http2.{name}", kind, sum, samples);
        }
    }
}
