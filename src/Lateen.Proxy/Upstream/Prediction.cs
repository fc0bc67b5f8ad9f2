// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Upstream;

/// <summary>
/// Connections to the endpoints whose turn comes next, where this worker's connections to a cluster have not the room that its
/// <c>predictive_preconnect_ratio</c> asks for (Envoy's <c>maybePreconnect</c>).
/// </summary>
internal static class Prediction
{
    /// <summary>Called before each stream, which counts as one that is about to come.</summary>
    /// <param name="host">Of the request, for clusters with <c>auto_sni</c>; else empty.</param>
    public static void BeforeStream(Worker worker, ClusterRuntime cluster, UpstreamProtocol protocol, string host = "")
    {
        var ratio = cluster.Spec.Preconnect.PredictiveRatio;
        if (ratio <= 1)
            return;
        for (var i = 0; i < StreamQueue.MostAtOnce; i++)
        {
            if (!PreconnectSpec.Wants(cluster.State.Loads[worker.Index], ratio, anticipated: 1))
                return;
            var next = cluster.Peek(new PickContext(worker.Index, worker.NextRandom()));
            // A connection that speaks for one client cannot be opened before it is known whose it is.
            if (next is null || next.Socket.Spec.ProxyProtocolVersion > 0)
                return;
            if (!EndpointPool.Of(worker, next, host).QueueFor(protocol).TryAnticipate(cluster, ratio))
                return;
        }
    }
}
