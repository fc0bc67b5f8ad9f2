// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Routing;

/// <summary>What of a request its endpoint is chosen by (Envoy <c>RouteAction.HashPolicy</c>).</summary>
/// <param name="Name">Of the header, in lower case, the cookie or the query parameter; empty for the source address.</param>
/// <param name="IsTerminal">Ends the list when it found something to hash.</param>
public sealed record HashPolicySpec(HashSource Source, string Name, bool IsTerminal)
{
    /// <summary><c>header.regex_rewrite</c>: applied to the value before it is hashed.</summary>
    public RegexRewriteSpec? Rewrite { get; init; }

    /// <summary><c>cookie.ttl</c>: a request without the cookie is given one; zero makes it a session cookie. Null gives none.</summary>
    public TimeSpan? CookieTtl { get; init; }

    /// <summary><c>cookie.path</c>.</summary>
    public string CookiePath { get; init; } = "";
}

/// <summary>Where a <see cref="HashPolicySpec"/> looks.</summary>
public enum HashSource : byte
{
    Header,
    Cookie,
    SourceAddress,
    QueryParameter,
}
