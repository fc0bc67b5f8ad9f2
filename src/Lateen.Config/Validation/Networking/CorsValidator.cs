// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>What web pages of other origins may do.</summary>
internal static class CorsValidator
{
    public static void Check(CorsPolicy policy, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < policy.AllowOrigins.Count; i++)
        {
            if (policy.AllowOrigins[i].Kind == StringMatchKind.Present)
                scope.Exclusive(
                    at["allowOrigins"][i]["exact"],
                    "must have exactly one of exact, prefix and regex",
                    "keep one of them"
                );
            else if (policy.AllowOrigins[i] is { Exact: "" } or { Prefix: "" } or { Regex: "" })
                scope.Bad(
                    at["allowOrigins"][i],
                    "is an empty text, which no origin is",
                    "write the origin, or remove it"
                );
            HttpMatchValidator.CheckPattern(policy.AllowOrigins[i], at["allowOrigins"][i], scope);
        }
        for (var i = 0; i < policy.AllowMethods.Count; i++)
        {
            if (policy.AllowMethods[i] != "*")
                HttpRules.CheckMethod(policy.AllowMethods[i], at["allowMethods"][i], scope);
        }
        HttpRules.CheckHeaderNames(policy.AllowHeaders, at["allowHeaders"], scope);
        HttpRules.CheckHeaderNames(policy.ExposeHeaders, at["exposeHeaders"], scope);
        if (policy.MaxAge is { } age && age.Ticks % TimeSpan.TicksPerSecond != 0)
            scope.OutOfRange(
                at["maxAge"],
                "is finer than a second, and the header has whole ones",
                "write whole seconds"
            );
    }
}
