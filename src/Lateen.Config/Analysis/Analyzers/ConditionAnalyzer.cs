// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Statuses that were written down with their objects: what a control plane said was not so.</summary>
internal static class ConditionAnalyzer
{
    private const string WaypointAccepted = "WaypointAccepted";

    private static readonly string[] s_waypoint = ["istio.io/WaypointBound"];
    private static readonly string[] s_policy = ["ZtunnelAccepted", WaypointAccepted];
    private static readonly string[] s_gatewayApi = ["Accepted", "Programmed", "ResolvedRefs"];

    public static void Run(AnalysisContext context)
    {
        foreach (var resource in context.Config.Resources)
        {
            if (resource.Conditions.Count == 0)
                continue;
            var types = TypesOf(resource);
            foreach (var condition in resource.Conditions)
            {
                // Partly is told as True.
                var isPartial =
                    resource is ConfigResource<AuthorizationPolicy>
                    && condition is { Type: WaypointAccepted, Reason: "PartiallyInvalid" };
                if (isPartial || (condition.Status == "False" && types.Contains(condition.Type)))
                    context.Tell(
                        resource,
                        IstioMessage.NegativeConditionStatus,
                        condition.Field,
                        $"{condition.Type} was {condition.Status} ({condition.Reason}) when this was written down: {condition.Message}",
                        "mend what it names"
                    );
            }
        }
    }

    private static string[] TypesOf(ConfigResource resource) =>
        resource switch
        {
            ConfigResource<Service> or ConfigResource<ServiceEntry> => s_waypoint,
            ConfigResource<AuthorizationPolicy> => s_policy,
            ConfigResource<KubernetesGateway> or ConfigResource<HttpRoute> or ConfigResource<GrpcRoute> => s_gatewayApi,
            _ => [],
        };
}
