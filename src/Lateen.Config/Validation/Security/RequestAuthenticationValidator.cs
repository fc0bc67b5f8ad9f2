// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Security;

/// <summary>RequestAuthentications: whose tokens are taken, and where from.</summary>
internal static class RequestAuthenticationValidator
{
    public static void Check(RequestAuthentication policy, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckTargets(policy.Selector, policy.TargetRef, policy.TargetRefs, at, scope);
        for (var i = 0; i < policy.JwtRules.Count; i++)
            CheckRule(policy.JwtRules[i], at["jwtRules"][i], scope);
    }

    private static void CheckRule(JwtRule rule, FieldPath at, ValidationScope scope)
    {
        if (rule.Issuer.Length == 0)
            scope.Missing(at["issuer"]);
        CheckKeys(rule, at, scope);
        CheckTexts(rule.Audiences, at["audiences"], scope);
        CheckTexts(rule.FromParams, at["fromParams"], scope);
        CheckTexts(rule.FromCookies, at["fromCookies"], scope);
        for (var i = 0; i < rule.FromHeaders.Count; i++)
            HttpRules.CheckHeaderName(rule.FromHeaders[i].Name, at["fromHeaders"][i]["name"], scope);
        if (rule.OutputPayloadToHeader.Length > 0)
            HttpRules.CheckHeaderName(rule.OutputPayloadToHeader, at["outputPayloadToHeader"], scope);
        for (var i = 0; i < rule.OutputClaimToHeaders.Count; i++)
            HttpRules.CheckHeaderName(
                rule.OutputClaimToHeaders[i].Header,
                at["outputClaimToHeaders"][i]["header"],
                scope
            );
    }

    private static void CheckKeys(JwtRule rule, FieldPath at, ValidationScope scope)
    {
        var uri = rule.JwksUri.Length > 0 ? rule.JwksUri : rule.JwksUriOld;
        if (uri.Length > 0 && rule.Jwks.Length > 0)
            scope.Exclusive(at["jwks"], "stands beside jwksUri", "keep one of them");
        if (uri.Length > 0)
            Urls.Check(uri, ["http", "https"], at["jwksUri"], scope);
        if (rule.Jwks.Length > 0 && !IsKeySet(rule.Jwks))
            scope.Add(
                ProblemCatalogue.BadToken,
                at["jwks"],
                "is no set of keys",
                "write JSON with a list of keys (RFC 7517 §5)"
            );
    }

    private static bool IsKeySet(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("keys", out var keys)
                && keys.ValueKind == JsonValueKind.Array
                && keys.GetArrayLength() > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void CheckTexts(IReadOnlyList<string> texts, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length == 0)
                scope.Missing(at[i]);
        }
    }
}
