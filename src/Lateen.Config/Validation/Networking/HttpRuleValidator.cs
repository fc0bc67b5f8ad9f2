// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>HTTP rules: what they match and what they do.</summary>
internal static class HttpRuleValidator
{
    public static void Check(HttpRule rule, bool isDelegate, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < rule.Match.Count; i++)
            HttpMatchValidator.Check(rule.Match[i], at["match"][i], scope);
        if (rule.Delegate is not null)
            CheckDelegate(rule, isDelegate, at, scope);
        else
            CheckAction(rule, at, scope);
        for (var i = 0; i < rule.Route.Count; i++)
        {
            DestinationValidator.Check(rule.Route[i].Destination, at["route"][i]["destination"], scope);
            HttpRules.CheckOperations(rule.Route[i].Headers, at["route"][i]["headers"], scope, mayHaveHost: false);
        }
        DestinationValidator.CheckWeights(rule.Route.Select(static share => share.Weight), at["route"], scope);
        HttpActionValidator.Check(rule, at, scope);
        HttpRules.CheckOperations(rule.Headers, at["headers"], scope);
        CheckMirrors(rule, at, scope);
        if (rule.Fault is not null)
            FaultValidator.Check(rule.Fault, at["fault"], scope);
        if (rule.CorsPolicy is not null)
            CorsValidator.Check(rule.CorsPolicy, at["corsPolicy"], scope);
    }

    private static void CheckDelegate(HttpRule rule, bool isDelegate, FieldPath at, ValidationScope scope)
    {
        if (isDelegate)
            scope.Exclusive(
                at["delegate"],
                "stands in rules that others delegate to, and delegation goes one step only",
                "write the rules here"
            );
        if (rule.Delegate!.Name.Length == 0)
            scope.Missing(at["delegate"]["name"]);
        if (rule.Route.Count > 0 || rule.Redirect is not null || rule.DirectResponse is not null)
            scope.Exclusive(
                at["delegate"],
                "stands beside route, redirect or directResponse",
                "keep one of them; the rule that it delegates to says where requests go"
            );
    }

    private static void CheckAction(HttpRule rule, FieldPath at, ValidationScope scope)
    {
        var actions =
            (rule.Route.Count > 0 ? 1 : 0) + (rule.Redirect is null ? 0 : 1) + (rule.DirectResponse is null ? 0 : 1);
        if (actions != 1)
            scope.Exclusive(
                at["route"],
                "must be exactly one of route, redirect and directResponse",
                "keep one of them"
            );
        if (rule.Redirect is not null && rule.Rewrite is not null)
            scope.Exclusive(
                at["rewrite"],
                "stands beside redirect, which sends the request elsewhere",
                "keep one of them"
            );
        if (rule.Rewrite is { Authority.Length: > 0 } && rule.Headers.Request.Set.Keys.Any(HttpRules.IsHost))
            scope.Exclusive(
                at["rewrite"]["authority"],
                "stands beside a header that sets the host",
                "keep one of them"
            );
        if (rule.DirectResponse is not null && rule.Fault is not null)
            scope.Exclusive(at["fault"], "stands beside directResponse, which answers by itself", "keep one of them");
    }

    private static void CheckMirrors(HttpRule rule, FieldPath at, ValidationScope scope)
    {
        if (rule.Mirror is not null)
            DestinationValidator.Check(rule.Mirror, at["mirror"], scope);
        if (rule.Mirror is not null && rule.Mirrors.Count > 0)
            scope.Exclusive(at["mirror"], "stands beside mirrors", "move it into mirrors");
        for (var i = 0; i < rule.Mirrors.Count; i++)
            DestinationValidator.Check(rule.Mirrors[i].Destination, at["mirrors"][i]["destination"], scope);
        if (rule.MirrorPercentage is not null && rule.Mirror is null)
            scope.NoEffect(
                at["mirrorPercentage"],
                "there is no mirror that it could be for",
                "add mirror, or remove it"
            );
    }
}
