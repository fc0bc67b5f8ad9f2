// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Security;

/// <summary>
/// Who may do what with a workload. CUSTOM policies are asked first, then DENY, then ALLOW; once there is an ALLOW policy, what none
/// of them allows is refused with 403.
/// </summary>
[Kind(
    "security.istio.io",
    "authorizationpolicies",
    "v1",
    "v1beta1",
    ShortNames = ["ap"],
    IsSpecOptional = true,
    IsNotInForce = true
)]
public sealed record AuthorizationPolicy
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>A resource that it is for, instead of a selector.</summary>
    [Deprecated("use targetRefs")]
    public PolicyTarget? TargetRef { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>Requests that it is about: any rule is enough; without rules it matches nothing, so that ALLOW refuses everything.</summary>
    public IReadOnlyList<AuthorizationRule> Rules { get; init; } = [];

    /// <summary>ALLOW by default.</summary>
    public AuthorizationAction Action { get; init; }

    /// <summary>Who is asked; for CUSTOM, and only there.</summary>
    public AuthorizationProvider? Provider { get; init; }
}

/// <summary>What becomes of requests that match.</summary>
public enum AuthorizationAction : byte
{
    /// <summary>They are let through.</summary>
    Allow,

    /// <summary>They are refused.</summary>
    Deny,

    /// <summary>They are noted, and otherwise as if the policy were not there.</summary>
    Audit,

    /// <summary>The provider decides.</summary>
    Custom,
}

/// <summary>An extension provider that decides.</summary>
public sealed record AuthorizationProvider
{
    /// <summary>As in <c>extensionProviders</c> of the mesh's configuration.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Requests: of one of the sources, for one of the operations, under all of the conditions.</summary>
public sealed record AuthorizationRule
{
    /// <summary>Any of them is enough; everybody when empty.</summary>
    public IReadOnlyList<AuthorizationSource> From { get; init; } = [];

    /// <summary>Any of them is enough; everything when empty.</summary>
    public IReadOnlyList<AuthorizationOperation> To { get; init; } = [];

    /// <summary>All must hold.</summary>
    public IReadOnlyList<AuthorizationCondition> When { get; init; } = [];
}

/// <summary>Who asks.</summary>
public sealed record AuthorizationSource
{
    /// <summary>What all must be true of the client.</summary>
    public Source? Source { get; init; }
}

/// <summary>What is asked for.</summary>
public sealed record AuthorizationOperation
{
    /// <summary>What all must be true of the request.</summary>
    public Operation? Operation { get; init; }
}

/// <summary>A condition on an attribute.</summary>
public sealed record AuthorizationCondition
{
    /// <summary>An attribute of Istio: <c>request.headers[x-token]</c>, <c>request.auth.claims[iss]</c>, <c>source.ip</c>, <c>connection.sni</c> …</summary>
    [Required]
    public string Key { get; init; } = "";

    /// <summary>It must have one of these values.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>It must have none of these values.</summary>
    public IReadOnlyList<string> NotValues { get; init; } = [];
}
