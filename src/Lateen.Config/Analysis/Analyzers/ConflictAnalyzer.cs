// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>What Istio settles in silence: who of several wins on a gateway, and among DestinationRules.</summary>
internal static class ConflictAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        CheckGatewayRules(context);
        var byHost = context
            .Config.Of<DestinationRule>()
            .GroupBy(static rule => HostNames.Resolve(rule.Spec.Host, rule.Namespace), StringComparer.Ordinal);
        foreach (var rules in byHost)
        {
            foreach (var within in rules.GroupBy(static rule => rule.Namespace, StringComparer.Ordinal))
                CheckMerge([.. within], rules.Key, context);
            CheckShadows([.. rules], rules.Key, context);
        }
    }

    /// <summary>On a gateway rules of one host add up, those that match everything last; of these the oldest alone is reached.</summary>
    private static void CheckGatewayRules(AnalysisContext context)
    {
        var owners = new Dictionary<(string Gateway, string Host), ConfigResource<VirtualService>>();
        foreach (var service in context.Config.Of<VirtualService>())
        {
            var rule = service
                .Spec.Http.Select(static (rule, i) => (rule, i))
                .FirstOrDefault(static entry => TakesAll(entry.rule));
            if (rule.rule is null)
                continue;
            foreach (var name in service.Spec.Gateways.Where(static name => name != VirtualService.Mesh))
            {
                var gateway = HostNames.Qualify(name, service.Namespace);
                foreach (var host in service.Spec.Hosts.Select(host => HostNames.Resolve(host, service.Namespace)))
                {
                    if (owners.TryAdd((gateway, host), service) || owners[(gateway, host)] == service)
                        continue;
                    context.Tell(
                        ProblemCatalogue.RulesHidden(
                            service.At,
                            service.Key.ToString(),
                            $"spec.http[{rule.i}]",
                            $"the Gateway {gateway}",
                            owners[(gateway, host)].Key.ToString()
                        )
                    );
                    break;
                }
            }
        }
    }

    private static bool TakesAll(HttpRule rule) =>
        rule.Match.Count == 0 || rule.Match.Any(static match => match == new HttpMatch());

    /// <summary>Within a namespace the oldest with settings gives them, and the oldest with a subset of a name.</summary>
    private static void CheckMerge(
        IReadOnlyList<ConfigResource<DestinationRule>> rules,
        string host,
        AnalysisContext context
    )
    {
        ConfigResource<DestinationRule>? settings = null;
        var subsets = new Dictionary<string, ConfigResource<DestinationRule>>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (rule.Spec.TrafficPolicy is not null && settings is not null)
                context.Tell(
                    ProblemCatalogue.PolicyHidden(
                        rule.At,
                        rule.Key.ToString(),
                        "spec.trafficPolicy",
                        host,
                        settings.Key.ToString()
                    )
                );
            if (rule.Spec.TrafficPolicy is not null)
                settings ??= rule;
            for (var i = 0; i < rule.Spec.Subsets.Count; i++)
            {
                var name = rule.Spec.Subsets[i].Name;
                if (!subsets.TryAdd(name, rule) && subsets[name] != rule)
                    context.Tell(
                        ProblemCatalogue.SubsetHidden(
                            rule.At,
                            rule.Key.ToString(),
                            $"spec.subsets[{i}]",
                            name,
                            subsets[name].Key.ToString()
                        )
                    );
            }
        }
    }

    /// <summary>A client's namespace decides alone, then the service's, then the root namespace.</summary>
    private static void CheckShadows(
        IReadOnlyList<ConfigResource<DestinationRule>> rules,
        string host,
        AnalysisContext context
    )
    {
        if (context.Hosts.Find(host, "")?.Origin.Namespace is not { } home)
            return;
        foreach (var hidden in rules.Where(rule => rule.Namespace == home || rule.Namespace == context.RootNamespace))
        {
            var winners = rules
                .Where(rule =>
                    rule.Namespace != hidden.Namespace
                    && (rule.Namespace != context.RootNamespace || hidden.Namespace == context.RootNamespace)
                )
                .DistinctBy(static rule => rule.Namespace);
            foreach (var winner in winners)
                context.Tell(
                    ProblemCatalogue.RuleShadowed(
                        hidden.At,
                        hidden.Key.ToString(),
                        "spec.host",
                        host,
                        winner.Namespace,
                        winner.Key.ToString()
                    )
                );
        }
    }
}
