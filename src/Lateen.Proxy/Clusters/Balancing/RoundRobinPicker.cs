// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>ROUND_ROBIN: each worker goes round by itself. Equal weights cost a counter, others the smooth scheme.</summary>
internal sealed class RoundRobinPicker : EndpointPicker
{
    private readonly EndpointState[] _endpoints;
    private readonly WeightedTurns? _weighted;
    private readonly Counter[] _counters;

    public RoundRobinPicker(EndpointEntry[] endpoints, int workers, uint seed)
    {
        _endpoints = Array.ConvertAll(endpoints, static endpoint => endpoint.State);
        _counters = [];
        if (EndpointWeights.AreEqual(endpoints))
            _counters = Counter.ForWorkers(workers, seed);
        else
            _weighted = new WeightedTurns(EndpointWeights.Of(endpoints), workers, seed);
    }

    public override EndpointState? Pick(in PickContext context)
    {
        var index = _weighted is null
            ? _counters[context.Worker].Next(_endpoints.Length)
            : _weighted.Next(context.Worker);
        return index < 0 ? null : _endpoints[index];
    }

    private sealed class Counter(uint start)
    {
        private uint _at = start;

        public static Counter[] ForWorkers(int workers, uint seed)
        {
            var counters = new Counter[workers];
            for (var worker = 0; worker < workers; worker++)
                counters[worker] = new Counter(seed + (uint)worker);
            return counters;
        }

        public int Next(int count)
        {
            var at = (int)(_at % (uint)count);
            _at = (uint)at + 1;
            return at;
        }
    }
}
