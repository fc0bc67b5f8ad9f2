// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Translation.Routes;

/// <summary><see cref="HttpMatch"/> → route match. What the proxy is (labels, namespace, gateway) was decided before.</summary>
internal static class RouteMatches
{
    public static Api.RouteMatch Everything => new() { Prefix = "/" };

    public static Api.RouteMatch Translate(HttpMatch? match)
    {
        if (match is null)
            return Everything;
        var wire = new Api.RouteMatch { CaseSensitive = !match.IgnoreUriCase };
        if (match.Uri?.Exact is { } path)
            wire.Path = path;
        else if (match.Uri?.Regex is { } pattern)
            wire.SafeRegex = StringMatchers.Regex(pattern);
        else
            wire.Prefix = match.Uri?.Prefix ?? "/";
        // Sorted: the order in which a file lists conditions changes nothing.
        foreach (var (name, condition) in Sorted(match.Headers))
            wire.Headers.Add(StringMatchers.Header(name, condition));
        foreach (var (name, condition) in Sorted(match.WithoutHeaders))
            wire.Headers.Add(StringMatchers.Header(name, condition, invert: true));
        Add(":method", match.Method);
        Add(":authority", match.Authority);
        Add(":scheme", match.Scheme);
        foreach (var (name, condition) in Sorted(match.QueryParams))
            wire.QueryParameters.Add(StringMatchers.Query(name, condition));
        return wire;

        void Add(string name, StringMatch? condition)
        {
            if (condition is not null)
                wire.Headers.Add(StringMatchers.Header(name, condition));
        }
    }

    private static IEnumerable<KeyValuePair<string, StringMatch>> Sorted(
        IReadOnlyDictionary<string, StringMatch> conditions
    ) => conditions.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
}
