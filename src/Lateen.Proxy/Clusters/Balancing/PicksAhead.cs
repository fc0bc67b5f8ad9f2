// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// Endpoints that were chosen before their requests came, so that connections could be opened to them
/// (<c>predictive_preconnect_ratio</c>): the next requests go there, in the same order. Each worker has its own.
/// </summary>
internal sealed class PicksAhead
{
    private readonly Queue<EndpointState>[] _picks;

    private PicksAhead(int workers)
    {
        _picks = new Queue<EndpointState>[workers];
        for (var worker = 0; worker < workers; worker++)
            _picks[worker] = new Queue<EndpointState>();
    }

    /// <summary>
    /// Null where nobody predicts, or nothing can be predicted, as in Envoy: hashes and subsets are the request's, and who has the
    /// fewest requests may be another one by then.
    /// </summary>
    public static PicksAhead? For(ClusterSpec spec, IReadOnlyList<EndpointEntry> endpoints, int workers)
    {
        var isPredictable = spec.Balancer switch
        {
            BalancerKind.RoundRobin or BalancerKind.Random => true,
            BalancerKind.LeastRequest => spec.SlowStart is not null || !EndpointWeights.AreEqual(endpoints),
            _ => false,
        };
        return isPredictable && spec.Subsets is null && spec.Preconnect.PredictiveRatio > 1
            ? new PicksAhead(workers)
            : null;
    }

    public int Count(int worker) => _picks[worker].Count;

    public void Add(int worker, EndpointState endpoint) => _picks[worker].Enqueue(endpoint);

    /// <summary>The one whose request is here now; null when none was chosen before.</summary>
    public EndpointState? TryTake(int worker) => _picks[worker].TryDequeue(out var endpoint) ? endpoint : null;
}
