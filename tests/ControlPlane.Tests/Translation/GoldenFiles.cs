// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using ControlPlane.Tests.Fixtures;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Lateen.Mesh;
using Lateen.Translation;

namespace ControlPlane.Tests.Translation;

/// <summary>One case: a folder with <c>input.yaml</c> and a JSON file for each type of resource.</summary>
/// <remarks>Comments at the top of the input: <c># proxy: sidecar ADDRESS LABELS [NAMESPACE]</c> or <c># proxy: gateway LABELS</c>,
/// <c># access-log: FILE</c>, <c># warning: TEXT</c>.</remarks>
internal sealed class GoldenFiles
{
    private static readonly JsonFormatter s_json = new(
        JsonFormatter
            .Settings.Default.WithIndentation("  ")
            .WithPreserveProtoFieldNames(true)
            .WithTypeRegistry(
                TypeRegistry.FromFiles(
                    Envoy.Config.Cluster.V3.ClusterReflection.Descriptor,
                    Envoy.Config.Endpoint.V3.EndpointReflection.Descriptor,
                    Envoy.Config.Listener.V3.ListenerReflection.Descriptor,
                    Envoy.Config.Route.V3.RouteReflection.Descriptor,
                    Envoy.Extensions.AccessLoggers.File.V3.FileReflection.Descriptor,
                    Envoy.Extensions.Filters.Http.GrpcStats.V3.ConfigReflection.Descriptor,
                    Envoy.Extensions.Filters.Http.GrpcWeb.V3.GrpcWebReflection.Descriptor,
                    Envoy.Extensions.Filters.Http.Router.V3.RouterReflection.Descriptor,
                    Envoy
                        .Extensions
                        .Filters
                        .Network
                        .HttpConnectionManager
                        .V3
                        .HttpConnectionManagerReflection
                        .Descriptor,
                    Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxyReflection.Descriptor,
                    Envoy.Extensions.RequestId.Uuid.V3.UuidReflection.Descriptor,
                    Envoy.Extensions.Retry.Host.PreviousHosts.V3.PreviousHostsReflection.Descriptor,
                    Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptionsReflection.Descriptor,
                    Stats.PluginConfigReflection.Descriptor
                )
            )
    );

    private readonly string _folder;

    public GoldenFiles(string name)
    {
        _folder = Path.Combine(Root(), name);
        Input = File.ReadAllText(Path.Combine(_folder, "input.yaml"));
        var words = Comments("proxy").Single().Split(' ');
        Proxy =
            words[0] == "gateway"
                ? MeshFixture.Gateway(words[1])
                : MeshFixture.Sidecar(words[1], words[2], words.ElementAtOrDefault(3) ?? "default");
        AccessLogFile = Comments("access-log").SingleOrDefault() ?? "";
        Warnings = Comments("warning").ToArray();
    }

    public string Input { get; }

    public ProxyNode Proxy { get; }

    public string AccessLogFile { get; }

    public string[] Warnings { get; }

    public static string[] Names() =>
        Directory.GetDirectories(Root()).Select(static folder => Path.GetFileName(folder)!).Order().ToArray();

    public void AssertMatches(ResourceSet set)
    {
        var type = set.TypeUrl[(set.TypeUrl.LastIndexOf('.') + 1)..];
        var path = Path.Combine(_folder, $"{type}.json");
        var actual = set.Resources.Count == 0 ? null : Format(set);
        if (Environment.GetEnvironmentVariable("LATEEN_UPDATE_GOLDEN") == "1")
        {
            if (actual is null)
                File.Delete(path);
            else
                File.WriteAllText(path, actual);
        }
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : null, actual);
    }

    private static string Format(ResourceSet set)
    {
        var parts = set.Resources.Select(static resource => s_json.Format(resource.Body));
        return $"[\n{string.Join(",\n", parts)}\n]\n";
    }

    private IEnumerable<string> Comments(string key) =>
        Input
            .Split('\n')
            .TakeWhile(static line => line.StartsWith('#'))
            .Where(line => line.StartsWith($"# {key}: ", StringComparison.Ordinal))
            .Select(line => line[(key.Length + 4)..].Trim());

    private static string Root([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Golden");
}
