// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>What a route is part of: a gateway's listener, or a service in the mesh.</summary>
public sealed record ParentReference
{
    /// <summary>API group of the parent; empty for a Service.</summary>
    public string Group { get; init; } = "gateway.networking.k8s.io";

    /// <summary>Gateway by default; Service, ServiceEntry or ListenerSet.</summary>
    public string Kind { get; init; } = "Gateway";

    /// <summary>Of the parent; the route's own when empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Of the parent.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Name of a listener; all of them when empty.</summary>
    public string SectionName { get; init; } = "";

    /// <summary>Port of a listener or service; all of them when it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }
}

/// <summary>A service that traffic can go to.</summary>
public sealed record BackendReference
{
    /// <summary>API group; empty for a Service.</summary>
    public string Group { get; init; } = "";

    /// <summary>Service by default; ServiceEntry or Hostname (of <c>networking.istio.io</c>).</summary>
    public string Kind { get; init; } = "Service";

    /// <summary>Of the service.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The route's own when empty; for others there must be a ReferenceGrant.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The service's port; needed for a Service.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }
}

/// <summary>Services that share connections by weight.</summary>
public sealed record WeightedBackend
{
    /// <summary>API group; empty for a Service.</summary>
    public string Group { get; init; } = "";

    /// <summary>Service by default; ServiceEntry or Hostname (of <c>networking.istio.io</c>).</summary>
    public string Kind { get; init; } = "Service";

    /// <summary>Of the service.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The route's own when empty; for others there must be a ReferenceGrant.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The service's port; needed for a Service.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Share relative to the sum of all weights: 1.</summary>
    [Range(0, 1_000_000)]
    public int Weight { get; init; } = 1;
}

/// <summary>A resource of the same namespace.</summary>
public sealed record LocalReference
{
    /// <summary>API group of the resource; empty for Kubernetes' core.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resource.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";
}
