// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;
using Matcher = Envoy.Type.Matcher.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Regular expressions with what takes the place of their matches → <see cref="RegexRewriteSpec"/>.</summary>
internal static class RegexRewriteDecoder
{
    public static RegexRewriteSpec? Decode(Matcher.RegexMatchAndSubstitute? rewrite, string path, DecodeContext context)
    {
        if (rewrite is null)
            return null;
        var pattern = rewrite.Pattern?.Regex ?? "";
        if (pattern.Length == 0)
            context.Add($"{path}.pattern.regex", "is missing");
        else
            RouteMatchDecoder.CheckRegex(pattern, $"{path}.pattern.regex", context);
        return new RegexRewriteSpec(pattern, rewrite.Substitution);
    }
}
