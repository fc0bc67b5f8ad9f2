// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>HTTP rules that no request comes to, since an earlier one takes them all.</summary>
internal static class Reachability
{
    public static void Check(VirtualService service, FieldPath at, ValidationScope scope)
    {
        var seen = new HashSet<object>();
        for (var i = 0; i < service.Http.Count; i++)
        {
            var rule = service.Http[i];
            var isLast = i == service.Http.Count - 1;
            if (!isLast && rule.Match.Count == 0)
            {
                scope.NoEffect(
                    at["http"][i + 1],
                    $"is never reached: http[{i}] matches everything",
                    "put the rule without conditions last"
                );
                return;
            }
            for (var j = 0; j < rule.Match.Count; j++)
            {
                if (!IsSimple(rule.Match[j]) || seen.Add(Essence(rule.Match[j])))
                    continue;
                scope.NoEffect(
                    at["http"][i]["match"][j],
                    "is never reached: an earlier rule has the same condition",
                    "remove one of the two"
                );
            }
        }
    }

    /// <summary>Conditions without lists and maps, which would be compared by reference.</summary>
    private static bool IsSimple(HttpMatch match) =>
        match
            is {
                Headers.Count: 0,
                WithoutHeaders.Count: 0,
                QueryParams.Count: 0,
                SourceLabels.Count: 0,
                Gateways.Count: 0
            };

    private static object Essence(HttpMatch match) =>
        (
            match.Uri,
            match.Scheme,
            match.Method,
            match.Authority,
            match.IgnoreUriCase,
            match.Port,
            match.SourceNamespace
        );
}
