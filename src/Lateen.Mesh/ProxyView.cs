// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>
/// One proxy's share of the mesh, and the only thing translation reads. Views that are equal have the same content, so a
/// view is the key under which its translation is kept and shared. (Equal content may come in unequal views; then it is
/// only translated again.)
/// </summary>
/// <param name="Gateway">Null on sidecars.</param>
public sealed record ProxyView(
    ProxySettings Settings,
    OutboundView Outbound,
    InboundView Inbound,
    GatewayView? Gateway
);

/// <summary>What of a <see cref="ProxyNode"/> decides about its configuration.</summary>
public sealed record ProxySettings(
    ProxyKind Kind,
    string Address,
    string BindAddress,
    string AppAddress,
    InterceptionMode Interception,
    int HttpProxyPort
);

/// <summary>The ports that a sidecar serves for its application. The same object while nothing in it changes.</summary>
public sealed class InboundView
{
    public static InboundView Empty { get; } = new() { Ports = [] };

    /// <summary>Sorted by the application's port; each port once.</summary>
    public required IReadOnlyList<InboundPort> Ports { get; init; }
}

/// <param name="Number">The port of the application, which the sidecar listens on for it.</param>
/// <param name="ServicePort">The port of the service that it serves.</param>
public sealed record InboundPort(int Number, MeshPort ServicePort, MeshService Service);

/// <summary>The ports that a gateway serves. The same object while nothing in it changes.</summary>
public sealed class GatewayView
{
    /// <summary>Sorted by number, then address.</summary>
    public required IReadOnlyList<GatewayPort> Ports { get; init; }
}

/// <summary>A port of a gateway, with the servers of all Gateway resources on it put together.</summary>
public sealed class GatewayPort
{
    public required int Number { get; init; }

    /// <summary>The address a Gateway asks for; empty takes the proxy's own.</summary>
    public required string Bind { get; init; }

    public required bool IsHttp { get; init; }

    /// <summary>The protocol is GRPC-WEB: browsers call gRPC services here.</summary>
    public bool IsGrpcWeb { get; init; }

    /// <summary>Sorted by host; empty on TCP ports.</summary>
    public IReadOnlyList<HttpHost> HttpHosts { get; init; } = [];

    /// <summary>Null on HTTP ports, and on TCP ports that nothing is routed from.</summary>
    public TcpRoute? Tcp { get; init; }
}
