// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Lateen.Cli.Up;
using Lateen.ControlPlane.LocalMesh;
using Microsoft.Extensions.Logging;

namespace Lateen.Cli.Demo;

/// <summary>The Bookinfo sample as a running mesh, with its routing in files of its own that may be edited.</summary>
internal sealed class DemoMesh : IAsyncDisposable
{
    public static readonly Uri Gateway = new("http://127.0.0.1:8080/");

    private const string StateDirectory = ".lateen";
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string _routesFile;

    public DemoMesh(string root, ILoggerFactory logs)
    {
        var sample = Path.Combine(root, "samples", "bookinfo");
        var state = Path.Combine(root, StateDirectory);
        var config = Path.Combine(state, "config");
        if (Directory.Exists(config))
            Directory.Delete(config, recursive: true);
        Directory.CreateDirectory(config);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sample, "routing")))
            File.Copy(file, Path.Combine(config, Path.GetFileName(file)));
        _routesFile = Path.Combine(config, "reviews.yaml");
        var proxy =
            Programs.FindProxy() ?? throw new DemoException("there is no lateen-proxy, though it was built just now");
        Mesh = new LocalMesh(
            new LocalMeshOptions
            {
                ConfigPaths = [config, Path.Combine(sample, "workloads.yaml")],
                StateDirectory = state,
                LateenExecutable = Programs.Lateen,
                ProxyExecutable = proxy,
                XdsPort = FreePort.Near(15010),
                MonitoringPort = FreePort.Near(15014),
            },
            TimeProvider.System,
            logs
        );
    }

    public LocalMesh Mesh { get; }

    /// <summary>The file with the weights of reviews.</summary>
    public string RoutesFile => _routesFile;

    public Task StartAsync(CancellationToken cancel) => Mesh.StartAsync(s_startLimit, cancel);

    /// <summary>Writes the weights of reviews v1 and v3 into their file, as an editor would.</summary>
    public Task ShiftAsync(int v1, int v3, CancellationToken cancel) =>
        File.WriteAllTextAsync(
            _routesFile,
            $$"""
            # Jason sees v2; everybody else v1 or v3.
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
            spec:
              hosts: [reviews]
              http:
                - match:
                    - headers:
                        end-user: {exact: jason}
                  route:
                    - destination: {host: reviews, subset: v2}
                - route:
                    - destination: {host: reviews, subset: v1}
                      weight: {{v1}}
                    - destination: {host: reviews, subset: v3}
                      weight: {{v3}}

            """,
            cancel
        );

    /// <summary>What the control plane knows of its proxies; empty while it is away.</summary>
    public async Task<IReadOnlyList<ProxySync>> SyncAsync(CancellationToken cancel)
    {
        try
        {
            await using var body = await _client
                .GetStreamAsync(new Uri(Mesh.Monitoring, "debug/syncz"), cancel)
                .ConfigureAwait(false);
            using var document = await JsonDocument.ParseAsync(body, default, cancel).ConfigureAwait(false);
            return document.RootElement.EnumerateArray().Select(ProxySync.Read).ToList();
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }
}

/// <summary>How far a proxy is.</summary>
/// <param name="RouteNonce">Changes with every change of its routes.</param>
internal sealed record ProxySync(string Proxy, bool IsSidecar, bool IsSynced, string RouteNonce)
{
    private static readonly string[] s_types = ["cluster", "listener", "route", "endpoint"];

    public static ProxySync Read(JsonElement item)
    {
        string Text(string name) => item.GetProperty(name).GetString() ?? "";
        var synced = s_types.All(type => Text($"{type}_sent") == Text($"{type}_acked"));
        return new ProxySync(
            Text("proxy"),
            Text("proxy_type") == "sidecar",
            synced && Text("listener_acked").Length > 0,
            Text("route_acked")
        );
    }
}
