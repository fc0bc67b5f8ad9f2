// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Security;

/// <summary>A resource that a policy is for.</summary>
public sealed record PolicyTarget
{
    /// <summary>API group of the resource; empty for a Service.</summary>
    public string Group { get; init; } = "";

    /// <summary>Gateway, GatewayClass, Service or ServiceEntry.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Of the resource.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Must be the policy's own, which is the default: targets are not in other namespaces.</summary>
    public string Namespace { get; init; } = "";
}
