// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds;

namespace Lateen.Config.Decoding;

/// <summary>What a VirtualService's HTTP rule does beside routing.</summary>
internal static class HttpActionDecoder
{
    public static HttpRedirect Redirect(FieldReader fields)
    {
        fields.NotInForce("derivePort", "prefixRewrite");
        var code = fields.Number("redirectCode", 300, 399) ?? 301;
        if (code is not (301 or 302 or 303 or 307 or 308))
            fields.Bad("redirectCode", $"{code} is no redirect", "use 301, 302, 303, 307 or 308");
        return new HttpRedirect
        {
            Uri = fields.Text("uri"),
            Authority = fields.Text("authority"),
            Port = fields.Port("port"),
            Scheme = fields.Text("scheme"),
            Code = code,
        };
    }

    public static DirectResponse DirectResponse(FieldReader fields)
    {
        if (!fields.Has("status"))
            fields.Missing("status");
        var body = fields.Object("body", Body);
        return new DirectResponse(fields.Number("status", 200, 599) ?? 200, body ?? "");
    }

    public static HttpRewrite Rewrite(FieldReader fields)
    {
        var regex = fields.Object("uriRegexRewrite", Substitution);
        if (regex is not null && fields.Has("uri"))
            fields.Exclusive("uri", "stands beside uriRegexRewrite", "keep one of them");
        return new HttpRewrite
        {
            Uri = fields.Text("uri"),
            Authority = fields.Text("authority"),
            Regex = regex is null ? null : (regex.Match, regex.Rewrite),
        };
    }

    public static HttpRetry Retries(FieldReader fields)
    {
        fields.NotInForce("retryRemoteLocalities", "retryIgnorePreviousHosts");
        return new HttpRetry
        {
            Attempts = fields.Number("attempts", 0, int.MaxValue) ?? 0,
            PerTryTimeout = fields.Duration("perTryTimeout"),
            RetryOn = fields.Text("retryOn"),
            Backoff = fields.Duration("backoff"),
        };
    }

    public static HeaderRules Headers(FieldReader fields) =>
        new(
            fields.Object("request", Operations) ?? HeaderOperations.None,
            fields.Object("response", Operations) ?? HeaderOperations.None
        );

    private static HeaderOperations Operations(FieldReader fields) =>
        new(fields.Map("set").ToList(), fields.Map("add").ToList(), fields.Texts("remove"));

    private static string Body(FieldReader fields)
    {
        if (!fields.Has("bytes"))
            return fields.Text("string");
        var bytes = fields.Text("bytes");
        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(bytes));
        }
        catch (FormatException)
        {
            fields.Bad("bytes", "is no base64", "encode the body in base64, or use string");
            return "";
        }
    }

    private static RegexRewrite Substitution(FieldReader fields)
    {
        var rewrite = new RegexRewrite(fields.RequiredText("match"), fields.Text("rewrite"));
        MatchDecoder.CheckPattern(fields, "match", rewrite.Match);
        return rewrite;
    }

    private sealed record RegexRewrite(string Match, string Rewrite);
}
