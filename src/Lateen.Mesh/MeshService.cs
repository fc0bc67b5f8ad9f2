// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>
/// A service that proxies can reach, whether a <see cref="Service"/> or one host of a <see cref="ServiceEntry"/>
/// defines it. Immutable; the same object from build to build while nothing about it changes.
/// </summary>
public sealed class MeshService
{
    private RememberedExports _exports;

    /// <summary>Full name, as <c>reviews.default.svc.cluster.local</c>; of a ServiceEntry it may start with <c>*.</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Short name; of a ServiceEntry its host.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>What defines it.</summary>
    public required ConfigResource Resource { get; init; }

    /// <summary>Names what defines it.</summary>
    public ConfigKey Origin => Resource.Key;

    public required IReadOnlyList<MeshPort> Ports { get; init; }

    /// <summary>How a proxy finds the endpoints: told them (<c>Static</c>), by DNS, or not at all (<c>None</c>).</summary>
    public ServiceResolution Resolution { get; init; } = ServiceResolution.Static;

    /// <summary>Outside of the mesh (<c>MESH_EXTERNAL</c>): no proxy stands in front of its workloads.</summary>
    public bool IsExternal { get; init; }

    /// <summary>Labels of its workloads; empty when its endpoints are listed.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<WorkloadEndpoint> Endpoints { get; init; } = [];

    internal Exports ExportsBy(ExportDefaults defaults) => _exports.Of(Resource, defaults);

    public MeshPort? PortOf(int number)
    {
        foreach (var port in Ports)
        {
            if (port.Number == number)
                return port;
        }
        return null;
    }

    /// <summary>
    /// Where <paramref name="endpoint"/> serves <paramref name="port"/>: its own port of that name, the service's target
    /// port, else the same number. 0 when the service names a target that the endpoint has not.
    /// </summary>
    public static int TargetPort(MeshPort port, WorkloadEndpoint endpoint)
    {
        if (endpoint.Ports.TryGetValue(port.Name, out var own))
            return own;
        if (port.TargetName.Length > 0)
            return endpoint.Ports.TryGetValue(port.TargetName, out var named) ? named : 0;
        return port.TargetPort > 0 ? port.TargetPort : port.Number;
    }
}
