// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>How gRPC calls are routed: of the rules that match, the most specific one counts.</summary>
[Kind("gateway.networking.k8s.io", "grpcroutes", "v1", "v1alpha2", Name = "GRPCRoute", IsNotInForce = true)]
public sealed record GrpcRoute
{
    /// <summary>Gateways or services that it is part of.</summary>
    public IReadOnlyList<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it is part of default gateways: None.</summary>
    public GatewayDefaultScope UseDefaultGateways { get; init; }

    /// <summary>Hosts, with a <c>*.</c> in front for all below; the listener's when empty.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Rules.</summary>
    public IReadOnlyList<GrpcRouteRule> Rules { get; init; } = [];
}

/// <summary>A rule.</summary>
public sealed record GrpcRouteRule
{
    /// <summary>Unique in the route.</summary>
    public string Name { get; init; } = "";

    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<GrpcRouteMatch> Matches { get; init; } = [];

    /// <summary>What happens to the call on its way.</summary>
    public IReadOnlyList<GrpcRouteFilter> Filters { get; init; } = [];

    /// <summary>Services that share the calls by weight; UNAVAILABLE without one.</summary>
    public IReadOnlyList<GrpcBackend> BackendRefs { get; init; } = [];

    /// <summary>The same client goes to the same endpoint.</summary>
    public SessionPersistence? SessionPersistence { get; init; }
}

/// <summary>Conditions on a call, which all must hold.</summary>
public sealed record GrpcRouteMatch
{
    /// <summary>Any method when it is not there.</summary>
    public GrpcMethodMatch? Method { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<RouteHeaderMatch> Headers { get; init; } = [];
}

/// <summary>A condition on the method; service or method must be there.</summary>
public sealed record GrpcMethodMatch
{
    /// <summary>Exact by default.</summary>
    public RouteHeaderMatchType Type { get; init; }

    /// <summary>With its package; any when empty.</summary>
    public string Service { get; init; } = "";

    /// <summary>Any when empty.</summary>
    public string Method { get; init; } = "";
}

/// <summary>What happens to a call: exactly the field that the type names.</summary>
public sealed record GrpcRouteFilter
{
    /// <summary>Which field is there.</summary>
    [Required]
    public GrpcRouteFilterType? Type { get; init; }

    /// <summary>Changes to the request's headers.</summary>
    public HeaderModifier? RequestHeaderModifier { get; init; }

    /// <summary>Changes to the response's headers.</summary>
    public HeaderModifier? ResponseHeaderModifier { get; init; }

    /// <summary>A service that gets a copy; its answers are dropped.</summary>
    public RequestMirror? RequestMirror { get; init; }

    /// <summary>A filter in a resource of its own.</summary>
    public LocalReference? ExtensionRef { get; init; }
}

/// <summary>What a filter does.</summary>
[PascalWords]
public enum GrpcRouteFilterType : byte
{
    /// <summary>Changes headers of the request.</summary>
    RequestHeaderModifier,

    /// <summary>Changes headers of the response.</summary>
    ResponseHeaderModifier,

    /// <summary>Copies the call.</summary>
    RequestMirror,

    /// <summary>What the resource says.</summary>
    ExtensionRef,
}

/// <summary>A service with its share.</summary>
public sealed record GrpcBackend
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

    /// <summary>What happens to calls that go there.</summary>
    public IReadOnlyList<GrpcRouteFilter> Filters { get; init; } = [];
}
