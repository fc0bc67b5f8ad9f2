// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>References between resources: subsets must exist; hosts and gateways should.</summary>
public static class ReferenceAnalysis
{
    /// <summary>Problems by the resource that has them.</summary>
    public static IReadOnlyList<(ConfigKey Key, Problem Problem)> Run(ConfigSnapshot config)
    {
        var problems = new List<(ConfigKey, Problem)>();
        var index = new ReferenceIndex(config);
        var owners = new Dictionary<string, ConfigKey>(StringComparer.Ordinal);
        foreach (var service in config.Of<VirtualService>())
        {
            CheckGateways(service, index, problems);
            for (var i = 0; i < service.Spec.Http.Count; i++)
                CheckRoute(service, $"http[{i}]", Destinations(service.Spec.Http[i]), index, problems);
            for (var i = 0; i < service.Spec.Tcp.Count; i++)
                CheckRoute(service, $"tcp[{i}]", Destinations(service.Spec.Tcp[i]), index, problems);
            CheckHosts(service, owners, problems);
        }
        return problems;
    }

    private static Destination[] Destinations(HttpRule rule) =>
        rule.Route.Select(static share => share.Destination).ToArray();

    private static Destination[] Destinations(TcpRule rule) =>
        rule.Route.Select(static share => share.Destination).ToArray();

    private static void CheckGateways(
        ConfigResource<VirtualService> service,
        ReferenceIndex index,
        List<(ConfigKey, Problem)> problems
    )
    {
        for (var i = 0; i < service.Spec.Gateways.Count; i++)
        {
            var name = service.Spec.Gateways[i];
            if (name != VirtualService.Mesh && !index.HasGateway(name, service.Namespace))
                problems.Add(
                    (
                        service.Key,
                        ProblemCatalogue.UnknownGateway(service.At, service.Key.ToString(), $"spec.gateways[{i}]", name)
                    )
                );
        }
    }

    private static void CheckRoute(
        ConfigResource<VirtualService> service,
        string rule,
        IReadOnlyList<Destination> route,
        ReferenceIndex index,
        List<(ConfigKey, Problem)> problems
    )
    {
        for (var i = 0; i < route.Count; i++)
        {
            var destination = route[i];
            var host = HostNames.Resolve(destination.Host, service.Namespace);
            var field = $"spec.{rule}.route[{i}].destination";
            if (!index.HasHost(host))
                problems.Add(
                    (
                        service.Key,
                        ProblemCatalogue.UnknownHost(service.At, service.Key.ToString(), $"{field}.host", host)
                    )
                );
            if (destination.Subset.Length > 0 && !index.HasSubset(host, destination.Subset))
                problems.Add(
                    (
                        service.Key,
                        ProblemCatalogue.UnknownSubset(
                            service.At,
                            service.Key.ToString(),
                            $"{field}.subset",
                            destination.Subset,
                            host
                        )
                    )
                );
        }
    }

    /// <summary>In the mesh the oldest VirtualService of a host wins; on gateways they are merged.</summary>
    private static void CheckHosts(
        ConfigResource<VirtualService> service,
        Dictionary<string, ConfigKey> owners,
        List<(ConfigKey, Problem)> problems
    )
    {
        if (!service.Spec.Gateways.Contains(VirtualService.Mesh))
            return;
        foreach (var name in service.Spec.Hosts)
        {
            var host = HostNames.Resolve(name, service.Namespace);
            if (!owners.TryAdd(host, service.Key) && owners[host] != service.Key)
                problems.Add(
                    (
                        service.Key,
                        ProblemCatalogue.HostTaken(service.At, service.Key.ToString(), host, owners[host].ToString())
                    )
                );
        }
    }
}
