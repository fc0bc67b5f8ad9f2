// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>What the DestinationRules of one namespace say of a service, put together.</summary>
public sealed class DestinationPolicy
{
    private readonly TrafficPolicy? _policy;

    /// <summary>Puts rules together, the oldest first: subsets add up, other settings are those of the first that has any.</summary>
    internal DestinationPolicy(IReadOnlyList<ConfigResource<DestinationRule>> rules)
    {
        Rules = rules.Select(static rule => rule.Key).ToArray();
        _policy = rules
            .Select(static rule => rule.Spec.TrafficPolicy)
            .FirstOrDefault(static policy => policy is not null);
        var subsets = new List<Subset>();
        foreach (var rule in rules)
        {
            subsets.AddRange(rule.Spec.Subsets.Where(subset => subsets.TrueForAll(known => known.Name != subset.Name)));
        }
        Subsets = subsets;
    }

    public static DestinationPolicy None { get; } = new([]);

    /// <summary>Where it comes from.</summary>
    public IReadOnlyList<ConfigKey> Rules { get; }

    public IReadOnlyList<Subset> Subsets { get; }

    /// <summary>
    /// Settings for a port, of a subset or (null) of the whole service. The subset's win over the service's, block by block; on
    /// each level a port's own settings replace all blocks that it may have (Istio's rule).
    /// </summary>
    public TrafficPolicy For(int port, Subset? subset) =>
        Over(Over(new TrafficPolicy(), _policy, port), subset?.TrafficPolicy, port);

    private static TrafficPolicy Over(TrafficPolicy below, TrafficPolicy? policy, int port)
    {
        if (policy is null)
            return below;
        var merged = new TrafficPolicy
        {
            LoadBalancer = policy.LoadBalancer ?? below.LoadBalancer,
            ConnectionPool = policy.ConnectionPool ?? below.ConnectionPool,
            OutlierDetection = policy.OutlierDetection ?? below.OutlierDetection,
            Tls = policy.Tls ?? below.Tls,
            Tunnel = policy.Tunnel ?? below.Tunnel,
            ProxyProtocol = policy.ProxyProtocol ?? below.ProxyProtocol,
            RetryBudget = policy.RetryBudget ?? below.RetryBudget,
        };
        var own = policy.PortLevelSettings.FirstOrDefault(setting => setting.Port?.Number == port);
        return own is null
            ? merged
            : merged with
            {
                LoadBalancer = own.LoadBalancer,
                ConnectionPool = own.ConnectionPool,
                OutlierDetection = own.OutlierDetection,
                Tls = own.Tls,
            };
    }
}
