// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>What Istio settles in silence: who of several DestinationRules for one host wins.</summary>
internal static class RuleConflictAnalyzer
{
    private const int MostTold = 3;

    public static void Run(AnalysisContext context)
    {
        var all = context
            .Config.Of<DestinationRule>()
            .Select(rule => new ExportedRule(rule, context.Exports.Of(rule)))
            .ToArray();
        var byHost = all.GroupBy(HostOf, StringComparer.Ordinal);
        foreach (var rules in byHost)
        {
            foreach (var within in rules.GroupBy(static rule => rule.Rule.Namespace, StringComparer.Ordinal))
                CheckNamespace([.. within], rules.Key, context);
            CheckShadows([.. rules], rules.Key, context);
        }
        foreach (var within in all.GroupBy(static rule => rule.Rule.Namespace, StringComparer.Ordinal))
            CheckWildcards([.. within], context);
    }

    private static string HostOf(ExportedRule rule) => HostNames.Resolve(rule.Rule.Spec.Host, rule.Rule.Namespace);

    /// <summary>Of the rules of one namespace those with the most specific host count, whole: a wildcard's settings are none of theirs.</summary>
    private static void CheckWildcards(ExportedRule[] rules, AnalysisContext context)
    {
        foreach (var wildcard in rules.Where(static rule => rule.Rule.Spec.Host.StartsWith('*')))
        {
            var host = HostOf(wildcard);
            var narrower = rules
                .Where(rule => HostOf(rule) is var other && other != host && Hosts.Covers(host, other))
                .Where(rule => rule.Exports.Meet(wildcard.Exports))
                .DistinctBy(HostOf, StringComparer.Ordinal)
                .ToArray();
            if (narrower.Length > 0)
                context.Tell(
                    ProblemCatalogue.RuleShadowed(
                        wildcard.Rule.At,
                        wildcard.Rule.Key.ToString(),
                        "spec.host",
                        "clients",
                        Some(narrower.Select(HostOf)),
                        Some(narrower.Select(static rule => rule.Rule.Key.ToString())),
                        "a host comes before a wildcard"
                    )
                );
        }
    }

    /// <summary>A few of many.</summary>
    private static string Some(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToArray();
        return all.Length <= MostTold
            ? string.Join(", ", all)
            : $"{string.Join(", ", all[..MostTold])} and {all.Length - MostTold} more";
    }

    /// <summary>Those of one namespace, as clients here and there see them; what is told of one is told once.</summary>
    private static void CheckNamespace(List<ExportedRule> rules, string host, AnalysisContext context)
    {
        if (rules.Count == 1)
            return;
        var ns = rules[0].Rule.Namespace;
        var told = new HashSet<(ConfigKey, string)>();
        foreach (var client in rules.SelectMany(static rule => rule.Exports.Scopes).Prepend(ns).Distinct())
        {
            var seen = rules.FindAll(rule => rule.Exports.IsSeenIn(client));
            // In the root namespace, rules for others leave the word to the service's namespace.
            if (client == ns && ns == context.RootNamespace)
                seen.RemoveAll(rule => rule.Exports.GoBeyond(ns));
            var groups = RuleGroups.Of(seen);
            foreach (var group in groups)
                CheckMerge(group.Rules, host, told, context);
            CheckApart(groups.Where(static group => group.Selector is null).ToArray(), client, host, told, context);
        }
    }

    /// <summary>In a group the oldest with settings gives them, and the oldest with a subset of a name.</summary>
    private static void CheckMerge(
        List<ExportedRule> rules,
        string host,
        HashSet<(ConfigKey, string)> told,
        AnalysisContext context
    )
    {
        ConfigResource<DestinationRule>? settings = null;
        var subsets = new Dictionary<string, ConfigResource<DestinationRule>>(StringComparer.Ordinal);
        foreach (var (rule, _) in rules)
        {
            if (rule.Spec.TrafficPolicy is not null && settings is not null)
                Tell(
                    rule,
                    "spec.trafficPolicy",
                    field =>
                        ProblemCatalogue.PolicyHidden(
                            rule.At,
                            rule.Key.ToString(),
                            field,
                            host,
                            settings.Key.ToString()
                        )
                );
            if (rule.Spec.TrafficPolicy is not null)
                settings ??= rule;
            for (var i = 0; i < rule.Spec.Subsets.Count; i++)
            {
                var name = rule.Spec.Subsets[i].Name;
                if (subsets.TryAdd(name, rule) || subsets[name] == rule)
                    continue;
                Tell(
                    rule,
                    $"spec.subsets[{i}]",
                    field =>
                        ProblemCatalogue.SubsetHidden(
                            rule.At,
                            rule.Key.ToString(),
                            field,
                            name,
                            subsets[name].Key.ToString()
                        )
                );
            }
        }

        void Tell(ConfigResource rule, string field, Func<string, Core.Problem> problem)
        {
            if (told.Add((rule.Key, field)))
                context.Tell(problem(field));
        }
    }

    /// <summary>Of groups that are not merged the youngest counts alone.</summary>
    private static void CheckApart(
        RuleGroup[] groups,
        string client,
        string host,
        HashSet<(ConfigKey, string)> told,
        AnalysisContext context
    )
    {
        if (groups.Length < 2)
            return;
        var winner = groups[^1].Rules[0].Rule.Key.ToString();
        foreach (var (rule, _) in groups[..^1].SelectMany(static group => group.Rules))
        {
            if (told.Add((rule.Key, "spec.host")))
                context.Tell(
                    ProblemCatalogue.RuleNotMerged(
                        rule.At,
                        rule.Key.ToString(),
                        "spec.exportTo",
                        host,
                        client == Exports.All ? "clients" : $"clients in the namespace {client}",
                        winner
                    )
                );
        }
    }

    /// <summary>A client's namespace decides alone, then the service's, then the root namespace.</summary>
    private static void CheckShadows(List<ExportedRule> rules, string host, AnalysisContext context)
    {
        if (rules.Count == 1 || context.Hosts.Find(host, "")?.Origin.Namespace is not { } home)
            return;
        foreach (var hidden in rules)
        {
            if (hidden.Rule.Namespace != home && hidden.Rule.Namespace != context.RootNamespace)
                continue;
            var winners = rules
                .Where(rule => Shadows(rule, hidden, home, context.RootNamespace))
                .DistinctBy(static rule => rule.Rule.Namespace);
            foreach (var winner in winners)
                context.Tell(Shadowed(hidden.Rule, winner.Rule, host, isOfService: winner.Rule.Namespace == home));
        }
    }

    private static Core.Problem Shadowed(ConfigResource hidden, ConfigResource winner, string host, bool isOfService) =>
        ProblemCatalogue.RuleShadowed(
            hidden.At,
            hidden.Key.ToString(),
            "spec.host",
            isOfService ? "clients without rules of their own" : $"clients in the namespace {winner.Namespace}",
            host,
            winner.Key.ToString(),
            isOfService
                ? "the service's namespace comes before the root namespace"
                : "a client's own namespace comes first"
        );

    /// <summary>Whether clients that see both go by the first.</summary>
    private static bool Shadows(ExportedRule winner, ExportedRule hidden, string home, string root)
    {
        var (ns, other) = (winner.Rule.Namespace, hidden.Rule.Namespace);
        if (ns == other)
            return false;
        // Whoever sees both, but for the root namespace with rules of its own alone.
        if (ns == home && other == root)
            return winner.Exports.Meet(hidden.Exports) && hidden.Exports.GoBeyond(root);
        if (!winner.Exports.IsSeenIn(ns) || !hidden.Exports.IsSeenIn(ns))
            return false;
        return ns != root || !winner.Exports.GoBeyond(ns);
    }
}
