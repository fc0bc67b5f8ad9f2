// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Security;

/// <summary>
/// Which JSON Web Tokens a workload knows. A request with a bad token is refused with 401; one without is let through, unless an
/// AuthorizationPolicy asks for its claims.
/// </summary>
[Kind(
    "security.istio.io",
    "requestauthentications",
    "v1",
    "v1beta1",
    ShortNames = ["ra"],
    IsSpecOptional = true,
    IsNotInForce = true
)]
public sealed record RequestAuthentication
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>A resource that it is for, instead of a selector.</summary>
    [Deprecated("use targetRefs")]
    public PolicyTarget? TargetRef { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>The issuers that are known; a token must be of one of them.</summary>
    public IReadOnlyList<JwtRule> JwtRules { get; init; } = [];
}

/// <summary>Tokens of one issuer.</summary>
public sealed record JwtRule
{
    /// <summary>The token's <c>iss</c> claim.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The token's <c>aud</c> claim must have one of them; any when empty.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Address of the issuer's keys; found by OpenID discovery when neither it nor <c>jwks</c> is there.</summary>
    public string JwksUri { get; init; } = "";

    /// <summary>Address of the issuer's keys.</summary>
    [Word("jwks_uri"), Deprecated("use jwksUri")]
    public string JwksUriOld { get; init; } = "";

    /// <summary>The issuer's keys themselves, as a JSON Web Key Set.</summary>
    public string Jwks { get; init; } = "";

    /// <summary>Headers that the token is looked for in; <c>Authorization: Bearer</c> when no place is given.</summary>
    public IReadOnlyList<JwtHeader> FromHeaders { get; init; } = [];

    /// <summary>Query parameters that the token is looked for in; <c>access_token</c> when no place is given.</summary>
    public IReadOnlyList<string> FromParams { get; init; } = [];

    /// <summary>Cookies that the token is looked for in.</summary>
    public IReadOnlyList<string> FromCookies { get; init; } = [];

    /// <summary>Header that the service gets the token's payload in, as base64url.</summary>
    public string OutputPayloadToHeader { get; init; } = "";

    /// <summary>Whether the service gets the token itself; false by default.</summary>
    public bool ForwardOriginalToken { get; init; }

    /// <summary>Headers that the service gets single claims in.</summary>
    public IReadOnlyList<ClaimToHeader> OutputClaimToHeaders { get; init; } = [];

    /// <summary>Time to fetch the issuer's keys: 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Claims that are lists with spaces between, besides <c>scope</c> and <c>permission</c>.</summary>
    public IReadOnlyList<string> SpaceDelimitedClaims { get; init; } = [];

    /// <summary>Whether a token of this rule must be there: OPTIONAL by default.</summary>
    public JwtPresence Presence { get; init; }
}

/// <summary>A header with a token in it.</summary>
public sealed record JwtHeader
{
    /// <summary>Of the header.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>What stands in front of the token, its space included.</summary>
    public string Prefix { get; init; } = "";
}

/// <summary>A claim that becomes a header.</summary>
public sealed record ClaimToHeader
{
    /// <summary>Name of the header.</summary>
    [Required]
    public string Header { get; init; } = "";

    /// <summary>Name of the claim; <c>a.b</c> is b inside of a.</summary>
    [Required]
    public string Claim { get; init; } = "";
}

/// <summary>Whether a token must be there.</summary>
public enum JwtPresence : byte
{
    /// <summary>A request without one is let through.</summary>
    Optional,

    /// <summary>A request without one is refused with 401.</summary>
    Required,
}
