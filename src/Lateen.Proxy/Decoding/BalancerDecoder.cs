// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Api = Envoy.Config.Cluster.V3;
using Subset = Envoy.Config.Cluster.V3.Cluster.Types.LbSubsetConfig.Types;

namespace Lateen.Proxy.Decoding;

/// <summary>What a cluster says of load balancing.</summary>
internal static class BalancerDecoder
{
    /// <summary>Envoy's largest Maglev table.</summary>
    private const ulong MaxTableSize = 5_000_011;

    private const ulong MaxRingSize = 8 * 1024 * 1024;

    public static ClusterSpec Decode(Api.Cluster cluster, ClusterSpec spec, DecodeContext context)
    {
        var common = cluster.CommonLbConfig;
        if (common?.ConsistentHashingLbConfig?.HashBalanceFactor > 0)
            context.Add(
                "common_lb_config.consistent_hashing_lb_config.hash_balance_factor",
                "is not served; leave it out"
            );
        var choices = cluster.LeastRequestLbConfig?.ChoiceCount ?? 2;
        if (choices is < 2 or > 1000)
            context.Add("least_request_lb_config.choice_count", $"is {choices}; give 2 to 1000");
        return spec with
        {
            Balancer = Kind(cluster, context),
            ChoiceCount = (int)Math.Min(choices, 1000),
            ActiveRequestBias = Bias(cluster.LeastRequestLbConfig, context),
            SlowStart = Warming(cluster, context),
            HashBalancer = Hashing(cluster, context),
            Subsets = Subsets(cluster.LbSubsetConfig, context),
            LocalityWeighted = common?.LocalityWeightedLbConfig is not null,
            FailTrafficOnPanic = common?.ZoneAwareLbConfig?.FailTrafficOnPanic ?? false,
            PanicThreshold = context.Percent(
                common?.HealthyPanicThreshold,
                50,
                "common_lb_config.healthy_panic_threshold"
            ),
        };
    }

    private static BalancerKind Kind(Api.Cluster cluster, DecodeContext context)
    {
        switch (cluster.LbPolicy)
        {
            case Api.Cluster.Types.LbPolicy.RoundRobin:
            case Api.Cluster.Types.LbPolicy.ClusterProvided:
                return BalancerKind.RoundRobin;
            case Api.Cluster.Types.LbPolicy.LeastRequest:
                return BalancerKind.LeastRequest;
            case Api.Cluster.Types.LbPolicy.Random:
                return BalancerKind.Random;
            case Api.Cluster.Types.LbPolicy.RingHash:
                return BalancerKind.RingHash;
            case Api.Cluster.Types.LbPolicy.Maglev:
                return BalancerKind.Maglev;
            default:
                context.Add("lb_policy", $"is {cluster.LbPolicy}, which this proxy does not know");
                return BalancerKind.RoundRobin;
        }
    }

    private static double Bias(Api.Cluster.Types.LeastRequestLbConfig? config, DecodeContext context)
    {
        var bias = config?.ActiveRequestBias?.DefaultValue ?? 1;
        if (!(bias >= 0))
            context.Add("least_request_lb_config.active_request_bias", $"is {bias}; give 0 or more");
        return bias;
    }

    private static SlowStart? Warming(Api.Cluster cluster, DecodeContext context)
    {
        var (config, path) = cluster.LbConfigCase switch
        {
            Api.Cluster.LbConfigOneofCase.RoundRobinLbConfig => (
                cluster.RoundRobinLbConfig.SlowStartConfig,
                "round_robin_lb_config.slow_start_config"
            ),
            Api.Cluster.LbConfigOneofCase.LeastRequestLbConfig => (
                cluster.LeastRequestLbConfig.SlowStartConfig,
                "least_request_lb_config.slow_start_config"
            ),
            _ => (null, ""),
        };
        var window = context.Duration(config?.SlowStartWindow, TimeSpan.Zero, $"{path}.slow_start_window");
        if (config is null || window == TimeSpan.Zero)
            return null;
        var aggression = config.Aggression?.DefaultValue ?? 1;
        if (!(aggression > 0))
            context.Add($"{path}.aggression", $"is {aggression}; give more than 0");
        return new SlowStart(
            window,
            aggression,
            context.Percent(config.MinWeightPercent, 10, $"{path}.min_weight_percent")
        );
    }

    private static HashBalancerSpec Hashing(Api.Cluster cluster, DecodeContext context)
    {
        var ring =
            cluster.LbConfigCase == Api.Cluster.LbConfigOneofCase.RingHashLbConfig ? cluster.RingHashLbConfig : null;
        var table = (
            cluster.LbConfigCase == Api.Cluster.LbConfigOneofCase.MaglevLbConfig
                ? cluster.MaglevLbConfig.TableSize
                : null
        );
        var spec = new HashBalancerSpec
        {
            MinRingSize = ring?.MinimumRingSize ?? 1024,
            MaxRingSize = ring?.MaximumRingSize ?? MaxRingSize,
            MaglevTableSize = table ?? 65537,
            ByHostName = cluster.CommonLbConfig?.ConsistentHashingLbConfig?.UseHostnameForHashing ?? false,
        };
        if (ring is { HashFunction: not Api.Cluster.Types.RingHashLbConfig.Types.HashFunction.XxHash })
            context.Add("ring_hash_lb_config.hash_function", $"is {ring.HashFunction}; this proxy serves XX_HASH");
        if (spec.MaxRingSize > MaxRingSize)
            context.Add(
                "ring_hash_lb_config.maximum_ring_size",
                $"is {spec.MaxRingSize}; give {MaxRingSize} at the most"
            );
        if (spec.MinRingSize > spec.MaxRingSize)
            context.Add(
                "ring_hash_lb_config.minimum_ring_size",
                $"is {spec.MinRingSize}, more than maximum_ring_size {spec.MaxRingSize}"
            );
        if (spec.MaglevTableSize > MaxTableSize || !IsPrime(spec.MaglevTableSize))
            context.Add("maglev_lb_config.table_size", $"is {spec.MaglevTableSize}; give a prime up to {MaxTableSize}");
        return spec;
    }

    private static bool IsPrime(ulong number)
    {
        for (var divisor = 2UL; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }
        return number > 1;
    }

    private static SubsetSpec? Subsets(Api.Cluster.Types.LbSubsetConfig? config, DecodeContext context)
    {
        // Without selectors there are no subsets, as in Envoy.
        if (config is null || config.SubsetSelectors.Count == 0)
            return null;
        var selectors = new List<SubsetSelectorSpec>();
        for (var i = 0; i < config.SubsetSelectors.Count; i++)
        {
            var selector = config.SubsetSelectors[i];
            var at = $"lb_subset_config.subset_selectors[{i}]";
            if (selector.Keys.Count == 0)
                context.Add($"{at}.keys", "is empty; name at least one key of the endpoints' metadata");
            if (selector.SingleHostPerSubset)
                context.Add($"{at}.single_host_per_subset", "is not served; leave it out");
            var keys = selector.Keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            selectors.Add(new SubsetSelectorSpec(keys, Fallback(selector.FallbackPolicy, at, context)));
        }
        return new SubsetSpec(
            (SubsetFallback)config.FallbackPolicy,
            new SubsetKey(EndpointDecoder.Texts(config.DefaultSubset)),
            selectors
        );
    }

    private static SubsetFallback? Fallback(
        Subset.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy policy,
        string path,
        DecodeContext context
    )
    {
        switch (policy)
        {
            case Subset.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.NotDefined:
                return null;
            case Subset.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.NoFallback:
                return SubsetFallback.NoFallback;
            case Subset.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.AnyEndpoint:
                return SubsetFallback.AnyEndpoint;
            case Subset.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.DefaultSubset:
                return SubsetFallback.DefaultSubset;
            default:
                context.Add($"{path}.fallback_policy", $"is {policy}, which this proxy does not serve");
                return null;
        }
    }
}
