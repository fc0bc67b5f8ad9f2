// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>ServiceEntries: names, addresses, and how their endpoints are found.</summary>
internal static class ServiceEntryValidator
{
    public static void Check(ServiceEntry entry, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < entry.Hosts.Count; i++)
            CheckHost(entry.Hosts[i], at["hosts"][i], scope);
        Names.CheckUnique(entry.Hosts, at["hosts"], "host", scope);
        Addresses.CheckRanges(entry.Addresses, at["addresses"], scope);
        PortValidator.CheckAll(entry.Ports, at["ports"], scope);
        if (entry.WorkloadSelector is not null && entry.Endpoints.Count > 0)
            scope.Exclusive(at["endpoints"], "stand beside workloadSelector", "keep one of them");
        if (entry.WorkloadSelector is { } selector)
            LabelRules.CheckSelector(selector.Labels, at["workloadSelector"]["labels"], scope);
        CheckResolution(entry, at, scope);
        for (var i = 0; i < entry.Endpoints.Count; i++)
            CheckEndpoint(entry, entry.Endpoints[i], at["endpoints"][i], scope);
        Visibility.Check(entry.ExportTo, at["exportTo"], mayBeNone: true, scope);
    }

    private static void CheckHost(string host, FieldPath at, ValidationScope scope)
    {
        if (host == "*")
            scope.Add(
                ProblemCatalogue.BadHost,
                at,
                "* is every host there is",
                "name the host, or a wildcard below a domain, as *.example.com"
            );
        else
            Hosts.CheckWildcard(host, at, scope);
    }

    private static void CheckResolution(ServiceEntry entry, FieldPath at, ValidationScope scope)
    {
        var hasEndpoints = entry.Endpoints.Count > 0 || entry.WorkloadSelector is not null;
        switch (entry.Resolution)
        {
            case ServiceResolution.None when entry.Endpoints.Count == 0 && hasEndpoints:
                scope.NoEffect(
                    at["resolution"],
                    "NONE sends connections where clients sent them, whatever workloads are selected",
                    "set resolution: STATIC"
                );
                break;
            case ServiceResolution.None when hasEndpoints:
                scope.Bad(at["resolution"], "NONE takes no endpoints", "use STATIC or DNS, or remove the endpoints");
                break;
            case ServiceResolution.Static when !hasEndpoints:
                scope.NoEffect(
                    at["resolution"],
                    "STATIC has no endpoints, so requests get 503",
                    "add endpoints or workloadSelector"
                );
                break;
            case ServiceResolution.Dns or ServiceResolution.DnsRoundRobin:
                CheckDns(entry, hasEndpoints, at, scope);
                break;
            case ServiceResolution.DynamicDns:
                CheckDynamic(entry, hasEndpoints, at, scope);
                break;
        }
    }

    private static void CheckDns(ServiceEntry entry, bool hasEndpoints, FieldPath at, ValidationScope scope)
    {
        var wildcard = entry.Hosts.FirstOrDefault(static host => host.StartsWith('*'));
        if (!hasEndpoints && wildcard is not null)
            scope.Bad(
                at["resolution"],
                $"{wildcard} is no name that DNS could answer",
                "add endpoints, use NONE, or DYNAMIC_DNS for wildcards"
            );
        if (entry.Resolution == ServiceResolution.DnsRoundRobin && entry.Endpoints.Count > 1)
            scope.Bad(at["endpoints"], "DNS_ROUND_ROBIN takes one endpoint", "keep one, or use DNS");
        for (var i = 0; i < entry.Addresses.Count; i++)
        {
            if (entry.Addresses[i].Contains('/'))
                scope.Add(
                    ProblemCatalogue.BadAddress,
                    at["addresses"][i],
                    "is a range, and a service that resolves by DNS has single addresses",
                    "write one address, or use NONE or STATIC"
                );
        }
    }

    private static void CheckDynamic(ServiceEntry entry, bool hasEndpoints, FieldPath at, ValidationScope scope)
    {
        if (hasEndpoints)
            scope.Bad(
                at["endpoints"],
                "DYNAMIC_DNS resolves the name that the client asked for",
                "remove the endpoints"
            );
        if (!entry.Hosts.All(static host => host.StartsWith("*.", StringComparison.Ordinal)))
            scope.Add(
                ProblemCatalogue.BadHost,
                at["hosts"],
                "DYNAMIC_DNS is for wildcards",
                "write *.domain, or use DNS"
            );
    }

    private static void CheckEndpoint(ServiceEntry entry, WorkloadEntry endpoint, FieldPath at, ValidationScope scope)
    {
        WorkloadEntryValidator.Check(endpoint, at, scope);
        var isUnix = Addresses.IsUnixSocket(endpoint.Address);
        if (entry.Resolution == ServiceResolution.Static)
        {
            if (endpoint.Address.Length > 0 && !isUnix && !IPAddress.TryParse(endpoint.Address, out _))
                scope.Add(
                    ProblemCatalogue.BadAddress,
                    at["address"],
                    $"\"{endpoint.Address}\" is no IP address",
                    "write an IP address or set resolution: DNS"
                );
            if (isUnix && entry.Ports.Count != 1)
                scope.Bad(at["address"], "is a Unix socket, which serves one port", "give the service one port");
        }
        else if (isUnix)
        {
            scope.Add(
                ProblemCatalogue.BadAddress,
                at["address"],
                "is a Unix socket, which no DNS knows",
                "set resolution: STATIC"
            );
        }
        foreach (var name in endpoint.Ports.Keys)
        {
            if (entry.Ports.All(port => port.Name != name))
                scope.Bad(at["ports"][name], "is no port of the service", "use the name of one of its ports");
        }
    }
}
