// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Finds VirtualServices by the gateway they are bound to and by host. Oldest first, as configuration is ordered.</summary>
internal sealed class RouteIndex
{
    private readonly Dictionary<string, List<ServiceRoutes>> _byGateway = new(StringComparer.Ordinal);
    private readonly HostTable<ServiceRoutes> _inMesh = new();

    public RouteIndex(IReadOnlyList<ServiceRoutes> routes)
    {
        foreach (var entry in routes)
        {
            foreach (var gateway in entry.Gateways)
            {
                if (!_byGateway.TryGetValue(gateway, out var list))
                    _byGateway[gateway] = list = [];
                // It may name a gateway twice.
                if (list.Count == 0 || list[^1] != entry)
                    list.Add(entry);
            }
            if (!entry.Gateways.Contains(VirtualService.Mesh))
                continue;
            // The first one of a host, which is the oldest, keeps it.
            foreach (var host in entry.Hosts)
                _inMesh.GetOrAdd(host, () => entry);
        }
        DependsOnSource = routes.Any(static entry => entry.DependsOnSource);
    }

    /// <summary>Whether any rule asks for labels of the workload that calls.</summary>
    public bool DependsOnSource { get; }

    /// <summary>What sidecars route the host by: its own VirtualService, else the one with the longest wildcard.</summary>
    public ServiceRoutes? InMesh(string host) => _inMesh.Find(host);

    public IReadOnlyList<ServiceRoutes> Of(string gateway) => _byGateway.GetValueOrDefault(gateway, []);
}
