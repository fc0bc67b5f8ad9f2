// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>A kind of gateways, and who runs them.</summary>
[Kind(
    "gateway.networking.k8s.io",
    "gatewayclasses",
    "v1",
    "v1beta1",
    ShortNames = ["gc"],
    IsClusterScoped = true,
    IsNotInForce = true
)]
public sealed record GatewayClass
{
    /// <summary>Who runs gateways of this class: <c>istio.io/gateway-controller</c>.</summary>
    [Required]
    public string ControllerName { get; init; } = "";

    /// <summary>A resource with settings for all of them.</summary>
    public ParametersReference? ParametersRef { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";
}

/// <summary>A resource with settings.</summary>
public sealed record ParametersReference
{
    /// <summary>API group of the resource.</summary>
    [Required]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resource.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Of the resource; for kinds that are in one.</summary>
    public string Namespace { get; init; } = "";
}
