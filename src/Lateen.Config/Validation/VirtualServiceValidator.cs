// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

internal static class VirtualServiceValidator
{
    public static void Check(VirtualService service, FieldPath at, ValidationScope scope)
    {
        if (service.Http.Count == 0 && service.Tcp.Count == 0 && service.Tls.Count == 0)
            scope.Missing(at["http"]);
        // Others may delegate HTTP rules to it, and nothing else.
        if (service.Hosts.Count == 0 && (service.Tcp.Count > 0 || service.Tls.Count > 0))
            scope.Missing(at["hosts"]);
        for (var i = 0; i < service.Http.Count; i++)
            CheckRule(service.Http[i], at["http"][i], scope);
        for (var i = 0; i < service.Tcp.Count; i++)
            CheckWeights(service.Tcp[i].Route.Select(static share => share.Weight), at["tcp"][i]["route"], scope);
    }

    private static void CheckRule(HttpRule rule, FieldPath at, ValidationScope scope)
    {
        var actions =
            (rule.Route.Count > 0 ? 1 : 0) + (rule.Redirect is null ? 0 : 1) + (rule.DirectResponse is null ? 0 : 1);
        if (actions != 1 && rule.Delegate is null)
            scope.Exclusive(
                at["route"],
                "must be exactly one of route, redirect and directResponse",
                "keep one of them"
            );
        CheckWeights(rule.Route.Select(static share => share.Weight), at["route"], scope);
        for (var i = 0; i < rule.Match.Count; i++)
            HttpMatchValidator.Check(rule.Match[i], at["match"][i], scope);
        if (rule.Redirect is { RedirectCode: not (301 or 302 or 303 or 307 or 308) and var code })
            scope.Bad(at["redirect"]["redirectCode"], $"{code} is no redirect", "use 301, 302, 303, 307 or 308");
        if (rule.Rewrite?.UriRegexRewrite is { } rewrite)
            Patterns.Check(rewrite.Match, at["rewrite"]["uriRegexRewrite"]["match"], scope);
    }

    /// <summary>Several destinations share the traffic, so somebody must get some.</summary>
    private static void CheckWeights(IEnumerable<int> weights, FieldPath at, ValidationScope scope)
    {
        if (weights.Count() > 1 && weights.All(static weight => weight == 0))
            scope.Bad(at, "the weights of all destinations are 0", "give at least one destination a weight");
    }
}
