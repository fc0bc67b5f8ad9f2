// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Agent;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Overload;
using Google.Protobuf;
using Lateen.Proxy.Runtime;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using DiscoveryApi = Envoy.Service.Discovery.V3;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Server;

/// <summary>Endpoints and routes that stand in files, exchanged by moving while the proxy serves.</summary>
public sealed class ResourceFileTests : IDisposable
{
    private readonly ProxyFixture _proxy = new(time: new ManualTime());
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-files-").FullName;
    private readonly LogLines _log = new();
    private readonly ResourceFiles _files;

    public ResourceFileTests()
    {
        _files = new ResourceFiles(_proxy.Store, _proxy.Telemetry, _log);
        _files.Start();
    }

    public void Dispose()
    {
        _files.Dispose();
        _proxy.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("json", "pathConfigSource\":{\"path\":\"FILE\"}")]
    [InlineData("pb", "pathConfigSource\":{\"path\":\"FILE\"}")]
    [InlineData("json", "path\":\"FILE\"")]
    public void Endpoints_of_a_file_are_exchanged_by_a_move(string extension, string source)
    {
        using var first = Saying("first");
        using var second = Saying("second");
        var file = Path.Combine(_directory, $"eds.{extension}");
        Write(file, Endpoints("a", first.Port));
        Cluster(source.Replace("FILE", file, StringComparison.Ordinal));
        var at = _proxy.Http(Overload.Listeners.ToA);
        Eventually.True(() => _proxy.Runtime.Current.Clusters.ContainsKey("a"), "the file is read");
        Assert.EndsWith("first", Ask(at), StringComparison.Ordinal);
        Assert.Empty(_proxy.Store.ReferencedNames(TypeUrls.Endpoints));

        Move(file, Endpoints("a", second.Port));
        AwaitUpdates("success", 2);
        Assert.EndsWith("second", Ask(at), StringComparison.Ordinal);
    }

    /// <summary>What is wrong with the file | how it is counted.</summary>
    public static TheoryData<string, string> Bad =>
        new()
        {
            { "no json, this", "failure" },
            { """{"versionInfo":"2","resources":[]}""", "rejected" },
            { Endpoints("b", 1), "rejected" },
            {
                """{"versionInfo":"2","resources":[{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","clusterName":"a","policy":{"overprovisioningFactor":0}}]}""",
                "rejected"
            },
            {
                """{"versionInfo":"2","resources":[{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster","name":"a"}]}""",
                "rejected"
            },
        };

    [Theory, MemberData(nameof(Bad))]
    public void A_bad_file_leaves_the_last_good_version(string text, string counted)
    {
        using var upstream = Saying("ahoy");
        using var second = Saying("again");
        var file = Path.Combine(_directory, "eds.json");
        Write(file, Endpoints("a", upstream.Port));
        Cluster($"pathConfigSource\":{{\"path\":\"{file}\"}}");
        var at = _proxy.Http(Overload.Listeners.ToA);
        AwaitUpdates("success", 1);
        Move(file, text);
        AwaitUpdates(counted, 1);
        Assert.EndsWith("ahoy", Ask(at), StringComparison.Ordinal);
        Eventually.True(
            () => _log.All.Any(line => line.StartsWith($"Warn xds: {file}: ", StringComparison.Ordinal)),
            "it is told in the log"
        );
        // And its correction is taken up.
        Move(file, Endpoints("a", second.Port));
        AwaitUpdates("success", 2);
        Assert.EndsWith("again", Ask(at), StringComparison.Ordinal);
    }

    /// <summary>As the kubelet does it: files behind a link that is exchanged, in a directory of their own.</summary>
    [Fact]
    public async Task A_volume_of_Kubernetes_is_taken_up_when_its_link_moves()
    {
        using var first = Saying("first");
        using var second = Saying("second");
        var data = Path.Combine(_directory, "..data");
        Volume("..1", first.Port);
        File.CreateSymbolicLink(data, Path.Combine(_directory, "..1"));
        var file = Path.Combine(data, "eds.json");
        Cluster($"pathConfigSource\":{{\"path\":\"{file}\",\"watchedDirectory\":{{\"path\":\"{_directory}\"}}}}");
        var at = _proxy.Http(Overload.Listeners.ToA);
        AwaitUpdates("success", 1);
        Assert.EndsWith("first", Ask(at), StringComparison.Ordinal);
        Volume("..2", second.Port);
        var link = Path.Combine(_directory, "..tmp");
        File.CreateSymbolicLink(link, Path.Combine(_directory, "..2"));
        var (code, output) = await Tool.Run("mv", $"-T {link} {data}");
        Assert.True(code == 0, output);
        AwaitUpdates("success", 2);
        Assert.EndsWith("second", Ask(at), StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_of_a_file_are_exchanged_by_a_move()
    {
        var file = Path.Combine(_directory, "rds.json");
        Write(file, Routes("one"));
        var (name, json) = Overload.Listeners.Http("l");
        var start = json.IndexOf("\"routeConfig\"", StringComparison.Ordinal);
        var end = json.IndexOf("\"httpFilters\"", StringComparison.Ordinal);
        var rds = $$"""
            "rds":{"routeConfigName":"r","configSource":{"pathConfigSource":{"path":"{{file}}"} } },
            """;
        Assert.Empty(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, (name, json[..start] + rds + json[end..])));
        Eventually.True(() => _proxy.Runtime.Current.Listeners.ContainsKey("l"), "the listener has its routes");
        Assert.Empty(_proxy.Store.ReferencedNames(TypeUrls.Route));
        Assert.EndsWith("one", Ask(_proxy.Address("l")), StringComparison.Ordinal);
        Move(file, Routes("two"));
        Eventually.True(() => _proxy.Stat("http.rds.update_success") == 2, "the other file is in force");
        Assert.EndsWith("two", Ask(_proxy.Address("l")), StringComparison.Ordinal);
    }

    private void Cluster(string source) =>
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    """{"name":"a","type":"EDS","connectTimeout":"2s","edsClusterConfig":{"edsConfig":{"initialFetchTimeout":"0s","""
                        + '"'
                        + source
                        + "}}}"
                )
            )
        );

    private void Volume(string name, int port)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        Write(Path.Combine(directory, "eds.json"), Endpoints("a", port));
    }

    private static string Endpoints(string cluster, int port) =>
        $$$$"""
            {"versionInfo":"{{{{port}}}}","resources":[{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","clusterName":"{{{{cluster}}}}",
             "endpoints":[{"lbEndpoints":[{"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{{{port}}}} } } } }]}]}]}
            """;

    private static string Routes(string text) =>
        $$$$"""
            {"versionInfo":"1","resources":[{"@type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","name":"r","virtualHosts":[{"name":"v","domains":["*"],
             "routes":[{"match":{"prefix":"/"},"directResponse":{"status":200,"body":{"inlineString":"{{{{text}}}}"}}}]}]}]}
            """;

    /// <summary>As JSON, or in the wire format where the name says so.</summary>
    private static void Write(string file, string json)
    {
        if (Path.GetExtension(file) == ".pb")
            File.WriteAllBytes(file, ProxyFixture.Json.Parse<DiscoveryApi.DiscoveryResponse>(json).ToByteArray());
        else
            File.WriteAllText(file, json);
    }

    private void Move(string file, string json)
    {
        var beside = Path.Combine(_directory, $"new{Path.GetExtension(file)}");
        Write(beside, json);
        File.Move(beside, file, overwrite: true);
    }

    private void AwaitUpdates(string outcome, int count) =>
        Eventually.True(
            () => _proxy.Stat($"cluster_manager.eds.update_{outcome}") == count,
            $"update_{outcome} is {count}"
        );

    private static ScriptedServer Saying(string text) =>
        ScriptedServer.Always($"HTTP/1.1 200 OK\r\ncontent-length: {text.Length}\r\n\r\n{text}");

    private static string Ask(IPEndPoint at) =>
        ProxyFixture.Converse(at, "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n");
}
