// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Precedence;

/// <summary>
/// DestinationRules of one namespace and host, as a client sees them → groups that are merged, of which one counts. Rules are merged that are
/// exported to the same namespaces, and a younger one into an older one that is exported to some of those that it names itself (as Istio does).
/// Rules that select workloads are merged with those of the same selector.
/// </summary>
public static class RuleGroups
{
    /// <summary>The oldest group first, and in each the oldest rule. Of those without a selector the last one counts.</summary>
    /// <param name="seen">What the client sees, oldest first.</param>
    public static IReadOnlyList<RuleGroup> Of(IReadOnlyList<ExportedRule> seen)
    {
        var groups = new List<RuleGroup>();
        foreach (var rule in seen)
        {
            var isAdded = false;
            foreach (var group in groups)
            {
                if (!AddsTo(group.Rules[0], rule))
                    continue;
                group.Rules.Add(rule);
                isAdded = true;
            }
            if (!isAdded)
                groups.Add(new RuleGroup([rule], rule.Selector));
        }
        return groups;
    }

    private static bool AddsTo(ExportedRule older, ExportedRule younger)
    {
        if (older.Selector is { } one && younger.Selector is { } other)
            return one.MatchLabels.Count == other.MatchLabels.Count
                && one.MatchLabels.All(label =>
                    other.MatchLabels.TryGetValue(label.Key, out var value) && value == label.Value
                );
        return older.Selector is null
            && younger.Selector is null
            && (
                ReferenceEquals(older.Exports, younger.Exports)
                || older.Exports.Scopes.All(scope => younger.Exports.Scopes.Contains(scope))
            );
    }
}

/// <summary>DestinationRules that are merged.</summary>
/// <param name="Rules">The oldest first; at least one.</param>
/// <param name="Selector">Null for all workloads.</param>
public sealed record RuleGroup(List<ExportedRule> Rules, LabelSelector? Selector);

/// <summary>A DestinationRule with the namespaces that see it.</summary>
public sealed record ExportedRule(ConfigResource<DestinationRule> Rule, Exports Exports)
{
    public LabelSelector? Selector => Rule.Spec.WorkloadSelector;
}
