// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Config.Precedence;
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

/// <summary>Who sees services and VirtualServices, and which of several a namespace goes by.</summary>
public class VisibilityTests
{
    private const string Host = "api.example.com";

    /// <summary>What is in the namespace <c>shop</c>, and the clients that see it.</summary>
    public static TheoryData<string, string, string> Exports =>
        new()
        {
            { "", "shop client other", "*" },
            { "", "shop", "." },
            { "'*'", "shop client other", "." },
            { ".", "shop", "*" },
            { "shop", "shop", "*" },
            { "client", "client", "*" },
            { "client, other", "client other", "*" },
            { "., client", "shop client", "*" },
        };

    [Theory]
    [MemberData(nameof(Exports))]
    public void A_service_entry_is_a_service_where_it_is_exported_to(string exportTo, string clients, string otherwise)
    {
        var mesh = Mesh(Defaults(otherwise), Entry("shop", exportTo));
        Assert.Equal(clients, SeenBy(mesh, static view => view.Services.Any(IsHost)));
        Assert.Equal(clients, SeenBy(mesh, static view => view.HttpHosts.Any(static host => host.Host == Host)));

        static bool IsHost(OutboundService service) => service.Service.Host == Host;
    }

    [Fact]
    public void A_service_entry_for_nobody_is_nowhere()
    {
        var mesh = Mesh(ExportDefaults.Public, Entry("shop", "'~'"));
        Assert.Equal("", SeenBy(mesh, static view => view.Services.Count > 0));
        Assert.Empty(mesh.Snapshot.Problems);
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void A_service_says_it_in_an_annotation(string exportTo, string clients, string otherwise)
    {
        var service = $$$"""
            apiVersion: v1
            kind: Service
            metadata:
              name: api
              namespace: shop
              annotations: {networking.istio.io/exportTo: "{{{exportTo.Replace("'", "", StringComparison.Ordinal)}}}"}
            spec: {ports: [{name: http, port: 80}]}

            """;
        Assert.Equal(clients, SeenBy(Mesh(Defaults(otherwise), service), static view => view.Services.Any(IsService)));

        static bool IsService(OutboundService entry) => entry.Service.Host == "api.shop.svc.cluster.local";
    }

    [Fact]
    public void Who_serves_a_hidden_service_serves_it_all_the_same()
    {
        var mesh = new MeshFixture(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: api, namespace: shop, annotations: {networking.istio.io/exportTo: "~"}}
            spec: {ports: [{name: http, port: 80}], selector: {app: api}}
            """
        );
        var view = mesh.Snapshot.ViewFor(MeshFixture.Sidecar(labels: "app=api", ns: "shop"));
        Assert.Equal(80, view.Inbound.Ports.Single().Number);
        Assert.Empty(view.Outbound.Services);
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void A_virtual_service_routes_where_it_is_exported_to(string exportTo, string clients, string otherwise)
    {
        var mesh = Mesh(Defaults(otherwise), Entry("home", "'*'"), Routes("shop", "r", exportTo));
        Assert.Equal(clients, SeenBy(mesh, static view => !view.HttpHosts.Single().IsDefault));
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void A_host_that_only_routes_know_is_known_where_they_are(string exportTo, string clients, string otherwise)
    {
        var mesh = Mesh(Defaults(otherwise), Routes("shop", "r", exportTo));
        Assert.Equal(clients, SeenBy(mesh, static view => view.HttpHosts.Count == 1));
    }

    /// <summary>VirtualServices of one host, each <c>namespace/name exportTo</c>, the oldest first; a client; and whose routes it has.</summary>
    public static TheoryData<string[], string, string> Rivals =>
        new()
        {
            { ["a/one", "b/two"], "client", "one" },
            { ["b/two", "a/one"], "client", "two" },
            // The namespace's own come first, whoever is older, then those that name it.
            { ["a/one", "client/two ."], "client", "two" },
            { ["a/one", "client/two ."], "other", "one" },
            { ["a/one", "b/two client"], "client", "two" },
            { ["a/one client", "client/two ."], "client", "two" },
            { ["a/one client", "b/two client"], "client", "one" },
            { ["a/one client", "b/two other"], "other", "two" },
            // Its own that is for everybody is as good as any for everybody.
            { ["a/one", "client/two"], "client", "one" },
            { ["a/one .", "b/two ."], "client", "" },
        };

    [Theory]
    [MemberData(nameof(Rivals))]
    public void Of_those_that_a_namespace_sees_one_routes_the_host(string[] oldestFirst, string client, string winner)
    {
        var routes = oldestFirst.Index().Select(static one => Routes(one.Item, one.Index)).Prepend(Entry("a", "'*'"));
        var host = new MeshFixture(routes.ToArray())
            .Snapshot.ViewFor(MeshFixture.Sidecar(ns: client))
            .Outbound.HttpHosts.Single();
        Assert.Equal(winner, host.IsDefault ? "" : host.Rules[0].Origin.Name);
    }

    [Theory]
    [MemberData(nameof(Rivals))]
    public void On_a_gateway_those_that_its_namespace_sees_add_up(string[] oldestFirst, string client, string first)
    {
        const string gateway = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: g, namespace: edge}
            spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
            """;
        var routes = oldestFirst.Index().Select(static one => Routes(one.Item, one.Index, "edge/g")).Prepend(gateway);
        var port = new MeshFixture(routes.ToArray())
            .Snapshot.ViewFor(MeshFixture.Gateway(ns: client))
            .Gateway!.Ports.Single();
        var seen = oldestFirst.Where(one => IsSeen(one, client)).Select(NameOf);
        var served = port
            .HttpHosts.SelectMany(static host => host.Rules)
            .Select(static rule => rule.Origin.Name)
            .ToList();
        Assert.Equal(seen.Order(), served.Order());
        Assert.Equal(first, served.FirstOrDefault() ?? "");
    }

    [Fact]
    public void A_narrower_host_comes_before_a_nearer_virtual_service()
    {
        var mesh = new MeshFixture(
            Entry("a", "'*'"),
            Routes("client", "near", ".").Replace($"[{Host}]", "['*.com']", StringComparison.Ordinal),
            Routes("a", "wide", "client").Replace($"[{Host}]", "['*.example.com']", StringComparison.Ordinal),
            Routes("a", "exact", "'*'")
        );
        var exact = mesh.Snapshot.ViewFor(MeshFixture.Sidecar(ns: "client")).Outbound.HttpHosts.Single(IsHost);
        Assert.Equal("exact", exact.Rules[0].Origin.Name);

        static bool IsHost(HttpHost host) => host.Host == Host;
    }

    /// <summary>Definitions of one host, each <c>namespace exportTo</c>, the oldest first; a client, and whose it calls.</summary>
    public static TheoryData<string[], string, string> Definitions =>
        new()
        {
            { ["a", "b"], "client", "a" },
            { ["b", "a"], "client", "b" },
            // Its own comes first, whoever else sees it.
            { ["a", "client"], "client", "client" },
            { ["a", "client ."], "client", "client" },
            { ["a", "client ."], "other", "a" },
            { ["a", "b client"], "client", "b" },
            { ["a", "b client"], "other", "a" },
            { ["a .", "b ."], "a", "a" },
            { ["a .", "b ."], "b", "b" },
            { ["a .", "b ."], "other", "" },
        };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Of_several_definitions_of_a_host_a_namespace_calls_one(string[] oldestFirst, string client, string home)
    {
        var mesh = new MeshFixture(oldestFirst.Index().Select(static one => Entry(one.Item, one.Index)).ToArray());
        var services = mesh.Snapshot.ViewFor(MeshFixture.Sidecar(ns: client)).Outbound.Services;
        Assert.Equal(home, services.SingleOrDefault()?.Service.Namespace ?? "");
    }

    [Fact]
    public void Nobody_takes_a_host_away_from_a_service_but_in_his_own_namespace()
    {
        var mesh = new MeshFixture(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: api, namespace: shop, creationTimestamp: "2027-01-01T00:00:00Z"}
            spec: {ports: [{name: http, port: 80}]}
            """,
            Entry("thief", "client, thief").Replace(Host, "api.shop.svc.cluster.local", StringComparison.Ordinal)
        );
        Assert.Equal("shop", HomeFor("client"));
        Assert.Equal("shop", HomeFor("shop"));
        Assert.Equal("thief", HomeFor("thief"));

        string HomeFor(string client) =>
            mesh.Snapshot.ViewFor(MeshFixture.Sidecar(ns: client)).Outbound.Services.Single().Service.Namespace;
    }

    /// <summary>Definitions as above, and who is told that he has lost, and where.</summary>
    public static TheoryData<string[], string> Lost =>
        new()
        {
            { ["a .", "b ."], "" },
            { ["a .", "b other"], "" },
            { ["a", "b '~'"], "" },
            { ["a client", "b client"], "b: ServiceEntry a/e already, which wins in the namespace client" },
            { ["a", "b other"], "a: ServiceEntry b/e already, which wins in the namespace other" },
            {
                ["a", "b"],
                "b: ServiceEntry a/e already, which is older and wins; a: ServiceEntry b/e already, which wins in the namespace b"
            },
        };

    [Theory]
    [MemberData(nameof(Lost))]
    public void Who_loses_a_host_where_both_are_seen_is_told(string[] oldestFirst, string expected)
    {
        var mesh = new MeshFixture(oldestFirst.Index().Select(static one => Entry(one.Item, one.Index)).ToArray());
        var told = mesh.Snapshot.Problems.Select(static problem =>
            $"{problem.Subject["ServiceEntry ".Length..].Split('/')[0]}: {problem.Message[$"{Host} is defined by ".Length..]}"
        );
        Assert.Equal(expected, string.Join("; ", told));
    }

    [Fact]
    public void A_route_takes_the_port_of_the_service_that_its_clients_see()
    {
        var mesh = new MeshFixture(
            Entry("a", "'*'"),
            Entry("client", ".").Replace("number: 80", "number: 8080", StringComparison.Ordinal),
            Routes("a", "r", "'*'").Replace($"[{Host}]", "[front.example.com]", StringComparison.Ordinal)
        );
        Assert.Equal(80, PortFor("other"));
        Assert.Equal(8080, PortFor("client"));

        int PortFor(string client) =>
            mesh
                .Snapshot.ViewFor(MeshFixture.Sidecar(ns: client))
                .Outbound.HttpHosts.Single(static host => host.Host == "front.example.com")
                .Rules[0]
                .Targets[0]
                .Port;
    }

    [Fact]
    public void Namespaces_share_all_that_they_see_alike()
    {
        var other = Entry("shop", "client").Replace(Host, "other.example.com", StringComparison.Ordinal);
        var mesh = new MeshFixture(Entry("a", "'*'"), other, Routes("shop", "r", "client"));
        var (client, stranger, another) = (For("client"), For("stranger"), For("another"));
        Assert.Same(client.Services[0], stranger.Services[0]);
        Assert.Same(stranger, another);
        Assert.Equal(2, client.Services.Count);

        OutboundView For(string ns) => mesh.Snapshot.ViewFor(MeshFixture.Sidecar(ns: ns)).Outbound;
    }

    private static MeshFixture Mesh(ExportDefaults defaults, params string[] texts) =>
        new(MeshConfig.Default with { Exports = defaults }, texts);

    private static ExportDefaults Defaults(string word)
    {
        var value = word == "." ? DefaultExport.OwnNamespace : DefaultExport.Everybody;
        return new ExportDefaults { Services = value, VirtualServices = value };
    }

    /// <summary>Of three namespaces, those whose clients see something.</summary>
    private static string SeenBy(MeshFixture mesh, Func<OutboundView, bool> sees) =>
        string.Join(
            ' ',
            new[] { "shop", "client", "other" }.Where(ns =>
                sees(mesh.Snapshot.ViewFor(MeshFixture.Sidecar(ns: ns)).Outbound)
            )
        );

    private static bool IsSeen(string rival, string client) =>
        rival.Split(' ') is not [var name, var scope]
        || scope == client
        || (scope == "." && name.Split('/')[0] == client);

    private static string NameOf(string rival) => rival.Split(' ')[0].Split('/')[1];

    private static string Routes(string rival, int age, string gateways = "mesh")
    {
        var parts = rival.Split(' ');
        var name = parts[0].Split('/');
        return Routes(name[0], name[1], parts.Length > 1 ? parts[1] : "", age, gateways);
    }

    private static string Routes(string ns, string name, string exportTo, int age = 0, string gateways = "mesh") =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: {{{name}}}, namespace: {{{ns}}}, creationTimestamp: "202{{{age}}}-01-01T00:00:00Z"}
            spec:
              hosts: [{{{Host}}}]
              gateways: [{{{gateways}}}]
              exportTo: [{{{exportTo}}}]
              http: [{match: [{uri: {prefix: /{{{name}}}}}], route: [{destination: {host: {{{Host}}}}}]}]

            """;

    private static string Entry(string definition, int age)
    {
        var parts = definition.Split(' ');
        return Entry(parts[0], parts.Length > 1 ? parts[1] : "", age);
    }

    private static string Entry(string ns, string exportTo, int age = 0) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: e, namespace: {{{ns}}}, creationTimestamp: "202{{{age}}}-01-01T00:00:00Z"}
            spec:
              hosts: [{{{Host}}}]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: DNS
              exportTo: [{{{exportTo}}}]

            """;
}
