// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.BadInput;

/// <summary>A gateway and two versions of reviews, run by <c>lateen up</c>, with the routes in a file that the test edits.</summary>
internal sealed class SmallMesh : IAsyncDisposable
{
    private const int GatewayPort = 8090;

    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-e2e").FullName;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private RunningProgram _up;

    private SmallMesh(bool hasRoutes, string more, string settings)
    {
        Write("mesh.yaml", Mesh);
        if (more.Length > 0)
            Write("more.yaml", more);
        if (hasRoutes)
            WriteRoutes(Routes("v1"));
        if (settings.Length > 0)
            WriteSettings(settings);
        _up = Start();
    }

    /// <param name="more">What belongs to the mesh besides.</param>
    /// <param name="settings">Istio's MeshConfig; empty for none.</param>
    public static async Task<SmallMesh> StartAsync(
        CancellationToken cancel,
        bool hasRoutes = true,
        string more = "",
        string settings = ""
    )
    {
        var mesh = new SmallMesh(hasRoutes, more, settings);
        await mesh._up.WaitForAsync("Everything is up", cancel);
        return mesh;
    }

    /// <summary>Ends all its processes with <c>kill -9</c>, takes what its proxies remember, and starts it again.</summary>
    public async Task KillAndStartAsync(CancellationToken cancel)
    {
        await _up.DisposeAsync();
        Directory.Delete(Path.Combine(_directory, "state", "state"), recursive: true);
        _up = Start();
        await _up.WaitForAsync("Everything is up", cancel);
    }

    /// <summary>What <c>lateen up</c> has said since its last start.</summary>
    public string Said => _up.Said;

    /// <summary>By which <c>kubectl</c> finds the resource API.</summary>
    public string Kubeconfig => Path.Combine(_directory, "state", "kubeconfig");

    /// <summary>What the control plane has said so far.</summary>
    public string ControlPlaneLog => ReadShared(Path.Combine(_directory, "state", "logs", "control-plane.log"));

    // No file of the directory that is read for resources.
    private string SettingsFile => Path.Combine(_directory, "settings");

    public void WriteSettings(string yaml) => Write("settings", yaml);

    /// <summary>Replaces the workloads, and what goes with them.</summary>
    public void WriteMesh(params string[] workloads) =>
        Write("mesh.yaml", string.Join("\n---\n", [Edge, .. workloads]));

    /// <summary>Waits until <c>lateen up</c> has said something.</summary>
    public Task SaysAsync(string text, CancellationToken cancel) => _up.WaitForAsync(text, cancel);

    public void WriteRoutes(string yaml) => Write("routes.yaml", yaml);

    /// <summary>Has the rules of reviews define another version.</summary>
    public void WriteRules(string version) =>
        Write(
            "more.yaml",
            $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews-{{{version}}}}
            spec: {host: reviews, subsets: [{name: {{{version}}}, labels: {version: v1}}]}
            """
        );

    /// <summary>Status of an answer of a gateway.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="header">A header of the request, as <c>name: value</c>; empty for none.</param>
    public async Task<int> StatusAsync(CancellationToken cancel, int port = GatewayPort, string header = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Reviews(port));
        if (header.Split(": ") is [var name, var value])
            request.Headers.Add(name, value);
        using var answer = await _client.SendAsync(request, cancel);
        return (int)answer.StatusCode;
    }

    /// <summary>Statistics of the gateway's proxy, which is the first of all replicas.</summary>
    public Task<string> GatewayStatsAsync(string filter, CancellationToken cancel) =>
        GatewayAdminAsync($"stats?filter={filter}", cancel);

    /// <summary>A page of the admin port of the gateway's proxy, which is the first of all replicas.</summary>
    public Task<string> GatewayAdminAsync(string page, CancellationToken cancel) =>
        _client.GetStringAsync(new Uri($"http://127.0.1.1:15000/{page}"), cancel);

    /// <summary>The version of reviews that answers; throws when none does.</summary>
    public async Task<string> AskAsync(CancellationToken cancel, int port = GatewayPort)
    {
        using var document = JsonDocument.Parse(await _client.GetStringAsync(Reviews(port), cancel));
        return document.RootElement.GetProperty("version").GetString()!;
    }

    private static Uri Reviews(int port) => new($"http://127.0.0.1:{port}/reviews/0");

    public Task<int> StopAsync(CancellationToken cancel) => _up.InterruptAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _up.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Whole or not at all: an empty file would have everything stopped that it defined.</summary>
    private void Write(string name, string text)
    {
        var draft = Path.Combine(_directory, $".{name}.draft");
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(_directory, name), overwrite: true);
    }

    private RunningProgram Start() =>
        RunningProgram.Start(
            "dotnet",
            [
                Repository.Lateen,
                "up",
                _directory,
                "--state-dir",
                Path.Combine(_directory, "state"),
                .. File.Exists(SettingsFile) ? ["--mesh-config", SettingsFile] : Array.Empty<string>(),
            ]
        );

    public static string Routes(string subset) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
            spec:
              hosts: ["*"]
              gateways: [edge]
              http:
                - route:
                    - destination: {host: reviews, subset: {{subset}}}
                      weight: 1

            """;

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static string Mesh => string.Join("\n---\n", Edge, Reviews("v1"), Reviews("v2"));

    private const string Edge = """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews}
        spec:
          host: reviews
          subsets:
            - {name: v1, labels: {version: v1}}
            - {name: v2, labels: {version: v2}}
        ---
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec:
          selector: {istio: ingressgateway}
          servers:
            - {port: {number: 8090, name: http, protocol: HTTP}, hosts: ["*"]}
        ---
        apiVersion: lateen.io/v1alpha1
        kind: Workload
        metadata: {name: ingressgateway}
        spec: {gateway: true, labels: {istio: ingressgateway}}
        """;

    /// <param name="serves">What it says its version is; its own when null.</param>
    public static string Reviews(string version, int replicas = 1, string? serves = null) =>
        $$"""
            apiVersion: lateen.io/v1alpha1
            kind: Workload
            metadata: {name: reviews-{{version}}}
            spec:
              workingDirectory: {{Repository.Root}}/samples/bookinfo
              command: [dotnet, src/bin/Release/net10.0/Bookinfo.dll, reviews]
              replicas: {{replicas}}
              env: {SERVICE_VERSION: {{serves ?? version}}}
              ports: {http: 9080}
              labels: {app: reviews, version: {{version}}}
            """;
}
