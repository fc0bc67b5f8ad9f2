// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>
/// A host, on one port, that HTTP requests are routed for. The same object from build to build while nothing about it
/// changes.
/// </summary>
public sealed class HttpHost
{
    /// <summary>Full name; may start with <c>*</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Port of the service, or of the gateway's listener.</summary>
    public required int Port { get; init; }

    /// <summary>Every name clients may use, the full one included, without ports.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>In order; the first that matches wins.</summary>
    public required IReadOnlyList<RouteRule> Rules { get; init; }

    /// <summary>True when no VirtualService says anything: all requests go to the service itself.</summary>
    public required bool IsDefault { get; init; }
}

/// <summary>Connections to one TCP port of a service, or of a gateway.</summary>
public sealed class TcpRoute
{
    /// <summary>The service's full name; empty on gateways.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Where connections go; at least one.</summary>
    public required IReadOnlyList<RouteTarget> Targets { get; init; }
}
