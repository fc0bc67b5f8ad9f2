// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Config.Precedence;
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

/// <summary>Which DestinationRules a client goes by: its namespace's, the service's, the root namespace's, where it sees them; and which are merged.</summary>
public class DestinationRuleOrderTests
{
    private const string Host = "api.shop.svc.cluster.local";

    /// <summary>
    /// Rules, each <c>namespace/name exportTo selector</c> with <c>-</c> for what is not there, the oldest first; the client's namespace, and the rules
    /// it goes by. The service is in <c>shop</c>, the root namespace is <c>istio-system</c>, and the client is <c>app=web</c>.
    /// </summary>
    public static TheoryData<string[], string, string> Rules =>
        new()
        {
            // The order of namespaces.
            { ["istio-system/r", "shop/s", "client/c"], "client", "c" },
            { ["istio-system/r", "shop/s", "client/c"], "other", "s" },
            { ["istio-system/r", "shop/s", "client/c"], "shop", "s" },
            { ["istio-system/r", "client/c"], "shop", "r" },
            { ["istio-system/r", "client/c"], "other", "r" },
            { ["client/c"], "other", "" },
            // In the root namespace only its private rules come first.
            { ["istio-system/r", "shop/s"], "istio-system", "s" },
            { ["istio-system/r .", "shop/s"], "istio-system", "r" },
            { ["istio-system/r istio-system", "shop/s"], "istio-system", "r" },
            { ["istio-system/r", "client/c"], "istio-system", "r" },
            // What is not exported to the client is looked past.
            { ["istio-system/r", "shop/s ."], "client", "r" },
            { ["istio-system/r .", "shop/s ."], "client", "" },
            { ["istio-system/r", "shop/s ."], "shop", "s" },
            { ["istio-system/r", "shop/s client"], "client", "s" },
            { ["istio-system/r", "shop/s client"], "other", "r" },
            { ["istio-system/r", "shop/s client,other"], "other", "s" },
            { ["istio-system/r client", "shop/s ."], "client", "r" },
            { ["istio-system/r client", "shop/s ."], "other", "" },
            // One that its own namespace does not see is not for it.
            { ["istio-system/r", "client/c other"], "client", "r" },
            { ["istio-system/r", "shop/s client"], "shop", "r" },
            // Merged are those that are exported to the same namespaces, and younger ones that go further.
            { ["shop/s", "shop/t"], "client", "s t" },
            { ["shop/s", "shop/t *"], "client", "s t" },
            { ["shop/s client", "shop/t client"], "client", "s t" },
            { ["shop/s client", "shop/t client,other"], "client", "s t" },
            { ["shop/s client", "shop/t client,other"], "other", "t" },
            { ["shop/s client,other", "shop/t other,client"], "client", "s t" },
            // Of others the youngest counts.
            { ["shop/s", "shop/t client"], "client", "t" },
            { ["shop/s", "shop/t client"], "other", "s" },
            { ["shop/s client", "shop/t"], "client", "t" },
            { ["client/c", "client/d ."], "client", "d" },
            { ["client/c .", "client/d client"], "client", "c d" },
            { ["shop/s client,other", "shop/t client"], "client", "t" },
            { ["shop/s client,other", "shop/t client"], "other", "s" },
            // A rule for some workloads is for those of its own namespace.
            { ["client/c - app=web", "client/d"], "client", "c" },
            { ["client/d", "client/c - app=web"], "client", "c" },
            { ["client/c - app=db", "client/d"], "client", "d" },
            { ["client/c - app=web", "client/e - app=web", "client/d"], "client", "c e" },
            { ["client/c - app=web", "client/e - app=web,tier=x"], "client", "c" },
            { ["client/c - tier=x", "client/e - app=web"], "client", "e" },
            { ["shop/s * app=web", "istio-system/r"], "client", "r" },
            { ["shop/s * app=web", "istio-system/r"], "shop", "s" },
            // It decides for its namespace, whoever it selects.
            { ["client/c - app=db", "shop/s"], "client", "" },
            { ["istio-system/r - app=web", "shop/s"], "istio-system", "r" },
        };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_client_goes_by_these_rules(string[] oldestFirst, string client, string expected)
    {
        var policy = PolicyOf(Mesh(ExportDefaults.Public, oldestFirst), client);
        Assert.Equal(expected, string.Join(' ', policy.Rules.Select(static rule => rule.Name)));
        Assert.Equal(
            policy.Rules.Select(static rule => rule.Name),
            policy.Subsets.Select(static subset => subset.Name)
        );
    }

    [Theory]
    [InlineData("", "client", "")]
    [InlineData("", "shop", "s")]
    [InlineData("*", "client", "s")]
    [InlineData("client", "client", "s")]
    public void The_meshs_default_is_for_rules_that_do_not_say_it(string exportTo, string client, string expected)
    {
        var defaults = ExportDefaults.Public with { DestinationRules = DefaultExport.OwnNamespace };
        var policy = PolicyOf(Mesh(defaults, [$"shop/s {exportTo}".TrimEnd()]), client);
        Assert.Equal(expected, string.Join(' ', policy.Rules.Select(static rule => rule.Name)));
    }

    /// <summary>Of hosts that cover the service the narrowest decides, among those that anybody else may see, and only then who sees it is asked.</summary>
    [Theory]
    [InlineData("shop/wide", "shop/narrow", "client", "narrow")]
    [InlineData("shop/wide", "shop/narrow .", "client", "wide")]
    [InlineData("shop/wide", "shop/narrow .", "shop", "narrow")]
    [InlineData("shop/wide", "shop/narrow other", "client", "")]
    public void The_narrowest_host_decides(string wide, string narrow, string client, string expected)
    {
        var mesh = new MeshFixture(
            Service,
            Rule(wide, 0).Replace($"host: {Host}", "host: '*.svc.cluster.local'", StringComparison.Ordinal),
            Rule(narrow, 1)
        );
        Assert.Equal(expected, string.Join(' ', PolicyOf(mesh, client).Rules.Select(static rule => rule.Name)));
    }

    [Fact]
    public void Workloads_of_a_namespace_differ_once_a_rule_selects_some_and_others_share_their_view()
    {
        var mesh = Mesh(ExportDefaults.Public, ["client/c - app=web", "shop/s"]).Snapshot;
        var web = mesh.ViewFor(MeshFixture.Sidecar(labels: "app=web", ns: "client")).Outbound;
        Assert.Same(web, mesh.ViewFor(MeshFixture.Sidecar("127.0.1.8", "app=web", "client")).Outbound);
        Assert.NotSame(web, mesh.ViewFor(MeshFixture.Sidecar(labels: "app=db", ns: "client")).Outbound);
        Assert.Same(
            mesh.ViewFor(MeshFixture.Sidecar(labels: "app=web", ns: "other")).Outbound,
            mesh.ViewFor(MeshFixture.Sidecar(labels: "app=db", ns: "other")).Outbound
        );
    }

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: shop}
        spec: {ports: [{name: http, port: 80}]}

        """;

    private static MeshFixture Mesh(ExportDefaults defaults, string[] oldestFirst) =>
        new(
            MeshConfig.Default with
            {
                Exports = defaults,
            },
            oldestFirst.Index().Select(static rule => Rule(rule.Item, rule.Index)).Prepend(Service).ToArray()
        );

    private static DestinationPolicy PolicyOf(MeshFixture mesh, string client) =>
        mesh.Snapshot.ViewFor(MeshFixture.Sidecar(labels: "app=web", ns: client)).Outbound.Services.Single().Policy;

    private static string Rule(string rule, int age)
    {
        var parts = rule.Split(' ');
        var name = parts[0].Split('/');
        var exportTo =
            parts.Length > 1 && parts[1] != "-"
                ? $"['{parts[1].Replace(",", "', '", StringComparison.Ordinal)}']"
                : "[]";
        var selector =
            parts.Length > 2
                ? $"workloadSelector: {{matchLabels: {{{parts[2].Replace("=", ": ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal)}}}}}"
                : "";
        return $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: {{{name[1]}}}, namespace: {{{name[0]}}}, creationTimestamp: "202{{{age}}}-01-01T00:00:00Z"}
            spec:
              host: {{{Host}}}
              subsets: [{name: {{{name[1]}}}}]
              exportTo: {{{exportTo}}}
              {{{selector}}}

            """;
    }
}
