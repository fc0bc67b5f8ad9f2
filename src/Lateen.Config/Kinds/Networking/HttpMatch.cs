// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Conditions that all must hold.</summary>
public sealed record HttpMatch
{
    /// <summary>For access logs and metrics; joined with the name of the rule.</summary>
    public string Name { get; init; } = "";

    /// <summary>The path, without the query.</summary>
    public StringMatch? Uri { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public StringMatch? Scheme { get; init; }

    /// <summary>The method, in upper case.</summary>
    public StringMatch? Method { get; init; }

    /// <summary>The host, with its port if the client gave one.</summary>
    public StringMatch? Authority { get; init; }

    /// <summary>By name, in lower case. An empty condition asks only that the header is there.</summary>
    public IReadOnlyDictionary<string, StringMatch> Headers { get; init; } = new Dictionary<string, StringMatch>();

    /// <summary>Headers that must not have the value, or not be there where the condition is empty.</summary>
    public IReadOnlyDictionary<string, StringMatch> WithoutHeaders { get; init; } =
        new Dictionary<string, StringMatch>();

    /// <summary>By name. An empty condition asks only that the parameter is there.</summary>
    public IReadOnlyDictionary<string, StringMatch> QueryParams { get; init; } = new Dictionary<string, StringMatch>();

    /// <summary>Compares the path without regard to upper and lower case.</summary>
    public bool IgnoreUriCase { get; init; }

    /// <summary>Port of the service; any when it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Labels of the workload that calls; for sidecars only.</summary>
    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Namespace of the workload that calls; for sidecars only.</summary>
    public string SourceNamespace { get; init; } = "";

    /// <summary>Overrides the resource's gateways; empty takes them.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Prefix of statistics for requests of this match.</summary>
    [NotInForce]
    public string StatPrefix { get; init; } = "";
}

/// <summary>A condition on a text; without any of its fields it asks only that there is one.</summary>
public sealed record StringMatch
{
    /// <summary>The whole text.</summary>
    [OneOf("match")]
    public string? Exact { get; init; }

    /// <summary>How the text begins.</summary>
    [OneOf("match")]
    public string? Prefix { get; init; }

    /// <summary>A pattern in RE2 syntax, matched in full.</summary>
    [OneOf("match")]
    public string? Regex { get; init; }

    /// <summary>Which of the fields is there.</summary>
    public StringMatchKind Kind =>
        Exact is not null ? StringMatchKind.Exact
        : Prefix is not null ? StringMatchKind.Prefix
        : Regex is not null ? StringMatchKind.Regex
        : StringMatchKind.Present;

    /// <summary>What is in it; empty for <see cref="StringMatchKind.Present"/>.</summary>
    public string Value => Exact ?? Prefix ?? Regex ?? "";

    /// <summary>Any text will do.</summary>
    public bool IsAny => Kind == StringMatchKind.Present || Regex == ".*";
}

/// <summary>How a <see cref="StringMatch"/> compares.</summary>
public enum StringMatchKind : byte
{
    Present,
    Exact,
    Prefix,
    Regex,
}
