// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Tables;

/// <summary>What <c>kubectl get</c> shows of Kubernetes' own kinds.</summary>
internal static class CoreColumns
{
    private const string None = "<none>";

    /// <summary>As many as kubectl lists before it says how many more there are.</summary>
    private const int MaxListed = 3;

    private static readonly PrinterColumn[] s_other = [PrinterColumn.Age];

    private static readonly Dictionary<string, PrinterColumn[]> s_columns = new(StringComparer.Ordinal)
    {
        ["Namespace"] =
        [
            PrinterColumn.Text("Status", "Active, or Terminating.", static item => item.Member("status").Text("phase")),
            PrinterColumn.Age,
        ],
        ["Service"] =
        [
            PrinterColumn.Text(
                "Type",
                "How it is exposed.",
                static item => item.Member("spec").Text("type") ?? "ClusterIP"
            ),
            PrinterColumn.Text(
                "Cluster-IP",
                "Its address.",
                static item => item.Member("spec").Text("clusterIP") ?? None
            ),
            PrinterColumn.Text("External-IP", "Addresses outside of the cluster.", ExternalAddress),
            PrinterColumn.Text("Port(s)", "Its ports.", static item => Ports(item.Member("spec").Member("ports"))),
            PrinterColumn.Age,
            PrinterColumn.Text(
                "Selector",
                "Labels of its pods.",
                static item => Labels(item.Member("spec").Member("selector")),
                1
            ),
        ],
        ["ConfigMap"] =
        [
            PrinterColumn.Number(
                "Data",
                "Number of entries.",
                static item => Count(item.Member("data")) + Count(item.Member("binaryData"))
            ),
            PrinterColumn.Age,
        ],
        ["Secret"] =
        [
            PrinterColumn.Text("Type", "What it is used for.", static item => item.Text("type") ?? "Opaque"),
            PrinterColumn.Number("Data", "Number of entries.", static item => Count(item.Member("data"))),
            PrinterColumn.Age,
        ],
        ["ServiceAccount"] =
        [
            PrinterColumn.Number("Secrets", "Number of secrets.", static item => Count(item.Member("secrets"))),
            PrinterColumn.Age,
        ],
        ["Endpoints"] =
        [
            PrinterColumn.Text(
                "Endpoints",
                "Addresses with their ports.",
                static item => Listed(SubsetAddresses(item))
            ),
            PrinterColumn.Age,
        ],
        ["EndpointSlice"] =
        [
            PrinterColumn.Text("AddressType", "IPv4, IPv6 or FQDN.", static item => item.Text("addressType")),
            PrinterColumn.Text(
                "Ports",
                "Ports of all endpoints.",
                static item => Listed(Numbers(item.Member("ports")))
            ),
            PrinterColumn.Text("Endpoints", "Addresses.", static item => Listed(SliceAddresses(item))),
            PrinterColumn.Age,
        ],
        ["Pod"] =
        [
            PrinterColumn.Text("Ready", "Containers that are ready, of all.", static item => Ready(item)),
            PrinterColumn.Text("Status", "Phase of the pod.", static item => item.Member("status").Text("phase")),
            PrinterColumn.Age,
            PrinterColumn.Text(
                "IP",
                "Address of the pod.",
                static item => item.Member("status").Text("podIP") ?? None,
                1
            ),
            PrinterColumn.Text(
                "Node",
                "Where it runs.",
                static item => item.Member("spec").Text("nodeName") ?? None,
                1
            ),
        ],
        ["Node"] =
        [
            PrinterColumn.At("Status", ".status.conditions[?(@.type==\"Ready\")].status", "Whether it is ready."),
            PrinterColumn.Age,
        ],
    };

    public static IReadOnlyList<PrinterColumn> Of(string kind) => s_columns.GetValueOrDefault(kind, s_other);

    private static string ExternalAddress(JsonObject service)
    {
        if (service.Member("spec").Text("type") == "ExternalName")
            return service.Member("spec").Text("externalName") ?? None;
        var addresses = service
            .Member("spec")
            .Member("externalIPs")
            .Items()
            .Select(static item => item.AsText())
            .OfType<string>();
        var balanced = service
            .Member("status")
            .Member("loadBalancer")
            .Member("ingress")
            .Items()
            .Select(static item => item.Text("ip") ?? item.Text("hostname"))
            .OfType<string>();
        return string.Join(',', balanced.Concat(addresses)) is { Length: > 0 } text ? text : None;
    }

    private static string Ports(JsonNode? ports)
    {
        var texts = ports
            .Items()
            .Select(static port =>
            {
                var node = port.Member("nodePort") is { } number ? $":{number.ToJsonString()}" : "";
                return $"{port.Member("port")?.ToJsonString()}{node}/{port.Text("protocol") ?? "TCP"}";
            });
        return string.Join(',', texts) is { Length: > 0 } text ? text : None;
    }

    private static IEnumerable<string> SubsetAddresses(JsonObject endpoints) =>
        endpoints
            .Member("subsets")
            .Items()
            .SelectMany(static subset =>
                subset
                    .Member("ports")
                    .Items()
                    .SelectMany(port =>
                        subset
                            .Member("addresses")
                            .Items()
                            .Select(address => $"{address.Text("ip")}:{port.Member("port")?.ToJsonString()}")
                    )
            );

    private static IEnumerable<string> SliceAddresses(JsonObject slice) =>
        slice
            .Member("endpoints")
            .Items()
            .SelectMany(static endpoint => endpoint.Member("addresses").Items())
            .Select(static item => item.AsText())
            .OfType<string>();

    private static IEnumerable<string> Numbers(JsonNode? ports) =>
        ports.Items().Select(static port => port.Member("port")?.ToJsonString() ?? "*");

    private static string Ready(JsonObject pod)
    {
        var ready = pod.Member("status")
            .Member("containerStatuses")
            .Items()
            .Count(static status => status.Member("ready")?.ToJsonString() == "true");
        return $"{ready}/{Count(pod.Member("spec").Member("containers"))}";
    }

    private static string Labels(JsonNode? labels) =>
        labels is JsonObject { Count: > 0 } map
            ? string.Join(
                ',',
                map.OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                    .Select(static entry => $"{entry.Key}={entry.Value}")
            )
            : None;

    private static string Listed(IEnumerable<string> all)
    {
        var texts = all.ToList();
        return texts.Count == 0 ? "<unset>"
            : texts.Count <= MaxListed ? string.Join(',', texts)
            : $"{string.Join(',', texts.Take(MaxListed))} + {texts.Count - MaxListed} more...";
    }

    private static int Count(JsonNode? node) => node is JsonObject map ? map.Count : (node as JsonArray)?.Count ?? 0;
}
