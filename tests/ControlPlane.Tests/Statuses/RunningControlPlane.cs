// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Envoy.Service.Discovery.V3;
using Grpc.Net.Client;
using Lateen.Config.Objects;
using Lateen.Config.Stores;
using Lateen.ControlPlane;
using Lateen.ControlPlane.ResourceApi;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.Statuses;

/// <summary>A whole control plane over a store, with its resource API and xDS on free ports.</summary>
internal sealed class RunningControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ControlPlaneHost _host;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly LogLines _log = new();
    private GrpcChannel? _channel;

    private RunningControlPlane(IResourceStore store, IReadOnlyList<string> files, string? meshConfig)
    {
        Store = store;
        _host = new ControlPlaneHost(
            new ControlPlaneOptions
            {
                ConfigPaths = files,
                MeshConfigPath = meshConfig,
                Store = store,
                Api = new ResourceApiOptions
                {
                    Listen = [new ApiListen(new IPEndPoint(IPAddress.Loopback, 0), IsPlaintext: true)],
                },
                XdsPort = 0,
                MonitoringPort = 0,
                DebugPort = null,
                DebounceQuiet = TimeSpan.FromMilliseconds(10),
            },
            TimeProvider.System,
            logging => logging.ClearProviders().AddProvider(_log)
        );
    }

    /// <summary>Everything that it has said.</summary>
    public LogLines Log => _log;

    public IResourceStore Store { get; }

    public MeshState Mesh => _host.Mesh;

    public Uri Api => new($"http://{_host.ApiAddresses[0]}");

    public AggregatedDiscoveryService.AggregatedDiscoveryServiceClient Discovery =>
        new(_channel ??= GrpcChannel.ForAddress($"http://{_host.Addresses[0]}"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<RunningControlPlane> StartAsync(IResourceStore? store = null, params string[] files) =>
        StartAsync(new RunningControlPlane(store ?? new MemoryStore(), files, meshConfig: null));

    /// <param name="path">A file with Istio's MeshConfig.</param>
    public static Task<RunningControlPlane> StartWithMeshConfigAsync(string path) =>
        StartAsync(new RunningControlPlane(new MemoryStore(), [], path));

    private static async Task<RunningControlPlane> StartAsync(RunningControlPlane running)
    {
        await running._host.StartAsync(Stop);
        return running;
    }

    /// <summary>Creates or replaces an object by server-side apply.</summary>
    public async Task ApplyAsync(
        string plural,
        string yaml,
        string group = "networking.istio.io/v1",
        string ns = "default"
    )
    {
        var name = ObjectText.FromYaml(Encoding.UTF8.GetBytes(yaml)).Value.Member("metadata").Text("name");
        var root = group == "v1" ? "/api/v1" : $"/apis/{group}";
        var within = ns.Length == 0 ? "" : $"/namespaces/{ns}";
        using var request = new HttpRequestMessage(
            HttpMethod.Patch,
            new Uri(Api, $"{root}{within}/{plural}/{name}?fieldManager=test&force=true")
        )
        {
            Content = new StringContent(yaml, Encoding.UTF8, "application/apply-patch+yaml"),
        };
        using var answer = await _client.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    public Task ApplyRouteAsync(string yaml) => ApplyAsync("virtualservices", yaml);

    /// <summary>Waits for a status of an object.</summary>
    public Task<JsonObject> StatusAsync(string plural, string name, Func<JsonNode, bool> isIt) =>
        WaitAsync(Key(plural, name), item => item["status"] is { } status && isIt(status));

    /// <summary>Waits for a condition of an object at its present generation, as <c>True Programmed</c>; returns its message.</summary>
    public async Task<string> ConditionAsync(string plural, string name, string type, string expected)
    {
        var item = await WaitAsync(Key(plural, name), item => Find(item, type) is { } found && Text(found) == expected);
        return (string)Find(item, type)!["message"]!;
    }

    public Task<string> RouteConditionAsync(string name, string type, string expected) =>
        ConditionAsync("virtualservices", name, type, expected);

    /// <summary>Waits until an object of the store is as it should be.</summary>
    public async Task<JsonObject> WaitAsync(ObjectKey key, Func<JsonObject, bool> isIt)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(s_patience);
        var scope = new ObjectScope(key.Group, key.Plural);
        var last = "nothing";
        try
        {
            var page = await Store.ListAsync(scope, stop: limit.Token);
            foreach (var stored in page.Objects.Where(stored => stored.Key == key))
            {
                if (Read(stored) is var item && isIt(item))
                    return item;
                last = item.ToJsonString();
            }
            await foreach (var change in Store.WatchAsync(scope, page.Revision, limit.Token))
            {
                if (change.Object.Key != key || change.Kind == ChangeKind.Deleted)
                    continue;
                if (Read(change.Object) is var item && isIt(item))
                    return item;
                last = item.ToJsonString();
            }
        }
        catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
        {
            // Told below.
        }
        throw new TimeoutException($"{key} never came to be so; it was last {last}");
    }

    public static ObjectKey Key(string plural, string name) => new("networking.istio.io", plural, "default", name);

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        _client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    private static JsonNode? Find(JsonObject item, string type) =>
        item["status"]
            .Member("conditions")
            .Items()
            .FirstOrDefault(condition =>
                condition.Text("type") == type
                && condition.Member("observedGeneration").AsNumber() == item["metadata"].Member("generation").AsNumber()
            );

    private static string Text(JsonNode condition) => $"{condition.Text("status")} {condition.Text("reason")}";

    private static JsonObject Read(StoredObject stored) => JsonNode.Parse(stored.Content.Span)!.AsObject();
}
