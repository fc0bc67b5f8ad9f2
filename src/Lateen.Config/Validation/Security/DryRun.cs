// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Validation.Security;

/// <summary>
/// The annotation <c>istio.io/dry-run</c>: what it says must be certain, since a policy that is only tried out lets everything through, and
/// one that is not may refuse what nobody meant.
/// </summary>
internal static class DryRun
{
    public const string Annotation = "istio.io/dry-run";

    /// <summary>Words of Go's ParseBool, which Istio reads it by.</summary>
    private static readonly string[] s_words =
    [
        "1",
        "t",
        "T",
        "true",
        "True",
        "TRUE",
        "0",
        "f",
        "F",
        "false",
        "False",
        "FALSE",
    ];

    public static void Check(object content, string value, ValidationScope scope)
    {
        var at = FieldPath.Root["metadata"]["annotations"][Annotation];
        if (content is not AuthorizationPolicy policy)
            scope.Exclusive(
                at,
                $"is for AuthorizationPolicies, and there is no trying out a {scope.Key.Kind}",
                "remove it"
            );
        else if (policy.Action is not (AuthorizationAction.Allow or AuthorizationAction.Deny))
            scope.Exclusive(
                at,
                $"is for ALLOW and DENY, and there is no trying out {policy.Action.ToString().ToUpperInvariant()}",
                "remove it"
            );
        else if (!s_words.Contains(value))
            scope.Bad(at, $"\"{value}\" is neither true nor false", "write true or false");
    }
}
