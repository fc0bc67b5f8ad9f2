// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>How TLS connections are routed, by server name.</summary>
[Kind("gateway.networking.k8s.io", "tlsroutes", "v1", "v1alpha3", "v1alpha2", Name = "TLSRoute", IsNotInForce = true)]
public sealed record TlsRoute
{
    /// <summary>Gateways or services that it is part of.</summary>
    public IReadOnlyList<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it is part of default gateways: None.</summary>
    public GatewayDefaultScope UseDefaultGateways { get; init; }

    /// <summary>Server names, with a <c>*.</c> in front for all below.</summary>
    [Required]
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>One rule.</summary>
    [Required]
    public IReadOnlyList<ConnectionRouteRule> Rules { get; init; } = [];
}

/// <summary>How TCP connections are routed.</summary>
[Kind("gateway.networking.k8s.io", "tcproutes", "v1", "v1alpha2", Name = "TCPRoute", IsNotInForce = true)]
public sealed record TcpRoute
{
    /// <summary>Gateways or services that it is part of.</summary>
    public IReadOnlyList<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it is part of default gateways: None.</summary>
    public GatewayDefaultScope UseDefaultGateways { get; init; }

    /// <summary>One rule.</summary>
    [Required]
    public IReadOnlyList<ConnectionRouteRule> Rules { get; init; } = [];
}

/// <summary>How datagrams are routed.</summary>
[Kind("gateway.networking.k8s.io", "udproutes", "v1", "v1alpha2", Name = "UDPRoute", IsNotInForce = true)]
public sealed record UdpRoute
{
    /// <summary>Gateways or services that it is part of.</summary>
    public IReadOnlyList<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it is part of default gateways: None.</summary>
    public GatewayDefaultScope UseDefaultGateways { get; init; }

    /// <summary>One rule.</summary>
    [Required]
    public IReadOnlyList<ConnectionRouteRule> Rules { get; init; } = [];
}

/// <summary>Where connections go.</summary>
public sealed record ConnectionRouteRule
{
    /// <summary>Unique in the route.</summary>
    public string Name { get; init; } = "";

    /// <summary>Services that share the connections by weight.</summary>
    [Required]
    public IReadOnlyList<WeightedBackend> BackendRefs { get; init; } = [];
}
