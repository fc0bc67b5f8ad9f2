// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Security;

/// <summary>PeerAuthentications: which ports want mutual TLS.</summary>
internal static class PeerAuthenticationValidator
{
    public static void Check(PeerAuthentication policy, FieldPath at, ValidationScope scope)
    {
        if (policy.Selector is { } selector)
            LabelRules.CheckSelector(selector.MatchLabels, at["selector"]["matchLabels"], scope);
        if (policy.PortLevelMtls.Count > 0 && policy.Selector is not { MatchLabels.Count: > 0 })
            scope.Add(
                ProblemCatalogue.BadSelection,
                at["portLevelMtls"],
                "is for the ports of some workloads, and none are selected",
                "add selector with labels"
            );
        foreach (var port in policy.PortLevelMtls.Keys)
        {
            if (
                !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 65535
            )
                scope.OutOfRange(at["portLevelMtls"][port], $"\"{port}\" is no port", "write a number from 1 to 65535");
        }
    }
}
