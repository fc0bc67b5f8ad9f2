// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Clusters;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>
/// What all requests in one direction to one service have in common in Istio's standard metrics. An object of its own, so
/// that its reference is the key of their series.
/// </summary>
/// <param name="reporter">Outbound proxies report as source, inbound ones as destination.</param>
internal sealed class IstioContext(bool isInbound, WorkloadLabels self, ServiceIdentity? service)
{
    /// <summary>Labels in Istio's order of emission, up to and without <c>request_protocol</c>.</summary>
    public void AppendTo(StringBuilder labels)
    {
        var source = isInbound ? WorkloadLabels.Nobody : self;
        var destination = isInbound ? self : WorkloadLabels.Nobody;
        Labels.Append(labels, "reporter", isInbound ? "destination" : "source");
        Labels.Append(labels, "source_workload", source.Workload);
        Labels.Append(labels, "source_canonical_service", source.CanonicalService);
        Labels.Append(labels, "source_canonical_revision", source.CanonicalRevision);
        Labels.Append(labels, "source_workload_namespace", source.Namespace);
        Labels.Append(labels, "source_principal", source.Principal);
        Labels.Append(labels, "source_app", source.App);
        Labels.Append(labels, "source_version", source.Version);
        Labels.Append(labels, "source_cluster", source.Cluster);
        Labels.Append(labels, "destination_workload", destination.Workload);
        Labels.Append(labels, "destination_workload_namespace", destination.Namespace);
        Labels.Append(labels, "destination_principal", destination.Principal);
        Labels.Append(labels, "destination_app", destination.App);
        Labels.Append(labels, "destination_version", destination.Version);
        Labels.Append(labels, "destination_service", service?.Host ?? WorkloadLabels.Unknown);
        Labels.Append(labels, "destination_canonical_service", destination.CanonicalService);
        Labels.Append(labels, "destination_canonical_revision", destination.CanonicalRevision);
        Labels.Append(labels, "destination_service_name", service?.Name ?? WorkloadLabels.Unknown);
        Labels.Append(labels, "destination_service_namespace", service?.Namespace ?? WorkloadLabels.Unknown);
        Labels.Append(labels, "destination_cluster", destination.Cluster);
    }

    /// <summary>Whether the connection had mutual TLS; only the receiving side can say.</summary>
    public string SecurityPolicy => isInbound ? "none" : WorkloadLabels.Unknown;
}
