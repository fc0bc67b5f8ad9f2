// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>References of a VirtualService: subsets must exist; hosts and gateways should.</summary>
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
            if (subset.Length > 0)
                yield return (
                    Reference.OfSubset(host, subset),
                    () => ProblemCatalogue.UnknownSubset(service.At, Subject(service), Field("subset"), subset, host)
                );

            string Field(string name) => $"spec.{rule}.route[{index}].destination.{name}";
        }
    }

    private static string Subject(ConfigResource service) => service.Key.ToString();
}
