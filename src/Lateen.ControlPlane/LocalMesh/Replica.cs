// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using Lateen.Config;
using Lateen.Config.Kinds.Local;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// One instance of a workload on this machine. Each has two loopback addresses: what the mesh calls it by, where its
/// sidecar listens, and where its program listens.
/// </summary>
/// <param name="Number">From 1, over all workloads.</param>
/// <param name="Index">From 1, within its workload.</param>
public sealed record Replica(int Number, int Index, ConfigResource<Workload> Resource)
{
    public const int HttpProxyPort = 15007;

    public Workload Workload => Resource.Spec;

    public string Name => $"{Resource.Name}-{Index}";

    /// <summary>Of its proxy's process.</summary>
    public string ProxyName => $"{Name}.proxy";

    /// <summary>What makes it the same replica from one configuration to the next: a gateway does not become a program.</summary>
    public (ConfigKey Workload, int Index, bool IsGateway) Id => (Resource.Key, Index, Workload.IsGateway);

    /// <summary>All that its processes are started with, as one text: they go on for as long as it is the same.</summary>
    public string StartedWith =>
        string.Join(
            '\0',
            [
                Directory,
                .. Workload.Command,
                .. AppEnvironment().Concat(ProxyEnvironment()).Select(static pair => $"{pair.Key}={pair.Value}"),
            ]
        );

    /// <summary>127.0.1.N: the workload's address in the mesh.</summary>
    public IPAddress MeshAddress => IPAddress.Parse($"127.0.1.{Number}");

    /// <summary>127.0.2.N: where the program itself listens.</summary>
    public IPAddress AppAddress => IPAddress.Parse($"127.0.2.{Number}");

    /// <summary>Where the program's files are: beside the document that defines it, or where that says.</summary>
    public string Directory =>
        Path.GetFullPath(Workload.WorkingDirectory, Path.GetDirectoryName(Path.GetFullPath(Resource.At.Source)) ?? ".");

    /// <summary>Environment of the program.</summary>
    public IReadOnlyDictionary<string, string> AppEnvironment()
    {
        var environment = new Dictionary<string, string>(Workload.Env, StringComparer.Ordinal)
        {
            ["HOST"] = AppAddress.ToString(),
            ["POD_NAME"] = Name,
            ["http_proxy"] = $"http://{MeshAddress}:{HttpProxyPort}",
            // Nothing but the sidecar's own address goes around it.
            ["no_proxy"] = "",
        };
        if (Workload.Ports.Count > 0)
            environment["PORT"] = Workload.Ports.Values.First().ToString(CultureInfo.InvariantCulture);
        return environment;
    }

    /// <summary>Environment of the proxy: who it is.</summary>
    public IReadOnlyDictionary<string, string> ProxyEnvironment() =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["INSTANCE_IP"] = MeshAddress.ToString(),
            ["POD_NAME"] = Name,
            ["POD_NAMESPACE"] = Resource.Namespace,
            ["SERVICE_ACCOUNT"] = Workload.ServiceAccount,
            ["ISTIO_META_WORKLOAD_NAME"] = Resource.Name,
            ["ISTIO_META_CLUSTER_ID"] = "lateen",
            ["ISTIO_META_MESH_ID"] = "lateen",
            ["ISTIO_META_ISTIO_VERSION"] = "1.32.0",
            ["ISTIO_META_INTERCEPTION_MODE"] = "NONE",
            ["ISTIO_META_HTTP_PROXY_PORT"] = Workload.IsGateway
                ? ""
                : HttpProxyPort.ToString(CultureInfo.InvariantCulture),
            ["ISTIO_META_APP_ADDRESS"] = AppAddress.ToString(),
            ["ISTIO_META_BIND_ADDRESS"] = Workload.IsGateway ? "127.0.0.1" : MeshAddress.ToString(),
            ["ISTIO_METAJSON_LABELS"] = Labels(),
            ["EXIT_ON_ZERO_ACTIVE_CONNECTIONS"] = "true",
        };

    private string Labels()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in Workload.Labels)
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
