// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Mesh;
using Lateen.Translation;
using Lateen.Xds;

namespace ControlPlane.Tests.Mesh;

/// <summary>What does not change keeps its objects; what changes is the same as if everything had been built anew.</summary>
public class IncrementalBuildTests
{
    private const string Canary = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews}
        spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v1}}]}]}

        """;

    private static readonly string s_other = Canary.Replace("v1}}", "v2}}", StringComparison.Ordinal);

    [Fact]
    public void The_same_configuration_gives_an_equal_view()
    {
        var mesh = new MeshFixture([.. Bookinfo.All, Canary]);
        var before = mesh.Snapshot.ViewFor(MeshFixture.Sidecar());
        var after = mesh.Take([.. Bookinfo.All, Canary]).ViewFor(MeshFixture.Sidecar());
        Assert.Equal(before, after);
        Assert.Equal(mesh.Snapshot.ViewFor(MeshFixture.Gateway()), mesh.Snapshot.ViewFor(MeshFixture.Gateway()));
    }

    [Fact]
    public void Proxies_of_one_namespace_share_what_they_can_call()
    {
        var mesh = new MeshFixture(Bookinfo.All).Snapshot;
        var first = mesh.ViewFor(MeshFixture.Sidecar("127.0.1.8", "app=a"));
        var second = mesh.ViewFor(MeshFixture.Sidecar("127.0.1.9", "app=b"));
        Assert.Same(first.Outbound, second.Outbound);
        Assert.NotSame(first.Outbound, mesh.ViewFor(MeshFixture.Sidecar(ns: "other")).Outbound);
        Assert.NotEqual(first, second); // their own addresses differ
    }

    [Fact]
    public void Clients_with_other_labels_differ_once_a_rule_asks_for_labels()
    {
        var rule = Canary.Replace("{route:", "{match: [{sourceLabels: {app: a}}], route:", StringComparison.Ordinal);
        var mesh = new MeshFixture([.. Bookinfo.All, rule]).Snapshot;
        Assert.NotSame(
            mesh.ViewFor(MeshFixture.Sidecar(labels: "app=a")).Outbound,
            mesh.ViewFor(MeshFixture.Sidecar(labels: "app=b")).Outbound
        );
        Assert.Same(
            mesh.ViewFor(MeshFixture.Sidecar("127.0.1.8", "app=a")).Outbound,
            mesh.ViewFor(MeshFixture.Sidecar("127.0.1.9", "app=a")).Outbound
        );
    }

    [Fact]
    public void One_changed_rule_changes_one_host_and_one_resource()
    {
        var mesh = new MeshFixture([.. Bookinfo.All, Canary]);
        var view = mesh.Snapshot.ViewFor(MeshFixture.Sidecar());
        var next = mesh.Take([.. Bookinfo.All, s_other]).ViewFor(MeshFixture.Sidecar());
        Assert.Equal(view.Outbound.Services, next.Outbound.Services);
        Assert.Equal(["reviews.default.svc.cluster.local"], Changed(view.Outbound, next.Outbound));
        var (before, after) = (XdsTranslator.Translate(view), XdsTranslator.Translate(next));
        Assert.Equal(before.Of(TypeUrls.Cluster).Version, after.Of(TypeUrls.Cluster).Version);
        Assert.Equal(before.Of(TypeUrls.Listener).Version, after.Of(TypeUrls.Listener).Version);
        Assert.NotEqual(before.Of(TypeUrls.Route).Version, after.Of(TypeUrls.Route).Version);
    }

    /// <summary>A definition of a host of Bookinfo's in a namespace of its own, and routes for it.</summary>
    private static string ElsewhereFor(string exportTo) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: ratings, namespace: other}
            spec:
              hosts: [ratings.default.svc.cluster.local, extra.example.com]
              ports: [{number: 9080, name: http, protocol: HTTP}]
              resolution: DNS
              exportTo: [{{{exportTo}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: ratings, namespace: other}
            spec:
              hosts: [ratings.default.svc.cluster.local, reviews.default.svc.cluster.local]
              exportTo: [{{{exportTo}}}]
              http: [{route: [{destination: {host: extra.example.com}}]}]

            """;

    /// <summary>Each step from the one before, against a build of that step alone.</summary>
    [Fact]
    public void Step_by_step_is_the_same_as_anew()
    {
        string[][] steps =
        [
            Bookinfo.All,
            [.. Bookinfo.All, Canary],
            [.. Bookinfo.All, s_other],
            [.. Bookinfo.All, s_other, Bookinfo.Workload("reviews", "v2", 8)],
            [Bookinfo.Services, Bookinfo.Subsets, Bookinfo.Gateway, s_other],
            [Bookinfo.Services.Replace("9080", "9081", StringComparison.Ordinal), Bookinfo.Subsets, s_other],
            Bookinfo.All,
            // Exports that come, change and go.
            [.. Bookinfo.All, s_other, ElsewhereFor("'*'")],
            [.. Bookinfo.All, s_other, ElsewhereFor("other")],
            [
                .. Bookinfo.All,
                Canary.Replace("{hosts:", "{exportTo: [.], hosts:", StringComparison.Ordinal),
                ElsewhereFor("."),
            ],
            [
                Bookinfo.Services,
                Bookinfo.Subsets.Replace("spec:", "spec:\n  exportTo: [other]", StringComparison.Ordinal),
                Canary,
            ],
            [
                Bookinfo.Services,
                Bookinfo.Subsets.Replace("spec:", "spec:\n  exportTo: [.]", StringComparison.Ordinal),
                Canary,
            ],
            Bookinfo.All,
        ];
        ProxyNode[] nodes =
        [
            MeshFixture.Sidecar(),
            MeshFixture.Sidecar(ns: "other"),
            MeshFixture.Sidecar("127.0.1.4", "app=reviews,version=v1"),
            MeshFixture.Gateway(),
        ];
        var running = new MeshFixture(steps[0]);
        foreach (var step in steps)
        {
            running.Take(step);
            foreach (var node in nodes)
                Assert.Equal(Versions(new MeshFixture(step).Translate(node)), Versions(running.Translate(node)));
        }
    }

    private static IEnumerable<string> Versions(XdsSnapshot xds) =>
        xds.Sets.SelectMany(static set => set.Resources).Select(static entry => $"{entry.Name} {entry.Version}");

    private static IEnumerable<string> Changed(OutboundView before, OutboundView after) =>
        after.HttpHosts.Except(before.HttpHosts).Select(static host => host.Host);
}
