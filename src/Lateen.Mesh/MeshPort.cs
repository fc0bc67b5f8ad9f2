// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>A port of a service or gateway, whichever kind defines it.</summary>
/// <param name="Protocol">In upper case; from appProtocol, else from the name's first word, else what the kind says (Istio's protocol selection).</param>
/// <param name="TargetPort">The workload's port; 0 for the same number.</param>
/// <param name="TargetName">The workload's port by its name; empty when it has a number.</param>
public sealed record MeshPort(string Name, int Number, string Protocol, int TargetPort = 0, string TargetName = "")
{
    /// <summary>Whether requests on it are HTTP of some kind.</summary>
    public bool IsHttp => Protocol is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB";

    internal static MeshPort From(ServicePort port) =>
        new(
            port.Name,
            port.Port,
            PortProtocol.Of(port.AppProtocol, port.Name, port.Protocol),
            port.TargetPort?.Number ?? 0,
            port.TargetPort?.Text ?? ""
        );

    internal static MeshPort From(ServerPort port) => new(port.Name, port.Number, port.Protocol.ToUpperInvariant());

    internal static MeshPort From(Port port) =>
        new(port.Name, port.Number, port.Protocol.ToUpperInvariant(), port.TargetPort ?? 0);
}
