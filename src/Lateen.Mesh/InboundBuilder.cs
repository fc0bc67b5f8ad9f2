// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Finds the ports that a workload serves: those of every service it belongs to.</summary>
internal static class InboundBuilder
{
    public static InboundView Build(MeshSnapshot mesh, ProxyNode node)
    {
        var ports = new SortedDictionary<int, InboundPort>();
        foreach (var service in mesh.Services)
        {
            if (service.IsExternal || Instance(service, node) is not { } instance)
                continue;
            foreach (var port in service.Ports)
            {
                var number = MeshService.TargetPort(port, instance);
                // Two services on one port of the application share its listener; the first, by host, names it.
                if (number > 0)
                    ports.TryAdd(number, new InboundPort(number, port, service));
            }
        }
        var inputs = new List<object>();
        foreach (var port in ports.Values)
            inputs.AddRange([port.Number.ToString(), port.ServicePort, port.Service]);
        return mesh.Derivations.Of("inbound", [.. inputs], () => new InboundView { Ports = ports.Values.ToArray() });
    }

    /// <summary>
    /// The proxy's workload as an endpoint of the service: the one at its address, or, when no registry knows the address
    /// yet, what its labels make of it.
    /// </summary>
    private static WorkloadEndpoint? Instance(MeshService service, ProxyNode node)
    {
        foreach (var endpoint in service.Endpoints)
        {
            if (endpoint.Address == node.Address)
                return endpoint;
        }
        var isSelected =
            service.Namespace == node.Namespace
            && service.Selector.Count > 0
            && Labels.Carry(node.Labels, service.Selector);
        return isSelected
            ? new WorkloadEndpoint
            {
                Name = node.Name,
                Namespace = node.Namespace,
                Address = node.Address,
                Labels = node.Labels,
            }
            : null;
    }
}
