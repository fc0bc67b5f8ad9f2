// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// Round robin by weights that are worked out for each pick: with slow start a new endpoint's grows, and with LEAST_REQUEST an
/// endpoint's is weight / (requests under way + 1)^<c>active_request_bias</c>, Envoy's rule where weights differ.
/// </summary>
/// <param name="bias">0 leaves requests under way out of it, as ROUND_ROBIN does.</param>
internal sealed class WarmingPicker(EndpointEntry[] endpoints, int workers, SlowStart? slowStart, double bias)
    : EndpointPicker
{
    private readonly SmoothRoundRobin[] _turns = MakeTurns(endpoints.Length, workers);

    public override EndpointState? Pick(in PickContext context)
    {
        var turn = _turns[context.Worker];
        var now = slowStart is null ? 0 : Environment.TickCount64;
        for (var i = 0; i < endpoints.Length; i++)
            turn.Weights[i] = WeightOf(endpoints[i], now);
        var index = turn.Next(turn.Weights);
        return index < 0 ? null : endpoints[index].State;
    }

    private double WeightOf(EndpointEntry endpoint, long now)
    {
        var weight = slowStart is null ? endpoint.Weight : endpoint.Weight * slowStart.Factor(endpoint.State, now);
        if (bias == 0)
            return weight;
        var load = endpoint.State.ActiveRequests + 1.0;
        return weight / (bias == 1 ? load : Math.Pow(load, bias));
    }

    private static SmoothRoundRobin[] MakeTurns(int endpoints, int workers)
    {
        var turns = new SmoothRoundRobin[workers];
        for (var worker = 0; worker < workers; worker++)
            turns[worker] = new SmoothRoundRobin(endpoints);
        return turns;
    }
}
