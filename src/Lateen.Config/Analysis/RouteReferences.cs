// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Analysis.Analyzers;
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>References of a VirtualService. It is in force whatever they lead to: what goes nowhere fails by itself, as in Istio.</summary>
internal static class RouteReferences
{
    /// <summary>All that decides about <see cref="ProblemsOf"/>.</summary>
    public static IEnumerable<Reference> Of(ConfigResource<VirtualService> service)
    {
        foreach (var (_, reference, _) in Gateways(service))
            yield return reference;
        foreach (var (_, destination) in Routes.DestinationsOf(service.Spec))
        {
            var host = HostNames.Resolve(destination.Host, service.Namespace);
            yield return Reference.Host(host);
            if (destination.Subset.Length == 0)
                continue;
            foreach (var name in RuleNames(host))
            {
                yield return Reference.RulesOf(name);
                yield return Reference.OfSubset(name, destination.Subset);
            }
        }
    }

    /// <summary>What is wrong with them.</summary>
    /// <param name="isDefined">Whether anybody defines it.</param>
    public static IEnumerable<Problem> ProblemsOf(
        ConfigResource<VirtualService> service,
        Func<Reference, bool> isDefined
    )
    {
        var subject = service.Key.ToString();
        foreach (var (field, gateway, name) in Gateways(service))
        {
            if (!isDefined(gateway))
                yield return ProblemCatalogue.UnknownGateway(service.At, subject, field, name);
        }
        foreach (var (field, destination) in Routes.DestinationsOf(service.Spec))
        {
            var (host, subset) = (HostNames.Resolve(destination.Host, service.Namespace), destination.Subset);
            if (!isDefined(Reference.Host(host)))
                yield return ProblemCatalogue.UnknownHost(service.At, subject, $"{field}.host", host);
            if (subset.Length == 0)
                continue;
            // Rules of a closer name hide those of a wider one.
            var ruled = RuleNames(host).FirstOrDefault(name => isDefined(Reference.RulesOf(name)));
            if (ruled is null)
                yield return ProblemCatalogue.UnruledSubset(service.At, subject, $"{field}.subset", subset, host);
            else if (!isDefined(Reference.OfSubset(ruled, subset)))
                yield return ProblemCatalogue.UnknownSubset(service.At, subject, $"{field}.subset", subset, host);
        }
    }

    /// <summary>Hosts that it would route in the mesh, where the oldest VirtualService of a host wins; on gateways they are merged.</summary>
    public static IEnumerable<string> HostsOf(ConfigResource<VirtualService> service) =>
        service.Spec.Gateways.Contains(VirtualService.Mesh)
            ? service.Spec.Hosts.Select(name => HostNames.Resolve(name, service.Namespace))
            : [];

    private static IEnumerable<(string Field, Reference Gateway, string Name)> Gateways(
        ConfigResource<VirtualService> service
    )
    {
        for (var i = 0; i < service.Spec.Gateways.Count; i++)
        {
            var name = service.Spec.Gateways[i];
            if (name != VirtualService.Mesh)
                yield return (
                    $"spec.gateways[{i}]",
                    Reference.OfGateway(HostNames.Qualify(name, service.Namespace)),
                    name
                );
        }
    }

    /// <summary>Hosts whose DestinationRules may be those of a host, the closest first: itself, and with a star for ever more of it.</summary>
    private static IEnumerable<string> RuleNames(string host)
    {
        yield return host;
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
            yield return $"*{host[dot..]}";
        yield return "*";
    }
}
