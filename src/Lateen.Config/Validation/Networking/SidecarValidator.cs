// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>Sidecars: what workloads listen for and what they can reach.</summary>
internal static class SidecarValidator
{
    public static void Check(Sidecar sidecar, FieldPath at, ValidationScope scope)
    {
        if (sidecar.WorkloadSelector is { } selector)
            LabelRules.CheckSelector(selector.Labels, at["workloadSelector"]["labels"], scope);
        for (var i = 0; i < sidecar.Ingress.Count; i++)
            CheckIngress(sidecar.Ingress[i], at["ingress"][i], scope);
        var ports = sidecar.Ingress.Where(static entry => entry.Port is not null);
        Names.CheckUnique(ports.Select(static entry => $"{entry.Port!.Number}"), at["ingress"], "port", scope);
        CheckEgress(sidecar.Egress, at["egress"], scope);
        var places = sidecar.Egress.Where(static entry => entry.Port is not null);
        Names.CheckUnique(
            places.Select(static entry =>
                entry.Port!.Number == 0 ? entry.Bind : $"{entry.Bind} {entry.Port.Number}".TrimStart()
            ),
            at["egress"],
            "port",
            scope
        );
        if (
            sidecar is { Ingress.Count: 0, Egress.Count: 0, OutboundTrafficPolicy: null, InboundConnectionPool: null }
            && !scope.IsTold(at["egress"])
        )
            scope.Missing(at["egress"]);
        if (sidecar.InboundConnectionPool is { } pool)
            TrafficPolicyValidator.CheckPool(pool, at["inboundConnectionPool"], scope);
        if (sidecar.OutboundTrafficPolicy is { } policy)
            CheckPolicy(policy, at["outboundTrafficPolicy"], scope);
    }

    private static void CheckIngress(SidecarIngress ingress, FieldPath at, ValidationScope scope)
    {
        if (ingress.Port is { Number: 0 })
            scope.OutOfRange(at["port"]["number"], "must be from 1 to 65535", "write the port that it listens on");
        Addresses.CheckBind(ingress.Bind, at["bind"], scope, admitsUnixSocket: false);
        if (ingress.DefaultEndpoint.Length > 0)
            CheckEndpoint(ingress.DefaultEndpoint, at["defaultEndpoint"], scope);
        if (ingress.Tls is { } tls)
            ServerTlsValidator.Check(tls, isTls: true, "HTTPS", at["tls"], scope);
        if (ingress.ConnectionPool is { } pool)
            TrafficPolicyValidator.CheckPool(pool, at["connectionPool"], scope);
    }

    /// <summary>The application's own address: elsewhere nothing of the workload is.</summary>
    private static void CheckEndpoint(string endpoint, FieldPath at, ValidationScope scope)
    {
        if (Addresses.IsUnixSocket(endpoint))
        {
            Addresses.CheckUnixSocket(endpoint, at, scope);
            return;
        }
        var colon = endpoint.LastIndexOf(':');
        var host = colon < 0 ? endpoint : endpoint[..colon];
        var isOwn = host is "127.0.0.1" or "0.0.0.0" or "[::1]" or "[::]";
        var hasPort = colon >= 0 && ushort.TryParse(endpoint.AsSpan(colon + 1), out var port) && port > 0;
        if (!isOwn || !hasPort)
            scope.Add(
                ProblemCatalogue.BadAddress,
                at,
                $"\"{endpoint}\" is no place of the application",
                "write 127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT, [::]:PORT or unix:///path"
            );
    }

    private static void CheckEgress(IReadOnlyList<SidecarEgress> egress, FieldPath at, ValidationScope scope)
    {
        var open = 0;
        for (var i = 0; i < egress.Count; i++)
        {
            var here = at[i];
            for (var j = 0; j < egress[i].Hosts.Count; j++)
                CheckEgressHost(egress[i].Hosts[j], here["hosts"][j], scope);
            Addresses.CheckBind(egress[i].Bind, here["bind"], scope);
            if (egress[i].Port is null)
                open++;
            CheckCovered(egress[i].Hosts, here["hosts"], scope);
            if (egress[i].CaptureMode == CaptureMode.Iptables && Addresses.IsUnixSocket(egress[i].Bind))
                scope.Exclusive(
                    here["captureMode"],
                    "captures connections to addresses, and bind is a Unix socket",
                    "use DEFAULT or NONE"
                );
            if (egress[i].Port is null && egress[i].Bind.Length > 0)
                scope.Exclusive(here["bind"], "needs a port", "add port, or remove bind");
            else if (egress[i].Port is { } port && (port.Number == 0) != Addresses.IsUnixSocket(egress[i].Bind))
                CheckPlace(port.Number, here, scope);
        }
        if (open > 1)
            scope.Bad(at, "has several entries without a port, and only one can take all ports", "keep one of them");
        else if (open == 1 && egress[^1].Port is not null)
            scope.Bad(at, "has an entry without a port before others", "put the one that takes all ports last");
    }

    /// <summary>A Unix socket has no port, and everything else has one.</summary>
    private static void CheckPlace(int number, FieldPath at, ValidationScope scope)
    {
        if (number == 0)
            scope.OutOfRange(
                at["port"]["number"],
                "must be from 1 to 65535",
                "write the port, or bind to a Unix socket"
            );
        else
            scope.Exclusive(
                at["port"]["number"],
                "stands beside bind, which is a Unix socket and has no port",
                "write 0"
            );
    }

    /// <summary>A host of a namespace of which all are there.</summary>
    private static void CheckCovered(IReadOnlyList<string> hosts, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < hosts.Count; i++)
        {
            var (ns, name) = Split(hosts[i], scope);
            if (name == "*" && ns == "*")
                continue;
            var all = hosts.FirstOrDefault(other =>
                Split(other, scope) is (var wide, "*") && (wide == "*" || (wide == ns && name != "*"))
            );
            if (all is not null)
                scope.NoEffect(at[i], $"is of {all} already", "remove one of the two");
        }
    }

    private static (string Namespace, string Name) Split(string host, ValidationScope scope)
    {
        var slash = host.IndexOf('/');
        var ns = slash < 0 ? "" : host[..slash];
        return (ns == "." ? scope.Key.Namespace : ns, host[(slash + 1)..]);
    }

    private static void CheckEgressHost(string host, FieldPath at, ValidationScope scope)
    {
        // A tilde in front leaves the namespace out.
        var name = host.StartsWith('~') && host.Length > 1 && host[1] != '/' ? host[1..] : host;
        if (!name.Contains('/'))
            scope.Add(
                ProblemCatalogue.BadHost,
                at,
                $"\"{host}\" has no namespace",
                "write namespace/host, as ./* or */*"
            );
        else
            Hosts.CheckInNamespace(name, at, scope);
    }

    private static void CheckPolicy(SidecarOutboundPolicy policy, FieldPath at, ValidationScope scope)
    {
        if (policy.EgressProxy is not { } proxy)
            return;
        DestinationValidator.Check(proxy, at["egressProxy"], scope);
        if (proxy.Port is null)
            scope.Missing(at["egressProxy"]["port"]);
        if (policy.Mode != SidecarOutboundMode.AllowAny)
            scope.Exclusive(at["egressProxy"], "is for ALLOW_ANY only", "set mode: ALLOW_ANY, or remove it");
    }
}
