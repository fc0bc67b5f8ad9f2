// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>VirtualServices: hosts, gateways, and the rules of each protocol.</summary>
internal static class VirtualServiceValidator
{
    public static void Check(VirtualService service, FieldPath at, ValidationScope scope)
    {
        if (service.Http.Count == 0 && service.Tcp.Count == 0 && service.Tls.Count == 0)
            scope.Missing(at["http"]);
        if (service.Hosts.Count > 0)
            CheckHosts(service, at["hosts"], scope);
        else if (!scope.IsTold(at["hosts"]))
            CheckDelegate(service, at, scope);
        for (var i = 0; i < service.Gateways.Count; i++)
            CheckGateway(service.Gateways[i], at["gateways"][i], scope);
        for (var i = 0; i < service.Http.Count; i++)
            HttpRuleValidator.Check(service.Http[i], isDelegate: service.Hosts.Count == 0, at["http"][i], scope);
        CheckClaims(service, at, scope);
        for (var i = 0; i < service.Tls.Count; i++)
            ConnectionRuleValidator.Check(service.Tls[i], service.Hosts, at["tls"][i], scope);
        for (var i = 0; i < service.Tcp.Count; i++)
            ConnectionRuleValidator.Check(service.Tcp[i], at["tcp"][i], scope);
        Visibility.Check(service.ExportTo, at["exportTo"], mayBeNone: false, scope);
    }

    /// <summary>One without hosts holds HTTP rules for others, and nothing else.</summary>
    private static void CheckDelegate(VirtualService service, FieldPath at, ValidationScope scope)
    {
        if (!ReferenceEquals(service.Gateways, VirtualService.MeshOnly) && service.Gateways.Count > 0)
            scope.Exclusive(
                at["gateways"],
                "stands in a VirtualService without hosts, which others delegate to",
                "remove it, or add hosts"
            );
        if (service.Tls.Count > 0 || service.Tcp.Count > 0)
            scope.Missing(at["hosts"]);
    }

    private static void CheckHosts(VirtualService service, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < service.Hosts.Count; i++)
        {
            Hosts.CheckNameOrAddress(service.Hosts[i], at[i], scope);
            if (service.Hosts[i] == "*" && service.Gateways.Contains(VirtualService.Mesh))
                scope.Add(
                    ProblemCatalogue.BadHost,
                    at[i],
                    "* cannot be routed in the mesh, only on gateways",
                    "name the hosts, or remove mesh from gateways"
                );
        }
        Names.CheckUnique(service.Hosts, at, "host", scope);
        CheckOverlap(service.Hosts, at, scope);
    }

    /// <summary>A host of another host's wildcard would have the same rules twice.</summary>
    private static void CheckOverlap(IReadOnlyList<string> hosts, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < hosts.Count; i++)
        {
            var wildcard = hosts.FirstOrDefault(other => other != hosts[i] && Hosts.Covers(other, hosts[i]));
            if (wildcard is not null)
                scope.Add(ProblemCatalogue.Twice, at[i], $"is of {wildcard} too", "keep the wildcard, or the names");
        }
    }

    /// <summary>Tokens are verified before routes are chosen on gateways alone.</summary>
    private static void CheckClaims(VirtualService service, FieldPath at, ValidationScope scope)
    {
        if (service.Hosts.Count == 0 || service.Gateways.Any(static name => name != VirtualService.Mesh))
            return;
        for (var i = 0; i < service.Http.Count; i++)
        {
            for (var j = 0; j < service.Http[i].Match.Count; j++)
            {
                var match = service.Http[i].Match[j];
                var claim = match
                    .Headers.Keys.Concat(match.WithoutHeaders.Keys)
                    .FirstOrDefault(static name => name.StartsWith("@request.auth.claims", StringComparison.Ordinal));
                if (claim is not null)
                    scope.Bad(
                        at["http"][i]["match"][j]["headers"],
                        $"matches {claim}, which is known on gateways only",
                        "add the gateway to gateways"
                    );
            }
        }
    }

    private static void CheckGateway(string gateway, FieldPath at, ValidationScope scope)
    {
        if (gateway == VirtualService.Mesh)
            return;
        var slash = gateway.IndexOf('/');
        var ns = slash < 0 ? "default" : gateway[..slash];
        var name = gateway[(slash + 1)..];
        if (ns != "." && !Names.IsLabel(ns) || !Hosts.IsDnsName(name))
            scope.Add(
                ProblemCatalogue.BadName,
                at,
                $"\"{gateway}\" is no name of a Gateway",
                "write name, or namespace/name"
            );
    }
}
