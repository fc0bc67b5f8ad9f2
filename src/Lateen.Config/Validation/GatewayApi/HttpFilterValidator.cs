// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.GatewayApi;

/// <summary>Filters of HTTPRoutes: each has the settings of its type and no others, and most stand once.</summary>
internal static class HttpFilterValidator
{
    /// <summary>Characters of an answer that no service gives (Gateway API).</summary>
    private const int MaxBody = 4096;

    public static void Check(IReadOnlyList<HttpRouteFilter> filters, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < filters.Count; i++)
            CheckFilter(filters[i], at[i], scope);
        var once = filters.Where(static filter =>
            filter.Type is not (null or HttpRouteFilterType.RequestMirror or HttpRouteFilterType.ExtensionRef)
        );
        Names.CheckUnique(once.Select(static filter => $"{filter.Type}"), at, "type", scope);
        var changes = filters.Any(static filter => filter.UrlRewrite is not null);
        var redirects = filters.Any(static filter => filter.RequestRedirect is not null);
        if (changes && redirects)
            scope.Exclusive(at, "rewrite and redirect the same request", "keep one of them");
    }

    private static void CheckFilter(HttpRouteFilter filter, FieldPath at, ValidationScope scope)
    {
        (HttpRouteFilterType Type, string Field, bool IsThere)[] settings =
        [
            (
                HttpRouteFilterType.RequestHeaderModifier,
                "requestHeaderModifier",
                filter.RequestHeaderModifier is not null
            ),
            (
                HttpRouteFilterType.ResponseHeaderModifier,
                "responseHeaderModifier",
                filter.ResponseHeaderModifier is not null
            ),
            (HttpRouteFilterType.RequestMirror, "requestMirror", filter.RequestMirror is not null),
            (HttpRouteFilterType.RequestRedirect, "requestRedirect", filter.RequestRedirect is not null),
            (HttpRouteFilterType.UrlRewrite, "urlRewrite", filter.UrlRewrite is not null),
            (HttpRouteFilterType.Cors, "cors", filter.Cors is not null),
            (HttpRouteFilterType.ExternalAuth, "externalAuth", filter.ExternalAuth is not null),
            (HttpRouteFilterType.DirectResponse, "directResponse", filter.DirectResponse is not null),
            (HttpRouteFilterType.ExtensionRef, "extensionRef", filter.ExtensionRef is not null),
        ];
        foreach (var (type, field, isThere) in settings)
        {
            if (filter.Type == type && !isThere)
                scope.Missing(at[field]);
            else if (filter.Type is not null && filter.Type != type && isThere)
                scope.Exclusive(at[field], $"is not for the type {filter.Type}", "remove it, or change the type");
        }
        if (filter.DirectResponse?.Body is { String.Length: > MaxBody } body)
            scope.OutOfRange(
                at["directResponse"]["body"]["string"],
                $"has {body.String.Length} characters, and {MaxBody} are the most",
                "let a service answer"
            );
        CheckModifier(filter.RequestHeaderModifier, at["requestHeaderModifier"], scope);
        CheckModifier(filter.ResponseHeaderModifier, at["responseHeaderModifier"], scope);
    }

    internal static void CheckModifier(HeaderModifier? modifier, FieldPath at, ValidationScope scope)
    {
        if (modifier is null)
            return;
        for (var i = 0; i < modifier.Set.Count; i++)
            HttpRules.CheckHeaderName(modifier.Set[i].Name, at["set"][i]["name"], scope);
        for (var i = 0; i < modifier.Add.Count; i++)
            HttpRules.CheckHeaderName(modifier.Add[i].Name, at["add"][i]["name"], scope);
        HttpRules.CheckHeaderNames(modifier.Remove, at["remove"], scope);
        Names.CheckUnique(modifier.Set.Select(static value => value.Name), at["set"], "header", scope);
        Names.CheckUnique(modifier.Add.Select(static value => value.Name), at["add"], "header", scope);
    }
}
