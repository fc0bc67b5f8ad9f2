// SPDX-License-Identifier: Apache-2.0
using Envoy.Type.Matcher.V3;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Accesslog.V3;
using Pattern = Envoy.Type.Matcher.V3.ValueMatcher.MatchPatternOneofCase;

namespace Lateen.Proxy.Decoding;

/// <summary><c>metadata_filter</c> → <see cref="MetadataFilter"/>.</summary>
internal static class MetadataFilterDecoder
{
    public static MetadataFilter Decode(Api.MetadataFilter filter, string path, DecodeContext context)
    {
        var matchesMissing = filter.MatchIfKeyNotFound ?? true;
        if (filter.Matcher is not { } matcher)
            return new MetadataFilter(null, new MetadataValueMatcher([], matchesAny: false), matchesMissing);
        path = $"{path}.matcher";
        if (matcher.Filter.Length == 0)
            context.Add($"{path}.filter", "is missing; give the name of the filter that notes the value");
        if (matcher.Path.Count == 0)
            context.Add($"{path}.path", "is empty; give the key under which the value stands");
        for (var i = 0; i < matcher.Path.Count; i++)
        {
            if (matcher.Path[i].Key.Length == 0)
                context.Add($"{path}.path[{i}].key", "is missing");
        }
        if (matcher.Invert)
            context.Add($"{path}.invert", "is not looked at by access logs; leave it out");
        var texts = new List<StringMatchSpec>();
        var matchesAny = Collect(matcher.Value, texts, $"{path}.value", context);
        var key = new MetadataKeySpec(matcher.Filter, matcher.Path is [var only] ? only.Key : null);
        return new MetadataFilter(key, new MetadataValueMatcher(texts, matchesAny), matchesMissing);
    }

    /// <summary>Collects the texts that meet it; true when every one does.</summary>
    private static bool Collect(ValueMatcher? value, List<StringMatchSpec> texts, string path, DecodeContext context)
    {
        switch (value?.MatchPatternCase ?? Pattern.None)
        {
            case Pattern.StringMatch:
                if (RouteMatchDecoder.Text(value!.StringMatch, $"{path}.string_match", context) is { } text)
                    texts.Add(text);
                return false;
            case Pattern.PresentMatch:
                return value!.PresentMatch;
            case Pattern.OrMatch:
                return CollectAll(value!.OrMatch, texts, $"{path}.or_match", context);
            case Pattern.None:
                context.Add(path, "is missing; give what the value must be, as present_match");
                return false;
            default:
                return false; // no text is a number, a boolean, a list or null
        }
    }

    private static bool CollectAll(OrMatcher or, List<StringMatchSpec> texts, string path, DecodeContext context)
    {
        if (or.ValueMatchers.Count < 2)
            context.Add($"{path}.value_matchers", $"has {or.ValueMatchers.Count}; give at least two");
        var matchesAny = false;
        for (var i = 0; i < or.ValueMatchers.Count; i++)
            matchesAny |= Collect(or.ValueMatchers[i], texts, $"{path}.value_matchers[{i}]", context);
        return matchesAny;
    }
}
