// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Endpoints of a priority by health.</summary>
/// <param name="Excluded">Those of the total that are not reckoned with, since nobody knows of their health yet.</param>
public readonly record struct LevelHealth(int Total, int Healthy, int Degraded, int Excluded = 0)
{
    /// <summary>What healthy and degraded ones are shares of.</summary>
    public int Counted => Total - Excluded;
}

/// <summary>
/// Which share of requests goes to the healthy and to the degraded endpoints of each priority, in percent, and which priorities
/// panic. Envoy's rule: a priority takes requests up to its healthy share times the overprovisioning factor; what is left spills
/// to the next, then to degraded endpoints. When all together cannot take everything, what they can take is scaled up and
/// priorities below the panic threshold use every endpoint they have.
/// </summary>
public sealed class PriorityLoads
{
    private PriorityLoads(int levels) =>
        (Healthy, Degraded, Panics) = (new int[levels], new int[levels], new bool[levels]);

    public int[] Healthy { get; }

    public int[] Degraded { get; }

    public bool[] Panics { get; }

    /// <param name="levels">Priorities, highest first.</param>
    /// <param name="overprovisioning">In percent: 140.</param>
    /// <param name="panicThreshold">In percent; 0 never panics.</param>
    public static PriorityLoads Compute(IReadOnlyList<LevelHealth> levels, int overprovisioning, double panicThreshold)
    {
        var loads = new PriorityLoads(levels.Count);
        if (levels.Count == 0)
            return loads;
        var healthy = levels.Select(level => Capacity(level.Healthy, level.Counted, overprovisioning)).ToArray();
        var degraded = levels.Select(level => Capacity(level.Degraded, level.Counted, overprovisioning)).ToArray();
        var available = Math.Min(100, healthy.Sum() + degraded.Sum());
        if (available > 0)
            loads.Distribute(healthy, degraded, available);
        for (var i = 0; i < levels.Count; i++)
            loads.Panics[i] = panicThreshold > 0 && available < 100 && IsBelow(levels[i], panicThreshold);
        if (!loads.Panics.Contains(false))
            loads.DistributeByCount(levels);
        else if (available == 0)
            loads.Healthy[FirstInUse(levels)] = 100; // who may find nobody there
        return loads;
    }

    private static int Capacity(int endpoints, int total, int overprovisioning) =>
        total == 0 ? 0 : (int)Math.Min(100, (long)overprovisioning * endpoints / total);

    private static bool IsBelow(LevelHealth level, double panicThreshold) =>
        level.Counted == 0 || 100.0 * (level.Healthy + level.Degraded) / level.Counted < Math.Min(100, panicThreshold);

    private void Distribute(int[] healthy, int[] degraded, int available)
    {
        var left = 100;
        var first = Take(healthy, Healthy, available, ref left);
        var firstDegraded = Take(degraded, Degraded, available, ref left);
        // Scaling rounds down; the rest goes to the first that takes anything.
        if (first >= 0)
            Healthy[first] += left;
        else
            Degraded[firstDegraded] += left;
    }

    private static int Take(int[] capacities, int[] loads, int available, ref int left)
    {
        var first = -1;
        for (var i = 0; i < capacities.Length; i++)
        {
            if (first < 0 && capacities[i] > 0)
                first = i;
            loads[i] = Math.Min(left, capacities[i] * 100 / available);
            left -= loads[i];
        }
        return first;
    }

    /// <summary>Everybody panics: each priority gets a share by the number of its endpoints.</summary>
    private void DistributeByCount(IReadOnlyList<LevelHealth> levels)
    {
        Array.Clear(Degraded);
        var total = levels.Sum(static level => level.Total);
        var left = 100;
        for (var i = 0; i < levels.Count; i++)
        {
            Healthy[i] = total == 0 ? 0 : 100 * levels[i].Total / total;
            left -= Healthy[i];
        }
        Healthy[FirstInUse(levels)] += left;
    }

    private static int FirstInUse(IReadOnlyList<LevelHealth> levels)
    {
        for (var i = 0; i < levels.Count; i++)
        {
            if (levels[i].Total > 0)
                return i;
        }
        return 0;
    }
}
