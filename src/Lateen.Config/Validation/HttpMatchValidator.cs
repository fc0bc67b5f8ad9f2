// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

internal static class HttpMatchValidator
{
    public static void Check(HttpMatch match, FieldPath at, ValidationScope scope)
    {
        CheckGiven(match.Uri, at["uri"], scope);
        CheckGiven(match.Scheme, at["scheme"], scope);
        CheckGiven(match.Method, at["method"], scope);
        CheckGiven(match.Authority, at["authority"], scope);
        CheckAll(match.Headers, at["headers"], scope);
        CheckAll(match.WithoutHeaders, at["withoutHeaders"], scope);
        CheckAll(match.QueryParams, at["queryParams"], scope);
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
        CheckPattern(match, at, scope);
    }

    private static void CheckAll(IReadOnlyDictionary<string, StringMatch> matches, FieldPath at, ValidationScope scope)
    {
        foreach (var (name, match) in matches)
            CheckPattern(match, at[name], scope);
    }
}
