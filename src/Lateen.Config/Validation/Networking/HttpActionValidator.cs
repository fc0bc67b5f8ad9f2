// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Redirects, rewrites, retries.</summary>
internal static class HttpActionValidator
{
    public static void Check(HttpRule rule, FieldPath at, ValidationScope scope)
    {
        if (rule.Redirect is not null)
            CheckRedirect(rule.Redirect, at["redirect"], scope);
        if (rule.Rewrite is not null)
            CheckRewrite(rule.Rewrite, at["rewrite"], scope);
        if (rule.Retries is not null)
            CheckRetries(rule.Retries, at["retries"], scope);
    }

    private static void CheckRedirect(HttpRedirect redirect, FieldPath at, ValidationScope scope)
    {
        if (redirect.RedirectCode is not (301 or 302 or 303 or 307 or 308))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at["redirectCode"],
                $"{redirect.RedirectCode} is no redirect",
                "use 301, 302, 303, 307 or 308"
            );
        if (redirect.Scheme is not ("" or "http" or "https"))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at["scheme"],
                $"\"{redirect.Scheme}\" is no scheme",
                "use http or https"
            );
        if (redirect.Uri.Length > 0 && redirect.PrefixRewrite.Length > 0)
            scope.Exclusive(at["uri"], "stands beside prefixRewrite", "keep one of them");
        var says =
            redirect.Uri.Length > 0
            || redirect.Authority.Length > 0
            || redirect.Scheme.Length > 0
            || redirect.PrefixRewrite.Length > 0
            || redirect.Port is not null
            || redirect.DerivePort is not null;
        if (!says)
            scope.Bad(
                at,
                "leads back to where the request came from",
                "add at least one of uri, authority, scheme and port"
            );
    }

    private static void CheckRewrite(HttpRewrite rewrite, FieldPath at, ValidationScope scope)
    {
        if (rewrite.UriRegexRewrite is { } regex)
            Patterns.Check(regex.Match, at["uriRegexRewrite"]["match"], scope);
        else if (rewrite.Uri is null or "" && rewrite.Authority.Length == 0)
            scope.Bad(at, "changes nothing", "add at least one of uri, uriRegexRewrite and authority");
    }

    private static void CheckRetries(HttpRetry retries, FieldPath at, ValidationScope scope)
    {
        if (retries.Attempts == 0 && (retries.RetryOn.Length > 0 || retries.PerTryTimeout is not null))
            scope.Bad(
                at["attempts"],
                "is 0, which turns retries off, beside settings of retries",
                "write a number of attempts, or remove the settings"
            );
        HttpRules.CheckRetryOn(retries.RetryOn, at["retryOn"], scope);
    }
}
