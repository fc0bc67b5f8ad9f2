// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Conditions on requests.</summary>
internal static class HttpMatchValidator
{
    private const string ClaimPrefix = "@request.auth.claims";

    public static void Check(HttpMatch match, FieldPath at, ValidationScope scope)
    {
        CheckGiven(match.Uri, at["uri"], scope);
        CheckGiven(match.Scheme, at["scheme"], scope);
        CheckGiven(match.Method, at["method"], scope);
        CheckGiven(match.Authority, at["authority"], scope);
        CheckHeaders(match.Headers, at["headers"], scope);
        CheckHeaders(match.WithoutHeaders, at["withoutHeaders"], scope);
        foreach (var (name, condition) in match.QueryParams)
            CheckPattern(condition, at["queryParams"][name], scope);
        LabelRules.CheckSelector(match.SourceLabels, at["sourceLabels"], scope);
        Names.CheckLabel(match.SourceNamespace, at["sourceNamespace"], scope);
    }

    public static void CheckPattern(StringMatch match, FieldPath at, ValidationScope scope)
    {
        if (match.Regex is not null)
            Patterns.Check(match.Regex, at["regex"], scope);
    }

    /// <summary>What every request has cannot be asked to be there.</summary>
    private static void CheckGiven(StringMatch? match, FieldPath at, ValidationScope scope)
    {
        if (match is null)
            return;
        if (match.Kind == StringMatchKind.Present)
            scope.Exclusive(at["exact"], "must have exactly one of exact, prefix and regex", "keep one of them");
        else if (match.Prefix is "")
            scope.Bad(at["prefix"], "is empty, and so begins everything", "write a prefix, or remove the condition");
        CheckPattern(match, at, scope);
    }

    private static void CheckHeaders(
        IReadOnlyDictionary<string, StringMatch> headers,
        FieldPath at,
        ValidationScope scope
    )
    {
        foreach (var (name, condition) in headers)
        {
            // Claims of a verified token are matched as if they were headers.
            if (!name.StartsWith(ClaimPrefix, StringComparison.Ordinal))
                HttpRules.CheckHeaderName(name.TrimStart(':'), at[name], scope);
            CheckPattern(condition, at[name], scope);
        }
    }
}
