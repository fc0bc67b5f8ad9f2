// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Security;

/// <summary>AuthorizationPolicies: what cannot be understood must not seem to be in force.</summary>
internal static class AuthorizationPolicyValidator
{
    public static void Check(AuthorizationPolicy policy, FieldPath at, ValidationScope scope)
    {
        LabelRules.CheckTargets(policy.Selector, policy.TargetRef, policy.TargetRefs, at, scope);
        if (policy.Action == AuthorizationAction.Custom && policy.Provider is not { Name.Length: > 0 })
            scope.Missing(at["provider"]["name"]);
        if (policy.Action != AuthorizationAction.Custom && policy.Provider is not null)
            scope.Exclusive(at["provider"], "is for CUSTOM only", "set action: CUSTOM, or remove it");
        if (policy.Rules.Count == 0 && policy.Action is AuthorizationAction.Deny or AuthorizationAction.Custom)
            scope.Bad(
                at["rules"],
                $"is empty, and {policy.Action.ToString().ToUpperInvariant()} without rules hits no request",
                "add rules; an empty one, {}, is every request"
            );
        else if (policy.Rules.Count == 0 && policy.Action != AuthorizationAction.Allow)
            scope.NoEffect(
                at["rules"],
                $"{policy.Action.ToString().ToUpperInvariant()} without rules hits no request",
                "add rules; an empty one, {}, is every request"
            );
        for (var i = 0; i < policy.Rules.Count; i++)
            CheckRule(policy.Rules[i], at["rules"][i], scope);
    }

    private static void CheckRule(AuthorizationRule rule, FieldPath at, ValidationScope scope)
    {
        CheckSaid(rule.From.Count, at["from"], scope);
        CheckSaid(rule.To.Count, at["to"], scope);
        for (var i = 0; i < rule.From.Count; i++)
        {
            if (rule.From[i].Source is { } source)
                SourceValidator.Check(source, at["from"][i]["source"], scope);
            else
                scope.Missing(at["from"][i]["source"]);
        }
        for (var i = 0; i < rule.To.Count; i++)
        {
            if (rule.To[i].Operation is { } operation)
                OperationValidator.Check(operation, at["to"][i]["operation"], scope);
            else
                scope.Missing(at["to"][i]["operation"]);
        }
        for (var i = 0; i < rule.When.Count; i++)
            ConditionValidator.Check(rule.When[i], at["when"][i], scope);
    }

    /// <summary>A list that is there and empty was meant to have something in it; taken as not there it would let everybody in.</summary>
    private static void CheckSaid(int count, FieldPath at, ValidationScope scope)
    {
        if (count == 0 && scope.Has(at))
            scope.Bad(at, "is empty", "add an entry, or remove it: without it the rule is for everybody");
    }
}
