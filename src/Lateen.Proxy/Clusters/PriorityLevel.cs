// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>The endpoints of one priority that may be used, and the share of requests they get.</summary>
public sealed class PriorityLevel
{
    private PriorityLevel(EndpointEntry[] usable, int load)
    {
        Usable = usable;
        Load = load;
        foreach (var endpoint in usable)
        {
            TotalWeight += endpoint.Weight;
            HasEqualWeights &= endpoint.Weight == usable[0].Weight;
        }
    }

    internal EndpointEntry[] Usable { get; }

    /// <summary>Percent of requests.</summary>
    internal int Load { get; }

    internal ulong TotalWeight { get; }

    internal bool HasEqualWeights { get; } = true;

    /// <summary>
    /// Envoy's priority rule: a level takes traffic up to its healthy share times the overprovisioning factor, what is left
    /// spills to the next. When all levels together cannot take everything, what they can is scaled up. Below the panic
    /// threshold a level uses unhealthy endpoints too.
    /// </summary>
    internal static PriorityLevel[] Build(
        IReadOnlyList<EndpointEntry> endpoints,
        int overprovisioning,
        double panicThreshold
    )
    {
        var count = 0;
        foreach (var endpoint in endpoints)
            count = Math.Max(count, endpoint.Priority + 1);
        var all = new List<EndpointEntry>[count];
        var healthy = new List<EndpointEntry>[count];
        for (var i = 0; i < count; i++)
            (all[i], healthy[i]) = ([], []);
        foreach (var endpoint in endpoints)
        {
            all[endpoint.Priority].Add(endpoint);
            if (endpoint.IsHealthy)
                healthy[endpoint.Priority].Add(endpoint);
        }
        var loads = Loads(all, healthy, overprovisioning, panicThreshold);
        var levels = new PriorityLevel[count];
        for (var i = 0; i < count; i++)
        {
            var panics = all[i].Count > 0 && 100.0 * healthy[i].Count / all[i].Count < panicThreshold;
            levels[i] = new PriorityLevel((panics ? all[i] : healthy[i]).ToArray(), loads[i]);
        }
        return levels;
    }

    private static int[] Loads(
        List<EndpointEntry>[] all,
        List<EndpointEntry>[] healthy,
        int overprovisioning,
        double panicThreshold
    )
    {
        var health = new int[all.Length];
        var total = 0;
        for (var i = 0; i < all.Length; i++)
        {
            health[i] = all[i].Count == 0 ? 0 : Math.Min(100, overprovisioning * healthy[i].Count / all[i].Count);
            total += health[i];
        }
        var loads = new int[all.Length];
        var left = 100;
        for (var i = 0; i < all.Length && total > 0; i++)
        {
            loads[i] = Math.Min(left, total >= 100 ? health[i] : health[i] * 100 / total);
            left -= loads[i];
        }
        // Nothing healthy anywhere: the first level that has endpoints panics, or nobody serves. Rounding goes to the first too.
        for (var i = 0; i < loads.Length && left > 0; i++)
        {
            if (all[i].Count == 0 || (total == 0 && panicThreshold <= 0) || (total > 0 && loads[i] == 0))
                continue;
            loads[i] += left;
            left = 0;
        }
        return loads;
    }
}
