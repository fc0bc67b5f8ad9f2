// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds.Security;

/// <summary>
/// What must be true of the client: of each list that is there, one must match; of each <c>not…</c> list, none. Texts may begin or end
/// with a <c>*</c>, which alone asks that there is something.
/// </summary>
public sealed record Source
{
    /// <summary>Identities by mutual TLS, without <c>spiffe://</c>: <c>cluster.local/ns/default/sa/productpage</c>.</summary>
    public IReadOnlyList<string> Principals { get; init; } = [];

    /// <summary>Identities by mutual TLS that it must not have.</summary>
    public IReadOnlyList<string> NotPrincipals { get; init; } = [];

    /// <summary>Identities by token: <c>issuer/subject</c>.</summary>
    public IReadOnlyList<string> RequestPrincipals { get; init; } = [];

    /// <summary>Identities by token that it must not have.</summary>
    public IReadOnlyList<string> NotRequestPrincipals { get; init; } = [];

    /// <summary>Namespaces by mutual TLS.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Namespaces that it must not be of.</summary>
    public IReadOnlyList<string> NotNamespaces { get; init; } = [];

    /// <summary>Service accounts by mutual TLS: <c>namespace/name</c>, or a name in the policy's namespace; no wildcards.</summary>
    public IReadOnlyList<string> ServiceAccounts { get; init; } = [];

    /// <summary>Service accounts that it must not have.</summary>
    public IReadOnlyList<string> NotServiceAccounts { get; init; } = [];

    /// <summary>Trust domains by mutual TLS.</summary>
    public IReadOnlyList<string> TrustDomains { get; init; } = [];

    /// <summary>Trust domains that it must not be of.</summary>
    public IReadOnlyList<string> NotTrustDomains { get; init; } = [];

    /// <summary>Addresses or CIDR ranges of who is connected.</summary>
    public IReadOnlyList<string> IpBlocks { get; init; } = [];

    /// <summary>Addresses or CIDR ranges that it must not be in.</summary>
    public IReadOnlyList<string> NotIpBlocks { get; init; } = [];

    /// <summary>Addresses or CIDR ranges of the original client: X-Forwarded-For or the PROXY protocol, as far as they are trusted.</summary>
    public IReadOnlyList<string> RemoteIpBlocks { get; init; } = [];

    /// <summary>Addresses or CIDR ranges that the original client must not be in.</summary>
    public IReadOnlyList<string> NotRemoteIpBlocks { get; init; } = [];
}
