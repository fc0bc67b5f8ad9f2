// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Rules and conditions that nothing comes to, since an earlier rule takes it all.</summary>
internal static class RouteOrderAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var service in context.Config.Of<VirtualService>())
            Check(service, context);
    }

    private static void Check(ConfigResource<VirtualService> service, AnalysisContext context)
    {
        var (http, tls, tcp) = (service.Spec.Http, service.Spec.Tls, service.Spec.Tcp);
        Check(service, "http", http.Select(static rule => rule.Match).ToArray(), MatchEssence.TakesAll, context);
        Check(service, "tls", tls.Select(static rule => rule.Match).ToArray(), static _ => false, context);
        Check(service, "tcp", tcp.Select(static rule => rule.Match).ToArray(), static _ => false, context);
    }

    private static void Check<T>(
        ConfigResource<VirtualService> service,
        string rules,
        IReadOnlyList<IReadOnlyList<T>> matches,
        Predicate<T> takesAll,
        AnalysisContext context
    )
    {
        var seen = new List<(T Match, object Essence, int Rule)>();
        var catchAll = -1;
        for (var i = 0; i < matches.Count; i++)
        {
            if (catchAll >= 0)
            {
                context.Tell(
                    service,
                    IstioMessage.VirtualServiceUnreachableRule,
                    $"spec.{rules}[{i}]",
                    $"is never reached: {rules}[{catchAll}] takes everything",
                    "put the rule without conditions last"
                );
                continue;
            }
            if (matches[i].Count == 0 || matches[i].Any(match => takesAll(match)))
                catchAll = i;
            CheckConditions(service, rules, i, matches[i], seen, context);
        }
    }

    /// <summary>A rule whose every condition was there before is never reached; else the condition alone is idle.</summary>
    private static void CheckConditions<T>(
        ConfigResource<VirtualService> service,
        string rules,
        int index,
        IReadOnlyList<T> matches,
        List<(T Match, object Essence, int Rule)> seen,
        AnalysisContext context
    )
    {
        var idle = 0;
        for (var j = 0; j < matches.Count; j++)
        {
            var essence = EssenceOf(matches[j]);
            var same = seen.FindIndex(known => known.Essence.Equals(essence));
            var wider = same >= 0 ? -1 : seen.FindIndex(known => IsWider(known.Match, matches[j]));
            if (same >= 0 || wider >= 0)
                context.Tell(
                    service,
                    IstioMessage.VirtualServiceIneffectiveMatch,
                    $"spec.{rules}[{index}].match[{j}]",
                    same >= 0
                        ? $"does nothing: {rules}[{seen[same].Rule}] has the same condition"
                        : $"does nothing: {rules}[{seen[wider].Rule}] takes these requests by a shorter prefix",
                    same >= 0 ? "remove it" : "put the longer prefix first"
                );
            if (same >= 0)
                idle++;
            else
                seen.Add((matches[j], essence, index));
        }
        if (idle > 0 && idle == matches.Count)
            context.Tell(
                service,
                IstioMessage.VirtualServiceUnreachableRule,
                $"spec.{rules}[{index}]",
                "is never reached: earlier rules have its conditions",
                "remove one of the two"
            );
    }

    private static object EssenceOf<T>(T match) =>
        match switch
        {
            HttpMatch http => MatchEssence.Of(http),
            TlsMatch tls => MatchEssence.Of(tls),
            TcpMatch tcp => MatchEssence.Of(tcp),
            _ => throw new ArgumentOutOfRangeException(nameof(match)),
        };

    /// <summary>Whether a prefix begins another one, with the same further conditions, but that any method does for one.</summary>
    private static bool IsWider<T>(T first, T second)
    {
        if (
            first is not HttpMatch { Uri.Prefix: { Length: > 0 } shorter } wide
            || second is not HttpMatch { Uri.Prefix: { Length: > 0 } longer } narrow
            || !longer.StartsWith(
                shorter,
                wide.IgnoreUriCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
            )
        )
            return false;
        var same = narrow with { Uri = wide.Uri, Method = wide.Method ?? narrow.Method };
        return (wide.Method is null || wide.Method == narrow.Method)
            && MatchEssence.Of(same with { Method = wide.Method }).Equals(MatchEssence.Of(wide));
    }
}
