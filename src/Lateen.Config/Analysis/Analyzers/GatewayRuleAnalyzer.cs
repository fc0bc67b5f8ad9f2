// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>
/// On a gateway rules of one host add up, those that match everything last; of several that match the same the first alone is reached.
/// </summary>
internal static class GatewayRuleAnalyzer
{
    /// <summary>In place of a host.</summary>
    private const string Connections = "";

    public static void Run(AnalysisContext context)
    {
        var services = context
            .Config.Of<VirtualService>()
            .Where(static service => service.Spec.Gateways.Any(static name => name != VirtualService.Mesh))
            .ToArray();
        var claims = new ScopedClaims<Claim>(services, AllOf, context.Exports);
        foreach (var service in services)
        {
            foreach (var gateway in GatewaysOf(service))
            {
                Check(service, gateway, claims, context);
                CheckConnections(service, gateway, claims, context);
            }
        }
    }

    /// <summary>Connections have no host: the first rule for a port is the only one.</summary>
    private static void CheckConnections(
        ConfigResource<VirtualService> service,
        string gateway,
        ScopedClaims<Claim> claims,
        AnalysisContext context
    )
    {
        for (var i = 0; i < service.Spec.Tcp.Count; i++)
        {
            var hidden = ConnectionClaims(service, service.Spec.Tcp[i], gateway)
                .Select(entry => (entry.Match, entry.Claim, Loss: claims.LossOf(service, entry.Claim)))
                .Where(static entry => entry.Loss is not null)
                .ToArray();
            var isWhole = hidden.Length > 0 && hidden.Length >= service.Spec.Tcp[i].Match.Count;
            foreach (var (j, claim, loss) in isWhole ? hidden[..1] : hidden)
                context.Tell(
                    ProblemCatalogue.RulesHidden(
                        service.At,
                        service.Key.ToString(),
                        isWhole ? $"spec.tcp[{i}]" : $"spec.tcp[{i}].match[{j}]",
                        claim.Essence == s_everything ? "takes every connection" : "matches the same connections",
                        $"the Gateway {gateway}",
                        loss!.Value.Winner.Key.ToString(),
                        loss.Value.How
                    )
                );
        }
    }

    /// <summary>Tells of the first host that something is wrong with: the others have the same rules.</summary>
    private static void Check(
        ConfigResource<VirtualService> service,
        string gateway,
        ScopedClaims<Claim> claims,
        AnalysisContext context
    )
    {
        foreach (var host in HostsOf(service))
        {
            var isTold = false;
            for (var i = 0; i < service.Spec.Http.Count; i++)
                isTold |= Check(service, i, gateway, host, claims, context);
            if (isTold)
                return;
        }
    }

    /// <summary>A rule that is hidden whole is told of once, else each of its hidden conditions.</summary>
    private static bool Check(
        ConfigResource<VirtualService> service,
        int index,
        string gateway,
        string host,
        ScopedClaims<Claim> claims,
        AnalysisContext context
    )
    {
        var rule = service.Spec.Http[index];
        var hidden = new List<(int Match, Claim Claim, Loss Loss)>();
        foreach (var (j, claim) in ClaimsOf(service, rule, gateway, host))
        {
            if (claims.LossOf(service, claim) is { } loss)
                hidden.Add((j, claim, loss));
        }
        var isWhole = hidden.Count > 0 && hidden.Count >= rule.Match.Count;
        foreach (var (j, claim, loss) in isWhole ? hidden[..1] : hidden)
        {
            context.Tell(
                ProblemCatalogue.RulesHidden(
                    service.At,
                    service.Key.ToString(),
                    isWhole ? $"spec.http[{index}]" : $"spec.http[{index}].match[{j}]",
                    claim.Essence == s_everything
                        ? "takes every request of the host"
                        : "matches the same requests of the host",
                    $"the Gateway {gateway}",
                    loss.Winner.Key.ToString(),
                    loss.How
                )
            );
        }
        return hidden.Count > 0;
    }

    private static readonly object s_everything = new();

    private static IEnumerable<Claim> AllOf(ConfigResource<VirtualService> service) =>
        (
            from gateway in GatewaysOf(service)
            from host in HostsOf(service)
            from rule in service.Spec.Http
            from claim in ClaimsOf(service, rule, gateway, host)
            select claim.Claim
        ).Concat(
            from gateway in GatewaysOf(service)
            from rule in service.Spec.Tcp
            from claim in ConnectionClaims(service, rule, gateway)
            select claim.Claim
        );

    /// <summary>What of a rule for connections applies on the gateway; they have no host to tell them apart by.</summary>
    private static IEnumerable<(int Match, Claim Claim)> ConnectionClaims(
        ConfigResource<VirtualService> service,
        TcpRule rule,
        string gateway
    )
    {
        if (rule.Match.Count == 0)
            yield return (0, new Claim(gateway, Connections, s_everything));
        for (var j = 0; j < rule.Match.Count; j++)
        {
            if (!IsFor(gateway, rule.Match[j].Gateways, service.Namespace))
                continue;
            var essence = MatchEssence.Of(rule.Match[j] with { Gateways = [] });
            yield return (j, new Claim(gateway, Connections, essence.Equals(s_anyConnection) ? s_everything : essence));
        }
    }

    private static bool IsFor(string gateway, IReadOnlyList<string> named, string ns) =>
        named.Count == 0 || named.Any(name => HostNames.Qualify(name, ns) == gateway);

    /// <summary>What of a rule applies on the gateway, with the index of the condition; a rule without any has one claim.</summary>
    private static IEnumerable<(int Match, Claim Claim)> ClaimsOf(
        ConfigResource<VirtualService> service,
        HttpRule rule,
        string gateway,
        string host
    )
    {
        if (rule.Match.Count == 0)
            yield return (0, new Claim(gateway, host, s_everything));
        for (var j = 0; j < rule.Match.Count; j++)
        {
            var match = rule.Match[j];
            if (!IsFor(gateway, match.Gateways, service.Namespace))
                continue;
            // Which gateways it is for has been asked; where it is the only question left, nothing passes it by.
            var here = match with
            {
                Name = "",
                StatPrefix = "",
                Gateways = [],
            };
            var takesAll = MatchEssence.TakesAll(here) || MatchEssence.Of(here).Equals(s_anything);
            yield return (j, new Claim(gateway, host, takesAll ? s_everything : MatchEssence.Of(here)));
        }
    }

    private static readonly object s_anything = MatchEssence.Of(new HttpMatch());
    private static readonly object s_anyConnection = MatchEssence.Of(new TcpMatch());

    private static IEnumerable<string> GatewaysOf(ConfigResource<VirtualService> service) =>
        service
            .Spec.Gateways.Where(static name => name != VirtualService.Mesh)
            .Select(name => HostNames.Qualify(name, service.Namespace))
            .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> HostsOf(ConfigResource<VirtualService> service) =>
        service.Spec.Hosts.Select(host => HostNames.Resolve(host, service.Namespace)).Distinct(StringComparer.Ordinal);

    /// <param name="Host">Empty for connections, which have none.</param>
    /// <param name="Essence">What requests it takes, as something to compare.</param>
    private readonly record struct Claim(string Gateway, string Host, object Essence);
}
