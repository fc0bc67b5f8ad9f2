// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>VirtualServices that no proxy of their Gateway sees, as far as proxies are known: the proxies' namespace counts, not the Gateway's.</summary>
internal static class GatewayReachAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        var hidden = context
            .Config.Of<VirtualService>()
            .Select(service => (Service: service, Exports: context.Exports.Of(service)))
            .Where(static entry => !entry.Exports.IsPublic)
            .ToArray();
        if (hidden.Length == 0 || context.Workloads.IsEmpty)
            return;
        var proxies = context
            .Config.Of<Gateway>()
            // Files that nobody put together may define one twice.
            .DistinctBy(static gateway => gateway.Key)
            .ToDictionary(
                static gateway => $"{gateway.Namespace}/{gateway.Name}",
                gateway => NamespacesOf(gateway, context),
                StringComparer.Ordinal
            );
        foreach (var (service, exports) in hidden)
        {
            foreach (var name in service.Spec.Gateways)
            {
                var gateway = HostNames.Qualify(name, service.Namespace);
                if (
                    name == VirtualService.Mesh
                    || !proxies.TryGetValue(gateway, out var namespaces)
                    || namespaces.Length == 0
                    || namespaces.Any(exports.IsSeenIn)
                )
                    continue;
                context.Tell(
                    ProblemCatalogue.UnseenByGateway(
                        service.At,
                        service.Key.ToString(),
                        "spec.exportTo",
                        gateway,
                        string.Join(", ", namespaces)
                    )
                );
            }
        }
    }

    private static string[] NamespacesOf(ConfigResource<Gateway> gateway, AnalysisContext context) =>
        context
            .Workloads.Select(null, gateway.Spec.Selector)
            .Select(static workload => workload.Resource.Namespace)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
}
