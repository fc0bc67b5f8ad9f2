// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>Lets resources of other namespaces refer to resources of this one.</summary>
[Kind(
    "gateway.networking.k8s.io",
    "referencegrants",
    "v1",
    "v1beta1",
    "v1alpha2",
    ShortNames = ["refgrant"],
    IsNotInForce = true
)]
public sealed record ReferenceGrant
{
    /// <summary>Who may refer; any of them.</summary>
    [Required]
    public IReadOnlyList<GrantFrom> From { get; init; } = [];

    /// <summary>What may be referred to; any of it.</summary>
    [Required]
    public IReadOnlyList<GrantTo> To { get; init; } = [];
}

/// <summary>Resources that may refer.</summary>
public sealed record GrantFrom
{
    /// <summary>API group of the resources; empty for Kubernetes' core.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resources.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resources.</summary>
    [Required]
    public string Namespace { get; init; } = "";
}

/// <summary>Resources that may be referred to.</summary>
public sealed record GrantTo
{
    /// <summary>API group of the resources; empty for Kubernetes' core.</summary>
    [Required(MayBeEmpty = true)]
    public string Group { get; init; } = "";

    /// <summary>Kind of the resources.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>A single one; all of them when empty.</summary>
    public string Name { get; init; } = "";
}
