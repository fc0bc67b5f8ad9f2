// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Analysis;

/// <summary>How far an annotation's feature has come.</summary>
internal enum AnnotationStage : byte
{
    Stable,
    Alpha,
    Deprecated,
}

/// <summary>What an annotation's value must be.</summary>
internal enum AnnotationValue : byte
{
    Text,
    Flag,
    Number,
    Ports,
    Ranges,
    Duration,
}

/// <summary>An annotation of Istio's.</summary>
/// <param name="Kinds">Kinds that it can stand on; empty for any.</param>
internal sealed record KnownAnnotation(string Name, AnnotationValue Value, AnnotationStage Stage, params string[] Kinds)
{
    /// <summary>Those that users write; what tools write is let pass by its prefix.</summary>
    public static IReadOnlyDictionary<string, KnownAnnotation> All { get; } =
        new KnownAnnotation[]
        {
            new("sidecar.istio.io/inject", AnnotationValue.Flag, AnnotationStage.Deprecated, "Pod"),
            new("sidecar.istio.io/status", AnnotationValue.Text, AnnotationStage.Stable, "Pod"),
            new("sidecar.istio.io/rewriteAppHTTPProbers", AnnotationValue.Flag, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyImage", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyImageType", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyCPU", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyCPULimit", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyMemory", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/proxyMemoryLimit", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/interceptionMode", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/logLevel", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/componentLogLevel", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/discoveryAddress", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("sidecar.istio.io/userVolume", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/userVolumeMount", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/statsInclusionPrefixes", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("sidecar.istio.io/controlPlaneAuthPolicy", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("status.sidecar.istio.io/port", AnnotationValue.Ports, AnnotationStage.Alpha, "Pod"),
            new(
                "readiness.status.sidecar.istio.io/initialDelaySeconds",
                AnnotationValue.Number,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new(
                "readiness.status.sidecar.istio.io/periodSeconds",
                AnnotationValue.Number,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new(
                "readiness.status.sidecar.istio.io/failureThreshold",
                AnnotationValue.Number,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new(
                "readiness.status.sidecar.istio.io/applicationPorts",
                AnnotationValue.Ports,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new("sidecar.istio.io/agentLogLevel", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/bootstrapOverride", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/enableCoreDump", AnnotationValue.Flag, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/extraStatTags", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("sidecar.istio.io/nativeSidecar", AnnotationValue.Flag, AnnotationStage.Stable, "Pod"),
            new("sidecar.istio.io/statsCompression", AnnotationValue.Flag, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/statsHistogramBuckets", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("sidecar.istio.io/statsInclusionRegexps", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("sidecar.istio.io/statsInclusionSuffixes", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("traffic.sidecar.istio.io/excludeInterfaces", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("istio.io/reroute-virtual-interfaces", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("istio.io/redirect-virtual-interfaces", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("traffic.sidecar.istio.io/includeInboundPorts", AnnotationValue.Ports, AnnotationStage.Alpha, "Pod"),
            new("traffic.sidecar.istio.io/excludeInboundPorts", AnnotationValue.Ports, AnnotationStage.Alpha, "Pod"),
            new("traffic.sidecar.istio.io/includeOutboundPorts", AnnotationValue.Ports, AnnotationStage.Alpha, "Pod"),
            new("traffic.sidecar.istio.io/excludeOutboundPorts", AnnotationValue.Ports, AnnotationStage.Alpha, "Pod"),
            new(
                "traffic.sidecar.istio.io/includeOutboundIPRanges",
                AnnotationValue.Ranges,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new(
                "traffic.sidecar.istio.io/excludeOutboundIPRanges",
                AnnotationValue.Ranges,
                AnnotationStage.Alpha,
                "Pod"
            ),
            new("traffic.sidecar.istio.io/kubevirtInterfaces", AnnotationValue.Text, AnnotationStage.Deprecated, "Pod"),
            new("proxy.istio.io/config", AnnotationValue.Text, AnnotationStage.Stable, "Pod"),
            new("proxy.istio.io/overrides", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("inject.istio.io/templates", AnnotationValue.Text, AnnotationStage.Alpha, "Pod"),
            new("networking.istio.io/exportTo", AnnotationValue.Text, AnnotationStage.Alpha, "Service"),
            new("networking.istio.io/service-type", AnnotationValue.Text, AnnotationStage.Alpha, "Gateway"),
            new(
                "networking.istio.io/traffic-distribution",
                AnnotationValue.Text,
                AnnotationStage.Stable,
                "Service",
                "ServiceEntry",
                "Namespace"
            ),
            new("networking.istio.io/address-type", AnnotationValue.Text, AnnotationStage.Stable, "Gateway"),
            new("gateway.istio.io/controller-version", AnnotationValue.Text, AnnotationStage.Alpha, "Gateway"),
            new("gateway.istio.io/name-override", AnnotationValue.Text, AnnotationStage.Alpha, "Gateway"),
            new("gateway.istio.io/service-account", AnnotationValue.Text, AnnotationStage.Alpha, "Gateway"),
            new("traffic.istio.io/nodeSelector", AnnotationValue.Text, AnnotationStage.Stable, "Service"),
            new("galley.istio.io/analyze-suppress", AnnotationValue.Text, AnnotationStage.Stable),
            new("istio.io/autoRegistrationGroup", AnnotationValue.Text, AnnotationStage.Stable, "WorkloadEntry"),
            new("istio.io/workloadController", AnnotationValue.Text, AnnotationStage.Stable, "WorkloadEntry"),
            new("istio.io/connectedAt", AnnotationValue.Text, AnnotationStage.Stable, "WorkloadEntry"),
            new("istio.io/disconnectedAt", AnnotationValue.Text, AnnotationStage.Stable, "WorkloadEntry"),
            // Kubernetes' own, which Istio reads.
            new("kubernetes.io/ingress.class", AnnotationValue.Text, AnnotationStage.Stable, "Ingress"),
            new("auth.istio.io/8000", AnnotationValue.Text, AnnotationStage.Deprecated, "Service"),
            new("istio.io/dry-run", AnnotationValue.Flag, AnnotationStage.Alpha, "AuthorizationPolicy"),
            new("topology.istio.io/controlPlaneClusters", AnnotationValue.Text, AnnotationStage.Alpha, "Namespace"),
            new("prometheus.istio.io/merge-metrics", AnnotationValue.Flag, AnnotationStage.Alpha, "Pod"),
        }.ToDictionary(static annotation => annotation.Name, StringComparer.Ordinal);
}
