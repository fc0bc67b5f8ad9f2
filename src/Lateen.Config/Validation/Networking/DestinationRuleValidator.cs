// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>DestinationRules: the host, its subsets, and their policies.</summary>
internal static class DestinationRuleValidator
{
    public static void Check(DestinationRule rule, FieldPath at, ValidationScope scope)
    {
        Hosts.CheckWildcard(rule.Host, at["host"], scope);
        if (rule.TrafficPolicy is not null)
            TrafficPolicyValidator.Check(rule.TrafficPolicy, at["trafficPolicy"], scope);
        for (var i = 0; i < rule.Subsets.Count; i++)
            CheckSubset(rule.Subsets[i], at["subsets"][i], scope);
        Names.CheckUnique(rule.Subsets.Select(static subset => subset.Name), at["subsets"], "subset", scope);
        Visibility.Check(rule.ExportTo, at["exportTo"], mayBeNone: false, scope);
        if (rule.WorkloadSelector is { } selector)
            LabelRules.CheckSelector(selector.MatchLabels, at["workloadSelector"]["matchLabels"], scope);
    }

    private static void CheckSubset(Subset subset, FieldPath at, ValidationScope scope)
    {
        Names.CheckLabel(subset.Name, at["name"], scope);
        LabelRules.CheckSelector(subset.Labels, at["labels"], scope);
        if (subset.TrafficPolicy is not null)
            TrafficPolicyValidator.Check(subset.TrafficPolicy, at["trafficPolicy"], scope);
    }
}
