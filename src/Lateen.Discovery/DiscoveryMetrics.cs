// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Lateen.Discovery;

/// <summary>What the ADS server counts. Written by every connection's task, read by whoever shows it.</summary>
public sealed class DiscoveryMetrics
{
    /// <summary>Upper bounds, in seconds, of <see cref="Convergence"/>'s buckets: those of istiod.</summary>
    public static IReadOnlyList<double> ConvergenceBounds { get; } = [0.1, 0.5, 1, 3, 5, 10, 20, 30];

    private readonly ConcurrentDictionary<string, long> _pushes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _rejections = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[ConvergenceBounds.Count + 1];
    private TimeSpan _sum;

    /// <summary>Responses sent, by type URL.</summary>
    public IReadOnlyDictionary<string, long> Pushes => _pushes;

    /// <summary>Responses that proxies refused, by type URL.</summary>
    public IReadOnlyDictionary<string, long> Rejections => _rejections;

    /// <summary>
    /// Time from a change to the moment when a proxy has been sent all of it: how many took at most each of
    /// <see cref="ConvergenceBounds"/> and more than the bound before, then how many took longer than the last; and the sum.
    /// </summary>
    public (IReadOnlyList<long> Buckets, TimeSpan Sum) Convergence
    {
        get
        {
            lock (_gate)
                return ([.. _buckets], _sum);
        }
    }

    internal void OnPush(string typeUrl) => Count(_pushes, typeUrl);

    internal void OnRejection(string typeUrl) => Count(_rejections, typeUrl);

    internal void OnConverged(TimeSpan took)
    {
        var bucket = 0;
        while (bucket < ConvergenceBounds.Count && took.TotalSeconds > ConvergenceBounds[bucket])
            bucket++;
        lock (_gate)
        {
            _buckets[bucket]++;
            _sum += took;
        }
    }

    private static void Count(ConcurrentDictionary<string, long> counters, string typeUrl) =>
        counters.AddOrUpdate(typeUrl, 1, static (_, count) => count + 1);
}
