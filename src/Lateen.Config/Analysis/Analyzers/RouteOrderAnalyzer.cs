// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>HTTP rules and conditions that no request comes to, since an earlier rule takes them all.</summary>
internal static class RouteOrderAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var service in context.Config.Of<VirtualService>())
            Check(service, context);
    }

    private static void Check(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        var seen = new Dictionary<object, int>();
        var catchAll = -1;
        for (var i = 0; i < service.Spec.Http.Count; i++)
        {
            var rule = service.Spec.Http[i];
            if (catchAll >= 0)
            {
                context.Tell(
                    service,
                    IstioMessage.VirtualServiceUnreachableRule,
                    $"spec.http[{i}]",
                    $"is never reached: http[{catchAll}] takes every request",
                    "put the rule without conditions last"
                );
                continue;
            }
            if (rule.Match.Count == 0 || rule.Match.Any(MatchEssence.TakesAll))
                catchAll = i;
            CheckConditions(service, rule, i, seen, context);
        }
    }

    /// <summary>A rule whose every condition was there before is never reached; else the condition alone is idle.</summary>
    private static void CheckConditions(
        ConfigResource<VirtualService> service,
        HttpRule rule,
        int index,
        Dictionary<object, int> seen,
        AnalysisContext context
    )
    {
        var idle = new List<(int Match, int Earlier)>();
        for (var j = 0; j < rule.Match.Count; j++)
        {
            var essence = MatchEssence.Of(rule.Match[j]);
            if (seen.TryGetValue(essence, out var earlier) && earlier != index)
                idle.Add((j, earlier));
            else
                seen.TryAdd(essence, index);
        }
        if (idle.Count > 0 && idle.Count == rule.Match.Count)
        {
            context.Tell(
                service,
                IstioMessage.VirtualServiceUnreachableRule,
                $"spec.http[{index}]",
                $"is never reached: http[{idle[0].Earlier}] has the same condition",
                "remove one of the two"
            );
            return;
        }
        foreach (var (match, earlier) in idle)
            context.Tell(
                service,
                IstioMessage.VirtualServiceIneffectiveMatch,
                $"spec.http[{index}].match[{match}]",
                $"does nothing: http[{earlier}] has the same condition",
                "remove it"
            );
    }
}
