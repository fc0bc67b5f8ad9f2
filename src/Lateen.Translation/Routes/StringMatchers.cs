// SPDX-License-Identifier: Apache-2.0
using Envoy.Type.Matcher.V3;
using Lateen.Config.Kinds.Networking;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary>Conditions on texts.</summary>
internal static class StringMatchers
{
    /// <summary>A header that must (or, inverted, must not) be there with the value; null asks only that it is there.</summary>
    public static Api.HeaderMatcher Header(string name, StringMatch condition, bool invert = false)
    {
        var matcher = new Api.HeaderMatcher { Name = name, InvertMatch = invert };
        if (condition.IsAny)
        {
            matcher.PresentMatch = true;
            return matcher;
        }
        matcher.StringMatch = Text(condition);
        // "Without x: y" holds for requests that have no x at all.
        matcher.TreatMissingHeaderAsEmpty = invert;
        return matcher;
    }

    public static Api.QueryParameterMatcher Query(string name, StringMatch condition)
    {
        var matcher = new Api.QueryParameterMatcher { Name = name };
        if (condition.IsAny)
            matcher.PresentMatch = true;
        else
            matcher.StringMatch = Text(condition);
        return matcher;
    }

    public static RegexMatcher Regex(string pattern) => new() { Regex = pattern };

    private static StringMatcher Text(StringMatch condition) =>
        condition.Kind switch
        {
            StringMatchKind.Exact => new() { Exact = condition.Value },
            StringMatchKind.Prefix => new() { Prefix = condition.Value },
            _ => new() { SafeRegex = Regex(condition.Value) },
        };
}
