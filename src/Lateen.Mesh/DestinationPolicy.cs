// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds;

namespace Lateen.Mesh;

/// <summary>What the DestinationRules of one namespace say of a service, put together.</summary>
public sealed class DestinationPolicy
{
    private readonly TrafficPolicy _policy;

    /// <summary>Puts rules together, the oldest first: subsets add up, other settings are those of the first that has any.</summary>
    internal DestinationPolicy(IReadOnlyList<ConfigResource<DestinationRule>> rules)
    {
        Rules = rules.Select(static rule => rule.Key).ToArray();
        _policy = TrafficPolicy.None;
        var subsets = new List<Subset>();
        foreach (var rule in rules)
        {
            if (_policy == TrafficPolicy.None)
                _policy = rule.Spec.TrafficPolicy;
            subsets.AddRange(rule.Spec.Subsets.Where(subset => subsets.TrueForAll(known => known.Name != subset.Name)));
        }
        Subsets = subsets;
    }

    public static DestinationPolicy None { get; } = new([]);

    /// <summary>Where it comes from.</summary>
    public IReadOnlyList<ConfigKey> Rules { get; }

    public IReadOnlyList<Subset> Subsets { get; }

    /// <summary>
    /// Settings for a port, of a subset or (null) of the whole service. The subset's win over the service's; on each
    /// level a port's own settings replace the level's others.
    /// </summary>
    public TrafficPolicy For(int port, Subset? subset)
    {
        var service = OnPort(_policy, port);
        return subset is null ? service : OnPort(subset.TrafficPolicy, port).Over(service);
    }

    private static TrafficPolicy OnPort(TrafficPolicy policy, int port) =>
        policy.Ports.TryGetValue(port, out var own) ? own : policy;
}
