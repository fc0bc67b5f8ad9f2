// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Extensions;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Selectors that hit workloads, and do nothing there: proxies of the Gateway API are named by targetRefs, and ambient pods have no sidecar.</summary>
internal static class IneffectiveSelectors
{
    private const string GatewayName = "gateway.networking.k8s.io/gateway-name";
    private const string Redirection = "ambient.istio.io/redirection";

    public static void Run(AnalysisContext context)
    {
        foreach (var policy in context.Config.Of<AuthorizationPolicy>())
            Check(policy, policy.Spec.Selector, policy.Spec.TargetRef, policy.Spec.TargetRefs, context);
        foreach (var policy in context.Config.Of<RequestAuthentication>())
            Check(policy, policy.Spec.Selector, policy.Spec.TargetRef, policy.Spec.TargetRefs, context);
        foreach (var policy in context.Config.Of<TelemetryPolicy>())
            Check(policy, policy.Spec.Selector, policy.Spec.TargetRef, policy.Spec.TargetRefs, context);
        foreach (var plugin in context.Config.Of<WasmPlugin>())
            Check(plugin, plugin.Spec.Selector, plugin.Spec.TargetRef, plugin.Spec.TargetRefs, context);
        foreach (var sidecar in context.Config.Of<Sidecar>())
            CheckAmbient(sidecar, context);
    }

    private static void Check(
        ConfigResource resource,
        LabelSelector? selector,
        PolicyTarget? target,
        IReadOnlyList<PolicyTarget> targets,
        AnalysisContext context
    )
    {
        if (target is not null || targets.Count > 0 || selector is not { MatchLabels: { Count: > 0 } labels })
            return;
        var gateway = context
            .Workloads.Select(resource.Namespace, labels)
            .Select(static workload => workload.Labels.GetValueOrDefault(GatewayName))
            .FirstOrDefault(static name => name is not null);
        if (gateway is not null)
            context.Tell(
                resource,
                IstioMessage.IneffectiveSelector,
                "spec.selector",
                $"selects proxies of the Gateway {gateway} of the Gateway API, where selectors do nothing",
                "name the Gateway in targetRefs"
            );
    }

    private static void CheckAmbient(ConfigResource<Sidecar> sidecar, AnalysisContext context)
    {
        if (sidecar.Spec.WorkloadSelector is { Labels: { Count: > 0 } labels })
        {
            var hit = context
                .Workloads.Select(sidecar.Namespace, labels)
                .FirstOrDefault(static workload =>
                    workload.Pod?.Annotations.GetValueOrDefault(Redirection) == "enabled"
                );
            if (hit is not null)
                Tell(sidecar, $"{hit.Resource.Key} is in ambient mode and has no sidecar", context);
            return;
        }
        var isAmbient = context
            .Config.Of<Namespace>()
            .Any(ns =>
                ns.Name == sidecar.Namespace
                && ns.Metadata.Labels.GetValueOrDefault("istio.io/dataplane-mode") == "ambient"
                && !KnownPod.IsInjected(ns.Metadata.Labels)
            );
        if (isAmbient)
            Tell(sidecar, $"the namespace {sidecar.Namespace} is in ambient mode, without sidecars", context);
    }

    private static void Tell(ConfigResource<Sidecar> sidecar, string what, AnalysisContext context) =>
        context.Tell(sidecar, IstioMessage.IneffectivePolicy, "spec", what, "remove it, or inject sidecars");
}
