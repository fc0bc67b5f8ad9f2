// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Sources;
using Lateen.Core;
using Lateen.Mesh;
using Lateen.Translation;

namespace ControlPlane.Tests.Mesh;

/// <summary>Where the mesh's own settings are found, and that a change of them is as good as a beginning with them.</summary>
public class MeshSettingsTests
{
    public static TheoryData<string> Settings =>
        [
            "accessLogFile: /dev/stdout",
            "{accessLogFile: /dev/stdout, accessLogFormat: x}",
            "connectTimeout: 3s",
            "defaultConfig: {connectionSettings: {httpIdleTimeout: 5s}}",
            "defaultConfig: {connectionSettings: {profile: EDGE}}",
            "defaultServiceExportTo: ['.']",
            "defaultVirtualServiceExportTo: ['.']",
            "defaultDestinationRuleExportTo: ['.']",
            "outboundTrafficPolicy: {mode: REGISTRY_ONLY}",
            "pathNormalization: {normalization: MERGE_SLASHES}",
            "rootNamespace: other",
            "trustDomain: example.org",
        ];

    [Theory, MemberData(nameof(Settings))]
    public void Proxies_get_with_a_change_what_they_would_get_from_scratch(string settings)
    {
        string[] texts = [.. Bookinfo.All, Elsewhere];
        var mesh = new MeshFixture(texts);
        foreach (var node in Nodes())
            mesh.Translate(node);
        string[] changed = [.. texts, Map(settings)];
        mesh.Take(changed);
        var anew = new MeshFixture(changed);
        Assert.NotEqual(MeshConfig.Default, mesh.Snapshot.Config);
        foreach (var node in Nodes())
            AssertSame(anew.Translate(node), mesh.Translate(node));
        // And back.
        mesh.Take(texts);
        anew = new MeshFixture(texts);
        foreach (var node in Nodes())
            AssertSame(anew.Translate(node), mesh.Translate(node));
    }

    [Fact]
    public void Settings_that_did_not_change_stay_the_same_object()
    {
        var mesh = new MeshFixture([.. Bookinfo.All, Map("connectTimeout: 3s")]);
        var before = mesh.Snapshot.Config;
        mesh.Take([.. Bookinfo.All, Map("connectTimeout: 3s"), Elsewhere]);
        Assert.Same(before, mesh.Snapshot.Config);
        // Others that say the same.
        mesh.Take([.. Bookinfo.All, Map("connect_timeout: 3s")]);
        Assert.Same(before, mesh.Snapshot.Config);
    }

    [Theory]
    [InlineData("metadata: {name: istio, namespace: istio-system}", true)]
    [InlineData("metadata: {name: istio, namespace: other}", false)]
    [InlineData("metadata: {name: istio}", false)]
    [InlineData("metadata: {name: istio-canary, namespace: istio-system}", false)]
    public void The_ConfigMap_of_the_mesh_is_one_by_name_and_namespace(string metadata, bool isIt)
    {
        var text = $"apiVersion: v1\nkind: ConfigMap\n{metadata}\ndata: {{mesh: 'connectTimeout: soon'}}";
        var decoded = ResourceDecoder.Decode("map.yaml", text);
        Assert.Equal(
            isIt ? ["Error data.mesh.connectTimeout"] : ["Warning "],
            decoded.Problems.Select(static problem => $"{problem.Severity} {problem.Field}")
        );
        Assert.Equal(isIt ? 0 : 1, decoded.Resources.Count);
    }

    [Fact]
    public void What_is_wrong_in_the_ConfigMap_is_told_with_its_line()
    {
        var decoded = ResourceDecoder.Decode(
            "map.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                enableTracing: true
                connectTimeout: soon
                defaultServiceExportTo: [shop]
              meshNetworks: 'networks: {}'
            """
        );
        Assert.Equal(
            [
                "Error map.yaml:5:9: ConfigMap istio-system/istio, data.mesh.connectTimeout",
                "Warning map.yaml:5:9: ConfigMap istio-system/istio, data.mesh.enableTracing: this field is known but not in force yet; traffic ignores it (line 1 of it) (LT0502)",
            ],
            decoded.Problems.Select(static problem =>
                problem.Severity == Severity.Error
                    ? $"Error {problem.ToString().Split(": ")[0]}: {problem.Subject}, {problem.Field}"
                    : $"{problem.Severity} {problem}"
            )
        );
        var broken = ResourceDecoder.Decode("map.yaml", Map("a: ["));
        Assert.Equal("data.mesh", Assert.Single(broken.Problems).Field);
        Assert.Empty(broken.Resources);
    }

    [Fact]
    public void Mistakes_leave_the_last_good_settings_and_a_map_that_goes_leaves_none()
    {
        var mesh = new MeshFixture(Map("connectTimeout: 3s"));
        Assert.Equal(TimeSpan.FromSeconds(3), mesh.Snapshot.Config.ConnectTimeout);
        mesh.Take(Map("connectTimeout: soon"));
        Assert.Equal(TimeSpan.FromSeconds(3), mesh.Snapshot.Config.ConnectTimeout);
        Assert.Equal("LT0106", Assert.Single(mesh.Config.Problems).Code);
        mesh.Take(Map("connectTimeout: 4s"));
        Assert.Equal(TimeSpan.FromSeconds(4), mesh.Snapshot.Config.ConnectTimeout);
        mesh.Take();
        Assert.Same(MeshConfig.Default, MeshConfigReader.Of(mesh.Config, MeshConfig.Default));
        Assert.Equal(MeshConfig.Default, mesh.Snapshot.Config);
    }

    [Fact]
    public void A_file_of_its_own_comes_before_the_ConfigMap()
    {
        var directory = Directory.CreateTempSubdirectory("lateen-mesh");
        try
        {
            var file = Path.Combine(directory.FullName, "mesh.yaml");
            var map = Path.Combine(directory.FullName, "map.yaml");
            File.WriteAllText(file, "connectTimeout: 1s\n");
            File.WriteAllText(map, Map("connectTimeout: 2s"));
            using var source = new ConfigSource(new DirectoryTexts([map]), DirectoryTexts.OfMesh(file));
            source.Load();
            Assert.Empty(source.Current.Problems);
            Assert.Equal(
                TimeSpan.FromSeconds(1),
                MeshConfigReader.Of(source.Current, MeshConfig.Default).ConnectTimeout
            );
            Assert.Equal(file, MeshSettings.In(source.Current)!.At.Source);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static IEnumerable<ProxyNode> Nodes() =>
        [
            MeshFixture.Sidecar(),
            MeshFixture.Sidecar("127.0.1.5", "app=reviews,version=v2"),
            MeshFixture.Sidecar(ns: "other"),
            MeshFixture.Gateway(),
        ];

    private static void AssertSame(XdsSnapshot expected, XdsSnapshot actual)
    {
        Assert.Equal(expected.Warnings, actual.Warnings);
        Assert.Equal(
            expected.Sets.Select(static set => (set.TypeUrl, set.Version)),
            actual.Sets.Select(static set => (set.TypeUrl, set.Version))
        );
    }

    private static string Map(string settings) =>
        $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "{{settings}}"}
            """;

    /// <summary>Rules of the namespace that one of the settings makes the root, and of another one than the services'.</summary>
    private const string Elsewhere = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: all, namespace: other}
        spec:
          host: ratings.default.svc.cluster.local
          trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: ratings, namespace: other}
        spec:
          hosts: [ratings.default.svc.cluster.local]
          http: [{timeout: 9s, route: [{destination: {host: ratings.default.svc.cluster.local}}]}]
        """;
}
