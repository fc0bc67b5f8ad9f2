// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Rules for connections, with and without TLS.</summary>
internal static class ConnectionRuleValidator
{
    public static void Check(TcpRule rule, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < rule.Match.Count; i++)
        {
            var match = rule.Match[i];
            var here = at["match"][i];
            Addresses.CheckRanges(match.DestinationSubnets, here["destinationSubnets"], scope);
            if (match.SourceSubnet.Length > 0)
                Addresses.CheckRange(match.SourceSubnet, here["sourceSubnet"], scope);
            LabelRules.CheckSelector(match.SourceLabels, here["sourceLabels"], scope);
            Names.CheckLabel(match.SourceNamespace, here["sourceNamespace"], scope);
        }
        CheckRoute(rule.Route, at["route"], scope);
    }

    public static void Check(TlsRule rule, IReadOnlyList<string> hosts, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < rule.Match.Count; i++)
        {
            var match = rule.Match[i];
            var here = at["match"][i];
            for (var j = 0; j < match.SniHosts.Count; j++)
                CheckServerName(match.SniHosts[j], hosts, here["sniHosts"][j], scope);
            Addresses.CheckRanges(match.DestinationSubnets, here["destinationSubnets"], scope);
            LabelRules.CheckSelector(match.SourceLabels, here["sourceLabels"], scope);
            Names.CheckLabel(match.SourceNamespace, here["sourceNamespace"], scope);
        }
        CheckRoute(rule.Route, at["route"], scope);
    }

    private static void CheckServerName(string name, IReadOnlyList<string> hosts, FieldPath at, ValidationScope scope)
    {
        if (!Hosts.IsWildcardName(name))
            Hosts.CheckWildcard(name, at, scope);
        else if (!hosts.Any(host => Hosts.Covers(host, name)))
            scope.Add(
                ProblemCatalogue.BadHost,
                at,
                $"\"{name}\" is none of the VirtualService's hosts ({string.Join(", ", hosts)})",
                "add it to hosts, or match a name that is"
            );
    }

    private static void CheckRoute(IReadOnlyList<ConnectionDestination> route, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < route.Count; i++)
            DestinationValidator.Check(route[i].Destination, at[i]["destination"], scope);
        DestinationValidator.CheckWeights(route.Select(static share => share.Weight), at, scope);
    }
}
