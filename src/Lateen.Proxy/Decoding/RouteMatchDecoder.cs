// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;
using Matcher = Envoy.Type.Matcher.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Route matches → <see cref="RouteMatchSpec"/>.</summary>
internal static class RouteMatchDecoder
{
    public static RouteMatchSpec? Decode(Api.RouteMatch? match, string path, DecodeContext context)
    {
        var (kind, text) = match?.PathSpecifierCase switch
        {
            Api.RouteMatch.PathSpecifierOneofCase.Prefix => (PathMatchKind.Prefix, match.Prefix),
            Api.RouteMatch.PathSpecifierOneofCase.Path => (PathMatchKind.Exact, match.Path),
            Api.RouteMatch.PathSpecifierOneofCase.SafeRegex => (PathMatchKind.Regex, match.SafeRegex.Regex),
            Api.RouteMatch.PathSpecifierOneofCase.PathSeparatedPrefix => (
                PathMatchKind.SeparatedPrefix,
                match.PathSeparatedPrefix
            ),
            Api.RouteMatch.PathSpecifierOneofCase.ConnectMatcher => (PathMatchKind.Connect, ""),
            _ => (PathMatchKind.Prefix, null),
        };
        if (match is null || text is null)
        {
            context.Add(
                path,
                "has no path specifier that this proxy knows: prefix, path, safe_regex, path_separated_prefix or connect_matcher"
            );
            return null;
        }
        if (kind == PathMatchKind.Regex)
            CheckRegex(text, $"{path}.safe_regex", context);
        if (
            kind == PathMatchKind.SeparatedPrefix
            && (text.Length == 0 || text.EndsWith('/') || text.AsSpan().ContainsAny("?#"))
        )
            context.Add(
                $"{path}.path_separated_prefix",
                $"is \"{text}\"; give a path without query that ends in no slash"
            );
        return new RouteMatchSpec
        {
            PathKind = kind,
            Path = text,
            CaseSensitive = match.CaseSensitive ?? true,
            Headers = Headers(match.Headers, $"{path}.headers", context),
            QueryParameters = Query(match.QueryParameters, $"{path}.query_parameters", context),
            RuntimeFraction = context.Millionths(
                match.RuntimeFraction?.DefaultValue,
                $"{path}.runtime_fraction.default_value"
            ),
            GrpcOnly = match.Grpc is not null,
        };
    }

    public static IReadOnlyList<HeaderMatchSpec> Headers(
        RepeatedField<Api.HeaderMatcher> matchers,
        string path,
        DecodeContext context
    )
    {
        var headers = new List<HeaderMatchSpec>();
        for (var i = 0; i < matchers.Count; i++)
        {
            if (Header(matchers[i], $"{path}[{i}]", context) is { } header)
                headers.Add(header);
        }
        return headers;
    }

    private static List<QueryMatchSpec> Query(
        RepeatedField<Api.QueryParameterMatcher> matchers,
        string path,
        DecodeContext context
    )
    {
        var query = new List<QueryMatchSpec>();
        for (var i = 0; i < matchers.Count; i++)
        {
            var parameter = matchers[i];
            if (parameter.Name.Length == 0)
                context.Add($"{path}[{i}].name", "is missing");
            var value = parameter.StringMatch is null
                ? null
                : Text(parameter.StringMatch, $"{path}[{i}].string_match", context);
            var isAbsent =
                parameter.QueryParameterMatchSpecifierCase
                    == Api.QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.PresentMatch
                && !parameter.PresentMatch;
            query.Add(new QueryMatchSpec(parameter.Name, value, !isAbsent));
        }
        return query;
    }

    public static void CheckRegex(string pattern, string path, DecodeContext context)
    {
        try
        {
            Re2Pattern.CompileFullMatch(pattern);
        }
        catch (ArgumentException failure)
        {
            context.Add(path, $"\"{pattern}\" is no RE2 expression: {failure.Message}");
        }
    }

    public static HeaderMatchSpec? Header(Api.HeaderMatcher matcher, string path, DecodeContext context)
    {
        var name = matcher.Name.ToLowerInvariant();
        if (name.Length == 0)
        {
            context.Add($"{path}.name", "is missing");
            return null;
        }
        if (name.AsSpan().ContainsAny(" \t\r\n\0"))
            context.Add($"{path}.name", $"\"{matcher.Name}\" is no name of a header");
        if (matcher.RangeMatch is { } bad && bad.End <= bad.Start)
            context.Add(
                $"{path}.range_match",
                $"is {bad.Start} to {bad.End}; the end, which is left out, must be behind the start"
            );
        StringMatchSpec? value = null;
        (long, long)? range = null;
        var invert = matcher.InvertMatch;
        switch (matcher.HeaderMatchSpecifierCase)
        {
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch:
                value = Text(matcher.StringMatch, $"{path}.string_match", context);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.RangeMatch:
                range = (matcher.RangeMatch.Start, matcher.RangeMatch.End);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.PresentMatch:
                invert ^= !matcher.PresentMatch;
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.ExactMatch:
                value = new StringMatchSpec(StringMatchKind.Exact, matcher.ExactMatch);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.PrefixMatch:
                value = new StringMatchSpec(StringMatchKind.Prefix, matcher.PrefixMatch);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.SuffixMatch:
                value = new StringMatchSpec(StringMatchKind.Suffix, matcher.SuffixMatch);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.ContainsMatch:
                value = new StringMatchSpec(StringMatchKind.Contains, matcher.ContainsMatch);
                break;
            case Api.HeaderMatcher.HeaderMatchSpecifierOneofCase.SafeRegexMatch:
                CheckRegex(matcher.SafeRegexMatch.Regex, $"{path}.safe_regex_match", context);
                value = new StringMatchSpec(StringMatchKind.Regex, matcher.SafeRegexMatch.Regex);
                break;
        }
        return new HeaderMatchSpec(name, value, range, invert, matcher.TreatMissingHeaderAsEmpty);
    }

    public static StringMatchSpec? Text(Matcher.StringMatcher matcher, string path, DecodeContext context)
    {
        switch (matcher.MatchPatternCase)
        {
            case Matcher.StringMatcher.MatchPatternOneofCase.Exact:
                return new StringMatchSpec(StringMatchKind.Exact, matcher.Exact, matcher.IgnoreCase);
            case Matcher.StringMatcher.MatchPatternOneofCase.Prefix:
                return new StringMatchSpec(StringMatchKind.Prefix, matcher.Prefix, matcher.IgnoreCase);
            case Matcher.StringMatcher.MatchPatternOneofCase.Suffix:
                return new StringMatchSpec(StringMatchKind.Suffix, matcher.Suffix, matcher.IgnoreCase);
            case Matcher.StringMatcher.MatchPatternOneofCase.Contains:
                return new StringMatchSpec(StringMatchKind.Contains, matcher.Contains, matcher.IgnoreCase);
            case Matcher.StringMatcher.MatchPatternOneofCase.SafeRegex:
                CheckRegex(matcher.SafeRegex.Regex, $"{path}.safe_regex", context);
                return new StringMatchSpec(StringMatchKind.Regex, matcher.SafeRegex.Regex);
            default:
                context.Add(path, "has no pattern that this proxy knows");
                return null;
        }
    }
}
