// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Lateen.Discovery;
using Lateen.Mesh;
using Lateen.Xds;

namespace Lateen.ControlPlane.Debug;

/// <summary>The debug documents, in istiod's shapes.</summary>
internal sealed class DebugPages(MeshState mesh, ProxyRegistry proxies)
{
    /// <summary>Names that syncz gives the types, in its order.</summary>
    private static readonly (string Name, string TypeUrl)[] s_types =
    [
        ("cluster", TypeUrls.Cluster),
        ("listener", TypeUrls.Listener),
        ("route", TypeUrls.Route),
        ("endpoint", TypeUrls.Endpoints),
    ];

    public static string VersionText { get; } = typeof(DebugPages).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public byte[] Version() =>
        JsonPage.Write(static json =>
        {
            json.WriteStartObject();
            json.WriteString("version", VersionText);
            json.WriteEndObject();
        });

    /// <summary>How far each proxy is: SYNCED where sent equals acked.</summary>
    public byte[] Syncz() => JsonPage.Array(proxies.Connections, WriteSync);

    public byte[] Adsz() =>
        JsonPage.Write(json =>
        {
            var connections = proxies.Connections;
            json.WriteStartObject();
            json.WriteNumber("totalClients", connections.Count);
            json.WriteStartArray("clients");
            foreach (var connection in connections)
                WriteClient(json, connection);
            json.WriteEndArray();
            json.WriteEndObject();
        });

    public byte[] Configz() =>
        JsonPage.Array(
            mesh.Config.Resources,
            static (json, resource) =>
            {
                json.WriteString("kind", resource.Key.Kind);
                json.WriteString("namespace", resource.Namespace);
                json.WriteString("name", resource.Name);
                json.WriteString("source", resource.At.ToString());
                json.Map("labels", resource.Metadata.Labels);
            }
        );

    public byte[] Registryz() =>
        JsonPage.Array(
            mesh.Mesh.Services,
            static (json, service) =>
            {
                json.WriteString("hostname", service.Host);
                json.WriteStartArray("ports");
                foreach (var port in service.Ports)
                {
                    json.WriteStartObject();
                    json.WriteString("name", port.Name);
                    json.WriteNumber("port", port.Number);
                    json.WriteString("protocol", port.Protocol);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteString("resolution", service.Resolution.ToString());
                json.WriteBoolean("meshExternal", service.IsExternal);
                json.WriteStartObject("Attributes");
                json.WriteString("name", service.Name);
                json.WriteString("namespace", service.Namespace);
                json.Map("labelSelectors", service.Selector);
                json.WriteEndObject();
            }
        );

    public byte[] Endpointz() =>
        JsonPage.Array(
            mesh.Mesh.Services,
            static (json, service) =>
            {
                json.WriteString("svc", service.Host);
                json.WriteStartArray("ep");
                foreach (var endpoint in service.Endpoints)
                    WriteEndpoint(json, endpoint);
                json.WriteEndArray();
            }
        );

    /// <summary>What a connected proxy gets: <c>name.namespace</c> or its node id; null when there is none such.</summary>
    public byte[]? ConfigDump(string proxy)
    {
        var node = proxies
            .Connections.Select(static connection => connection.Node!)
            .FirstOrDefault(node => node.Id == proxy || $"{node.Name}.{node.Namespace}" == proxy);
        return node is null ? null : SnapshotJson.Write(mesh.SnapshotFor(node));
    }

    private static void WriteSync(Utf8JsonWriter json, ProxyConnection connection)
    {
        var node = connection.Node!;
        json.WriteString("cluster_id", node.ClusterId);
        json.WriteString("proxy", $"{node.Name}.{node.Namespace}");
        json.WriteString("proxy_type", node.Kind == ProxyKind.Gateway ? "router" : "sidecar");
        json.WriteString("proxy_version", node.Version);
        json.WriteString("istio_version", node.Version);
        var status = connection.Status.ToDictionary(static watch => watch.TypeUrl, StringComparer.Ordinal);
        foreach (var (name, type) in s_types)
        {
            json.WriteString($"{name}_sent", status.GetValueOrDefault(type)?.SentNonce ?? "");
            json.WriteString($"{name}_acked", status.GetValueOrDefault(type)?.AckedNonce ?? "");
        }
        json.WriteStartObject("resources");
        foreach (var watch in connection.Status)
        {
            json.WriteStartObject(watch.TypeUrl);
            json.WriteString("sent", watch.SentNonce);
            json.WriteString("acked", watch.AckedNonce);
            json.WriteString("sentTime", watch.SentAt);
            json.WriteString("lastError", watch.LastError);
            json.WriteNumber("count", watch.Count);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteClient(Utf8JsonWriter json, ProxyConnection connection)
    {
        var node = connection.Node!;
        json.WriteStartObject();
        json.WriteString("connectionId", node.Id);
        json.WriteString("connectedAt", connection.ConnectedAt);
        json.WriteString("address", connection.Peer);
        json.Map("labels", node.Labels);
        json.WriteStartObject("watches");
        foreach (var watch in connection.Status)
            json.Texts(watch.TypeUrl, watch.Names);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEndpoint(Utf8JsonWriter json, WorkloadEndpoint endpoint)
    {
        json.WriteStartObject();
        json.WriteString("name", $"{endpoint.Name}.{endpoint.Namespace}");
        json.WriteString("address", endpoint.Address);
        json.WriteNumber("weight", endpoint.Weight);
        json.WriteString("health", endpoint.Health.ToString());
        json.Map("labels", endpoint.Labels);
        json.WriteEndObject();
    }
}
