// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Lateen.Mesh;
using Lateen.Translation.Endpoints;

namespace Lateen.Translation.Listeners;

/// <summary>What all listeners with a port of their own have in common.</summary>
internal static class ListenerFactory
{
    public static Listener Create(
        string name,
        string address,
        int port,
        TrafficDirection direction,
        IEnumerable<Filter> filters,
        MeshConfig mesh
    )
    {
        var chain = new FilterChain();
        chain.Filters.AddRange(filters);
        var listener = new Listener
        {
            Name = name,
            Address = LoadAssignments.Address(address, port),
            TrafficDirection = direction,
            FilterChains = { chain },
            // One at a time, so that the kernel spreads connections over the workers (Istio).
            MaxConnectionsToAcceptPerSocketEvent = 1,
        };
        listener.AccessLog.AddRange(AccessLogs.OfListener(mesh));
        return listener;
    }
}
