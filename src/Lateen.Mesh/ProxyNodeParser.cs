// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Lateen.Mesh;

/// <summary>Reads a <see cref="ProxyNode"/> from what an xDS node says, without the wire's types.</summary>
public static class ProxyNodeParser
{
    /// <summary>False, with what is wrong, when no configuration can be made for such a proxy.</summary>
    /// <param name="id">Four parts, joined by <c>~</c>: kind, IP, name and namespace, DNS domain.</param>
    /// <param name="metadata">Top-level fields with text values.</param>
    /// <param name="labels">The field LABELS.</param>
    public static bool TryParse(
        string id,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyDictionary<string, string> labels,
        Locality locality,
        out ProxyNode node,
        out string problem
    )
    {
        node = null!;
        problem = "";
        var parts = id.Split('~');
        if (parts.Length != 4)
        {
            problem =
                $"node id \"{id}\" has {parts.Length} parts; it must be kind~ip~name.namespace~namespace.svc.domain";
            return false;
        }
        if (Kind(parts[0]) is not { } kind)
        {
            problem = $"node id \"{id}\" is of kind \"{parts[0]}\"; this control plane serves sidecar and router";
            return false;
        }
        var address = Text(metadata, "INSTANCE_IPS").Split(',')[0].Trim();
        if (address.Length == 0)
            address = parts[1];
        if (!IPAddress.TryParse(address, out _))
        {
            problem =
                $"node id \"{id}\" has no valid IP address, and INSTANCE_IPS is \"{Text(metadata, "INSTANCE_IPS")}\"";
            return false;
        }
        if (Interception(Text(metadata, "INTERCEPTION_MODE")) is not { } interception)
        {
            problem = $"INTERCEPTION_MODE of {id} is \"{metadata["INTERCEPTION_MODE"]}\"; use REDIRECT, TPROXY or NONE";
            return false;
        }
        var name = Or(Text(metadata, "NAME"), parts[2].Split('.')[0]);
        node = new ProxyNode
        {
            Id = id,
            Kind = kind,
            Address = address,
            Name = name,
            Namespace = Or(Text(metadata, "NAMESPACE"), parts[3].Split('.')[0]),
            Workload = Or(Text(metadata, "WORKLOAD_NAME"), name),
            ServiceAccount = Or(Text(metadata, "SERVICE_ACCOUNT"), "default"),
            Labels = labels,
            ClusterId = Text(metadata, "CLUSTER_ID"),
            Version = Text(metadata, "ISTIO_VERSION"),
            Interception = interception,
            HttpProxyPort = int.TryParse(Text(metadata, "HTTP_PROXY_PORT"), out var port) ? port : 0,
            AppAddress = Or(Text(metadata, "APP_ADDRESS"), "127.0.0.1"),
            BindAddress = Or(Text(metadata, "BIND_ADDRESS"), "0.0.0.0"),
            Locality = locality,
        };
        return true;
    }

    private static ProxyKind? Kind(string text) =>
        text switch
        {
            "sidecar" => ProxyKind.Sidecar,
            "router" => ProxyKind.Gateway,
            _ => null,
        };

    private static InterceptionMode? Interception(string text) =>
        text switch
        {
            "" or "REDIRECT" => InterceptionMode.Redirect,
            "TPROXY" => InterceptionMode.Tproxy,
            "NONE" => InterceptionMode.None,
            _ => null,
        };

    private static string Text(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out var value) ? value : "";

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
