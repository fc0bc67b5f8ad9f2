// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Objects.Tables;

/// <summary>The columns of each kind: Istio's, the Gateway API's and Kubernetes'.</summary>
public static class PrinterColumns
{
    private const string GatewayApi = "gateway.networking.k8s.io";

    private static readonly Dictionary<(string Group, string Kind), PrinterColumn[]> s_columns = new()
    {
        [("networking.istio.io", "VirtualService")] =
        [
            PrinterColumn.At("Gateways", ".spec.gateways", "Gateways and sidecars that the routes are for."),
            PrinterColumn.At("Hosts", ".spec.hosts", "Hosts that are routed."),
            PrinterColumn.Age,
        ],
        [("networking.istio.io", "DestinationRule")] =
        [
            PrinterColumn.At("Host", ".spec.host", "Service that the rule is for."),
            PrinterColumn.Age,
        ],
        [("networking.istio.io", "ServiceEntry")] =
        [
            PrinterColumn.At("Hosts", ".spec.hosts", "Names of the service."),
            PrinterColumn.At("Location", ".spec.location", "Whether it is part of the mesh."),
            PrinterColumn.At("Resolution", ".spec.resolution", "How its endpoints are found."),
            PrinterColumn.Age,
        ],
        [("networking.istio.io", "WorkloadEntry")] =
        [
            PrinterColumn.Age,
            PrinterColumn.At("Address", ".spec.address", "Address of the workload."),
        ],
        [("security.istio.io", "PeerAuthentication")] =
        [
            PrinterColumn.At("Mode", ".spec.mtls.mode", "Whether mutual TLS is asked of clients."),
            PrinterColumn.Age,
        ],
        [("security.istio.io", "AuthorizationPolicy")] =
        [
            PrinterColumn.At("Action", ".spec.action", "What the policy does with requests."),
            PrinterColumn.Age,
        ],
        [(GatewayApi, "GatewayClass")] =
        [
            PrinterColumn.At("Controller", ".spec.controllerName", "Who serves gateways of the class."),
            Condition("Accepted"),
            PrinterColumn.Age,
            PrinterColumn.At("Description", ".spec.description", "What the class is for.", priority: 1),
        ],
        [(GatewayApi, "Gateway")] =
        [
            PrinterColumn.At("Class", ".spec.gatewayClassName", "Class of the gateway."),
            PrinterColumn.At("Address", ".status.addresses[*].value", "Where it is reached."),
            Condition("Programmed"),
            PrinterColumn.Age,
        ],
        [("coordination.k8s.io", "Lease")] =
        [
            PrinterColumn.At("Holder", ".spec.holderIdentity", "Who holds it."),
            PrinterColumn.Age,
        ],
        [(GatewayApi, "HTTPRoute")] = [Hostnames(), PrinterColumn.Age],
        [(GatewayApi, "GRPCRoute")] = [Hostnames(), PrinterColumn.Age],
    };

    /// <summary>The columns of a kind behind the name; where nothing is said of it, the age.</summary>
    public static IReadOnlyList<PrinterColumn> Of(KindSchema kind) =>
        kind.Group is "" or "discovery.k8s.io" ? CoreColumns.Of(kind.Name)
        : s_columns.TryGetValue((kind.Group, kind.Name), out var columns) ? columns
        : [PrinterColumn.Age];

    private static PrinterColumn Hostnames() =>
        PrinterColumn.At("Hostnames", ".spec.hostnames", "Hosts that are routed.");

    private static PrinterColumn Condition(string type) =>
        PrinterColumn.At(type, $".status.conditions[?(@.type==\"{type}\")].status", $"Status of the condition {type}.");
}
