// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>VirtualServices of equal standing, by the gateway they are bound to and by host; the oldest first.</summary>
internal sealed class RouteLayer
{
    private readonly Dictionary<string, List<ServiceRoutes>> _byGateway = new(StringComparer.Ordinal);
    private readonly HostTable<ServiceRoutes> _inMesh = new();

    /// <summary>Whether any rule asks for labels of the workload that calls.</summary>
    public bool DependsOnSource { get; private set; }

    /// <summary>Has to come after all that are older.</summary>
    public void Add(ServiceRoutes routes)
    {
        DependsOnSource |= routes.DependsOnSource;
        foreach (var gateway in routes.Gateways)
        {
            if (!_byGateway.TryGetValue(gateway, out var list))
                _byGateway[gateway] = list = [];
            // It may name a gateway twice.
            if (list.Count == 0 || list[^1] != routes)
                list.Add(routes);
        }
        if (!routes.Gateways.Contains(VirtualService.Mesh))
            return;
        // The first one of a host, which is the oldest, keeps it.
        foreach (var host in routes.Hosts)
            _inMesh.GetOrAdd(host, () => routes);
    }

    /// <summary>Its own VirtualService, else the one with the longest wildcard.</summary>
    /// <param name="pattern">The host as the VirtualService has it.</param>
    public ServiceRoutes? InMesh(string host, out string pattern) => _inMesh.Find(host, out pattern);

    public IReadOnlyList<ServiceRoutes> Of(string gateway) => _byGateway.GetValueOrDefault(gateway, []);
}
