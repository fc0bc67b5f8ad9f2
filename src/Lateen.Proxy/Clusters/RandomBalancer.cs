// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>RANDOM, by weight.</summary>
internal sealed class RandomBalancer(IReadOnlyList<EndpointEntry> endpoints, EndpointSetSpec set, double panicThreshold)
    : LoadBalancer(endpoints, set, panicThreshold)
{
    private protected override EndpointState? PickFrom(PriorityLevel level, int index, int worker, ulong random)
    {
        var usable = level.Usable;
        if (usable.Length == 0 || level.TotalWeight == 0)
            return null;
        if (level.HasEqualWeights)
            return usable[random % (ulong)usable.Length].State;
        var at = random % level.TotalWeight;
        foreach (var endpoint in usable)
        {
            if (at < endpoint.Weight)
                return endpoint.State;
            at -= endpoint.Weight;
        }
        return null;
    }
}
