// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>References of a VirtualService. It is in force whatever they lead to: what goes nowhere fails by itself, as in Istio.</summary>
internal static class RouteReferences
{
    /// <summary>Each reference with what is wrong when nobody defines it.</summary>
    public static IEnumerable<(Reference To, Func<Problem> Missing)> Of(ConfigResource<VirtualService> service) =>
        Gateways(service)
            .Concat(
                service.Spec.Http.SelectMany(
                    (rule, i) =>
                        Route(service, $"http[{i}]", rule.Route.Select(static share => share.Destination).ToArray())
                )
            )
            .Concat(
                service.Spec.Tcp.SelectMany(
                    (rule, i) =>
                        Route(service, $"tcp[{i}]", rule.Route.Select(static share => share.Destination).ToArray())
                )
            );

    /// <summary>What is wrong with them: of each field the first thing, since the others follow from it.</summary>
    public static IEnumerable<Problem> ProblemsOf(
        ConfigResource<VirtualService> service,
        Func<Reference, bool> isDefined
    )
    {
        var told = "";
        foreach (var (reference, missing) in Of(service))
        {
            if (isDefined(reference))
                continue;
            var problem = missing();
            if (problem.Field != told)
                yield return problem;
            told = problem.Field;
        }
    }

    /// <summary>Hosts that it would route in the mesh, where the oldest VirtualService of a host wins; on gateways they are merged.</summary>
    public static IEnumerable<string> HostsOf(ConfigResource<VirtualService> service) =>
        service.Spec.Gateways.Contains(VirtualService.Mesh)
            ? service.Spec.Hosts.Select(name => HostNames.Resolve(name, service.Namespace))
            : [];

    private static IEnumerable<(Reference, Func<Problem>)> Gateways(ConfigResource<VirtualService> service)
    {
        for (var i = 0; i < service.Spec.Gateways.Count; i++)
        {
            var (name, index) = (service.Spec.Gateways[i], i);
            if (name != VirtualService.Mesh)
                yield return (
                    Reference.OfGateway(HostNames.Qualify(name, service.Namespace)),
                    () => ProblemCatalogue.UnknownGateway(service.At, Subject(service), $"spec.gateways[{index}]", name)
                );
        }
    }

    private static IEnumerable<(Reference, Func<Problem>)> Route(
        ConfigResource<VirtualService> service,
        string rule,
        IReadOnlyList<Destination> route
    )
    {
        for (var i = 0; i < route.Count; i++)
        {
            var host = HostNames.Resolve(route[i].Host, service.Namespace);
            var (subset, index) = (route[i].Subset, i);
            yield return (
                Reference.Host(host),
                () => ProblemCatalogue.UnknownHost(service.At, Subject(service), Field("host"), host)
            );
            if (subset.Length == 0)
                continue;
            yield return (
                Reference.RulesOf(host),
                () => ProblemCatalogue.UnruledSubset(service.At, Subject(service), Field("subset"), subset, host)
            );
            yield return (
                Reference.OfSubset(host, subset),
                () => ProblemCatalogue.UnknownSubset(service.At, Subject(service), Field("subset"), subset, host)
            );

            string Field(string name) => $"spec.{rule}.route[{index}].destination.{name}";
        }
    }

    private static string Subject(ConfigResource service) => service.Key.ToString();
}
