// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Stats;

namespace Lateen.Agent;

/// <summary>Which workload this proxy belongs to, as pilot-agent learns it from its environment.</summary>
public sealed record ProxyIdentity
{
    /// <summary><c>sidecar</c> or <c>router</c>.</summary>
    public required string Role { get; init; }

    /// <summary><c>INSTANCE_IP</c>.</summary>
    public required string Address { get; init; }

    /// <summary><c>POD_NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>POD_NAMESPACE</c>: default.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary><c>SERVICE_ACCOUNT</c>: default.</summary>
    public string ServiceAccount { get; init; } = "default";

    /// <summary><c>ISTIO_META_WORKLOAD_NAME</c>.</summary>
    public string Workload { get; init; } = "";

    /// <summary>Labels of the workload.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What else the control plane is told, by key: <c>ISTIO_META_*</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary><c>region/zone/subzone</c>.</summary>
    public string Locality { get; init; } = "";

    /// <summary>Node id on the wire: <c>sidecar~10.0.0.1~reviews-1.default~default.svc.cluster.local</c>.</summary>
    public string NodeId => $"{Role}~{Address}~{Name}.{Namespace}~{Namespace}.svc.cluster.local";

    /// <summary>Node cluster on the wire: <c>reviews.default</c>.</summary>
    public string ServiceCluster =>
        $"{Labels.GetValueOrDefault("app", Workload.Length > 0 ? Workload : Name)}.{Namespace}";

    /// <summary>What metrics say of this workload.</summary>
    public WorkloadLabels ToWorkloadLabels()
    {
        var app = Labels.GetValueOrDefault("app", WorkloadLabels.Unknown);
        var version = Labels.GetValueOrDefault("version", WorkloadLabels.Unknown);
        var workload = Workload.Length > 0 ? Workload : Name;
        return new WorkloadLabels
        {
            Workload = workload,
            Namespace = Namespace,
            App = app,
            Version = version,
            CanonicalService = Labels.GetValueOrDefault(
                "service.istio.io/canonical-name",
                app == WorkloadLabels.Unknown ? workload : app
            ),
            CanonicalRevision = Labels.GetValueOrDefault(
                "service.istio.io/canonical-revision",
                version == WorkloadLabels.Unknown ? "latest" : version
            ),
            Cluster = Metadata.GetValueOrDefault("CLUSTER_ID", WorkloadLabels.Unknown),
            ServiceCluster = ServiceCluster,
            Address = Address,
        };
    }
}
