// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using ControlPlane.Tests.Statuses;
using Envoy.Config.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Lateen.Xds;

namespace ControlPlane.Tests.Mesh;

/// <summary>The mesh's own settings change while a control plane serves: its proxies get what follows.</summary>
public sealed class MeshReloadTests : IDisposable
{
    private const string Passthrough = "PassthroughCluster";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-mesh");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private string File => Path.Combine(_directory.FullName, "mesh.yaml");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_file_is_followed_and_its_mistakes_change_nothing()
    {
        Write("connectTimeout: 3s");
        await using var plane = await RunningControlPlane.StartWithMeshConfigAsync(File);
        using var proxy = await ScriptedProxy.ConnectAsync(plane);
        Write("connectTimeout: 4s");
        Assert.Equal(4, await NextTimeoutAsync(proxy));
        // The file decides, whatever the ConfigMap says.
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(plane, "connectTimeout: 5s")).Code);
        // A mistake is told, and what comes after it is the next that proxies get.
        Write("connectTimeout: soon");
        await plane.Log.WaitForAsync($"Error: {File}:1:", Stop);
        Write("{connectTimeout: 6s, enableTracing: true}");
        Assert.Equal(6, await NextTimeoutAsync(proxy));
        // It is said before proxies are told, and problems before that.
        Assert.Contains($"Information: The mesh's own settings are others now: those of {File}", plane.Log.Lines);
        Assert.Contains(
            plane.Log.Lines,
            line => line.StartsWith($"Warning: {File}:1:37: MeshConfig, enableTracing: ", StringComparison.Ordinal)
        );
        // Exchanged by a move, as a mounted volume or an editor does it.
        var other = Path.Combine(_directory.FullName, "next");
        await System.IO.File.WriteAllTextAsync(other, "connectTimeout: 7s", Stop);
        System.IO.File.Move(other, File, overwrite: true);
        Assert.Equal(7, await NextTimeoutAsync(proxy));
    }

    [Fact]
    public async Task The_ConfigMap_of_a_store_is_followed_and_refused_with_mistakes()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        using var proxy = await ScriptedProxy.ConnectAsync(plane);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(plane, "connectTimeout: 3s")).Code);
        Assert.Equal(3, await NextTimeoutAsync(proxy));
        var (code, refusal) = await PutAsync(plane, "connectTimeout: soon");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("\"data.mesh.connectTimeout\"", refusal, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(plane, "connectTimeout: 4s")).Code);
        Assert.Equal(4, await NextTimeoutAsync(proxy));
        using var deleted = await _client.DeleteAsync(Map(plane, ""), Stop);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(10, await NextTimeoutAsync(proxy));
        Assert.Contains("Information: The mesh's own settings are others now: those of the defaults", plane.Log.Lines);
    }

    private void Write(string settings) => System.IO.File.WriteAllText(File, settings);

    private async Task<(HttpStatusCode Code, string Body)> PutAsync(RunningControlPlane plane, string settings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Map(plane, "?fieldManager=test&force=true"))
        {
            Content = new StringContent(
                $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: istio}}, data: {{mesh: '{settings}'}}}}",
                Encoding.UTF8,
                "application/apply-patch+yaml"
            ),
        };
        using var answer = await _client.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static Uri Map(RunningControlPlane plane, string query) =>
        new(plane.Api, $"/api/v1/namespaces/istio-system/configmaps/istio{query}");

    /// <summary>Seconds that a proxy is told next, which must be all that it is told.</summary>
    private static async Task<long> NextTimeoutAsync(ScriptedProxy proxy)
    {
        var response = await proxy.NextAsync(TypeUrls.Cluster);
        await proxy.AckAsync(response);
        return Single(response).ConnectTimeout.Seconds;
    }

    private static Cluster Single(DeltaDiscoveryResponse response) =>
        response
            .Resources.Select(static resource => resource.Resource_.Unpack<Cluster>())
            .Single(static cluster => cluster.Name == Passthrough);
}
