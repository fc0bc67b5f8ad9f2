// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>
/// LEAST_REQUEST: of a few endpoints drawn at random, two by default, the one with the fewest requests under way. Where
/// weights differ, an endpoint counts by weight / (requests + 1), Envoy's rule for active_request_bias 1.
/// </summary>
internal sealed class LeastRequestBalancer(
    IReadOnlyList<EndpointEntry> endpoints,
    EndpointSetSpec set,
    double panicThreshold,
    int choices
) : LoadBalancer(endpoints, set, panicThreshold)
{
    private protected override EndpointState? PickFrom(PriorityLevel level, int index, int worker, ulong random)
    {
        var usable = level.Usable;
        if (usable.Length == 0)
            return null;
        var best = usable[random % (ulong)usable.Length];
        var state = random;
        for (var i = 1; i < choices && usable.Length > 1; i++)
        {
            state = Mix(state);
            var other = usable[state % (ulong)usable.Length];
            if (Score(other) > Score(best))
                best = other;
        }
        return best.State;
    }

    private static double Score(EndpointEntry endpoint) => endpoint.Weight / (endpoint.State.ActiveRequests + 1.0);

    /// <summary>The finisher of SplitMix64: a new draw from the last.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
