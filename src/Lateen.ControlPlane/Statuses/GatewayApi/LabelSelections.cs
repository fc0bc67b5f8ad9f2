// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>Kubernetes' LabelSelector: all of its conditions must hold.</summary>
internal static class LabelSelections
{
    public static bool Matches(LabelSelection selection, IReadOnlyDictionary<string, string> labels) =>
        selection.MatchLabels.All(one => labels.TryGetValue(one.Key, out var value) && value == one.Value)
        && selection.MatchExpressions.All(one => Holds(one, labels));

    private static bool Holds(LabelRequirement requirement, IReadOnlyDictionary<string, string> labels)
    {
        var isThere = labels.TryGetValue(requirement.Key, out var value);
        return requirement.Operator switch
        {
            LabelOperator.In => isThere && requirement.Values.Contains(value),
            LabelOperator.NotIn => !isThere || !requirement.Values.Contains(value),
            LabelOperator.Exists => isThere,
            LabelOperator.DoesNotExist => !isThere,
            _ => false,
        };
    }
}
