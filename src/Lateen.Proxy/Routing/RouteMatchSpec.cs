// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Routing;

/// <summary>Conditions of a route, all of which must hold (Envoy <c>RouteMatch</c>).</summary>
public sealed record RouteMatchSpec
{
    public required PathMatchKind PathKind { get; init; }

    /// <summary>Prefix, path or regular expression.</summary>
    public required string Path { get; init; }

    /// <summary><c>case_sensitive</c>, true by default; regular expressions do not look at it.</summary>
    public bool CaseSensitive { get; init; } = true;

    public IReadOnlyList<HeaderMatchSpec> Headers { get; init; } = [];

    public IReadOnlyList<QueryMatchSpec> QueryParameters { get; init; } = [];

    /// <summary>Share of requests that match, in millionths (<c>runtime_fraction</c>); null for all.</summary>
    public uint? RuntimeFraction { get; init; }

    /// <summary>Only requests with content-type application/grpc (<c>grpc</c>).</summary>
    public bool GrpcOnly { get; init; }
}

/// <summary>How <see cref="RouteMatchSpec.Path"/> is compared with the path, query left out.</summary>
public enum PathMatchKind : byte
{
    Prefix,
    Exact,

    /// <summary>The whole path must match.</summary>
    Regex,

    /// <summary><c>path_separated_prefix</c>: the path itself, or followed by a slash.</summary>
    SeparatedPrefix,

    /// <summary><c>connect_matcher</c>: CONNECT requests.</summary>
    Connect,
}

/// <summary>Envoy <c>HeaderMatcher</c>. Values of several lines are joined by commas.</summary>
/// <param name="Name">In lower case; <c>:method</c>, <c>:authority</c>, <c>:scheme</c> and <c>:path</c> look at the start line.</param>
/// <param name="Value">What to compare with; null asks only for presence.</param>
/// <param name="Range">Compares as number, half open.</param>
public sealed record HeaderMatchSpec(
    string Name,
    StringMatchSpec? Value,
    (long Start, long End)? Range,
    bool Invert,
    bool TreatMissingAsEmpty
);

/// <summary>Envoy <c>QueryParameterMatcher</c>.</summary>
/// <param name="Value">Null asks only for presence, or with <paramref name="IsPresent"/> false for absence.</param>
public sealed record QueryMatchSpec(string Name, StringMatchSpec? Value, bool IsPresent = true);

/// <summary>Envoy <c>StringMatcher</c>.</summary>
public sealed record StringMatchSpec(StringMatchKind Kind, string Pattern, bool IgnoreCase = false);

/// <summary>How a <see cref="StringMatchSpec"/> compares.</summary>
public enum StringMatchKind : byte
{
    Exact,
    Prefix,
    Suffix,
    Contains,

    /// <summary>RE2 syntax; the whole text must match.</summary>
    Regex,
}
