// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Config.Kinds.Networking;
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

public class MeshBuilderTests
{
    private const string Reviews = "reviews.default.svc.cluster.local";

    [Fact]
    public void Endpoints_belong_to_services_by_their_labels()
    {
        var mesh = new MeshFixture(
            Service("both", "{app: a, tier: x}"),
            Service("one", "{app: a}"),
            Service("none", "{}"),
            Service("elsewhere", "{app: a}", ns: "other"),
            Entry("first", "{app: a, tier: x}"),
            Entry("second", "{app: a, tier: z}"),
            Entry("third", "{app: b}")
        ).Snapshot;
        Assert.Equal(["first"], EndpointsOf(mesh, "both.default"));
        Assert.Equal(["first", "second"], EndpointsOf(mesh, "one.default"));
        Assert.Empty(EndpointsOf(mesh, "none.default"));
        Assert.Empty(EndpointsOf(mesh, "elsewhere.other"));
    }

    public static TheoryData<MeshPort, Dictionary<string, int>, int> TargetPorts =>
        new()
        {
            { new("http", 80, "HTTP"), [], 80 },
            { new("http", 80, "HTTP", TargetPort: 8080), [], 8080 },
            {
                new("http", 80, "HTTP", TargetPort: 8080),
                new() { ["http"] = 9090 },
                9090
            },
            {
                new("http", 80, "HTTP", TargetName: "web"),
                new() { ["web"] = 9090 },
                9090
            },
            { new("http", 80, "HTTP", TargetName: "web"), [], 0 },
        };

    [Theory]
    [MemberData(nameof(TargetPorts))]
    public void A_service_port_leads_to_a_port_of_the_workload(
        MeshPort port,
        Dictionary<string, int> workloadPorts,
        int expected
    )
    {
        var endpoint = new WorkloadEndpoint
        {
            Name = "a",
            Namespace = "default",
            Address = "127.0.0.1",
            Ports = workloadPorts,
        };
        Assert.Equal(expected, MeshService.TargetPort(port, endpoint));
    }

    [Theory]
    [InlineData("a", "2026-01-01T00:00:00Z", "b", "2026-02-01T00:00:00Z", "a")]
    [InlineData("a", "2026-02-01T00:00:00Z", "b", "2026-01-01T00:00:00Z", "b")]
    [InlineData("b", "2026-01-01T00:00:00Z", "a", "2026-01-01T00:00:00Z", "a")] // of one age: by name
    public void In_the_mesh_the_oldest_virtual_service_of_a_host_wins(
        string first,
        string firstAge,
        string second,
        string secondAge,
        string winner
    )
    {
        var mesh = new MeshFixture(
            Bookinfo.Services,
            Routes(first, "[reviews]", age: firstAge),
            Routes(second, $"[{Reviews}]", age: secondAge)
        );
        Assert.Equal(winner, RulesOf(mesh, Reviews)[0].Origin.Name);
    }

    [Fact]
    public void The_most_specific_host_wins_over_age()
    {
        var mesh = new MeshFixture(
            Bookinfo.Services,
            Routes("all", "['*.svc.cluster.local']", age: "2026-01-01T00:00:00Z"),
            Routes("some", "['*.default.svc.cluster.local']", age: "2026-02-01T00:00:00Z"),
            Routes("exact", "[reviews]", age: "2026-03-01T00:00:00Z")
        );
        Assert.Equal("exact", RulesOf(mesh, Reviews)[0].Origin.Name);
        Assert.Equal("some", RulesOf(mesh, "ratings.default.svc.cluster.local")[0].Origin.Name);
    }

    [Fact]
    public void A_short_destination_is_of_the_rules_own_namespace()
    {
        var mesh = new MeshFixture(Bookinfo.Services, Routes("far", $"[{Reviews}]", ns: "other"));
        Assert.Equal("ratings.other.svc.cluster.local", RulesOf(mesh, Reviews)[0].Targets[0].Host);
    }

    [Theory]
    [InlineData("client", "client")] // the client's namespace first,
    [InlineData("bystander", "default")] // then the service's
    public void A_destination_rule_is_found_by_namespace(string clientNamespace, string expected)
    {
        var mesh = new MeshFixture(
            Bookinfo.Services,
            Rule("client", Reviews),
            Rule("default", "reviews"),
            Rule("istio-system", Reviews),
            Rule("nobody", Reviews)
        );
        Assert.Equal(expected, PolicyOf(mesh, clientNamespace).Rules.Single().Namespace);
    }

    [Fact]
    public void The_root_namespaces_rule_comes_last_and_may_cover_many_hosts()
    {
        var mesh = new MeshFixture(
            Bookinfo.Services,
            Rule("istio-system", "'*.cluster.local'"),
            Rule("nobody", Reviews)
        );
        Assert.Equal("istio-system", PolicyOf(mesh, "client").Rules.Single().Namespace);
    }

    [Fact]
    public void A_subsets_policy_wins_over_the_services_and_a_ports_over_its_level()
    {
        const string rule = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              trafficPolicy:
                loadBalancer: {simple: RANDOM}
                connectionPool: {tcp: {maxConnections: 1}}
                portLevelSettings: [{port: {number: 81}, connectionPool: {tcp: {maxConnections: 81}}}]
              subsets:
              - {name: plain}
              - {name: own, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}

            """;
        var policy = PolicyOf(new MeshFixture(Bookinfo.Services, rule), "default");
        var (plain, own) = (policy.Subsets[0], policy.Subsets[1]);
        Assert.Equal((SimpleLoadBalancer.Random, 1), Of(policy.For(80, null)));
        Assert.Equal((null, 81), Of(policy.For(81, null)));
        Assert.Equal((SimpleLoadBalancer.Random, 1), Of(policy.For(80, plain)));
        Assert.Equal((SimpleLoadBalancer.RoundRobin, 1), Of(policy.For(80, own)));
        Assert.Equal((SimpleLoadBalancer.RoundRobin, 81), Of(policy.For(81, own)));

        static (SimpleLoadBalancer?, int?) Of(TrafficPolicy settings) =>
            (settings.LoadBalancer?.Simple, settings.ConnectionPool?.Tcp?.MaxConnections);
    }

    [Fact]
    public void Two_definitions_of_a_host_are_told()
    {
        const string entry = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: copy}
            spec: {hosts: [reviews.default.svc.cluster.local], ports: [{number: 1, name: http}], resolution: DNS}

            """;
        var mesh = new MeshFixture(Bookinfo.Services, entry).Snapshot;
        Assert.Equal("Service default/reviews", mesh.Find(Reviews)!.Origin.ToString());
        Assert.Contains("is defined by Service default/reviews already", mesh.Problems.Single().Message);
    }

    private static string[] EndpointsOf(MeshSnapshot mesh, string name) =>
        mesh.Find($"{name}.svc.cluster.local")!.Endpoints.Select(static endpoint => endpoint.Name).ToArray();

    private static IReadOnlyList<RouteRule> RulesOf(MeshFixture mesh, string host) =>
        mesh.Snapshot.ViewFor(MeshFixture.Sidecar()).Outbound.HttpHosts.Single(entry => entry.Host == host).Rules;

    private static DestinationPolicy PolicyOf(MeshFixture mesh, string clientNamespace) =>
        mesh
            .Snapshot.ViewFor(MeshFixture.Sidecar(ns: clientNamespace))
            .Outbound.Services.Single(static entry => entry.Service.Host == Reviews)
            .Policy;

    private static string Service(string name, string selector, string ns = "default") =>
        $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{name}}}, namespace: {{{ns}}}}
            spec: {ports: [{name: http, port: 80}], selector: {{{selector}}}}

            """;

    private static string Entry(string name, string labels) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: {{{name}}}}
            spec: {address: 127.0.1.1, labels: {{{labels}}}}

            """;

    private static string Routes(
        string name,
        string hosts,
        string ns = "default",
        string age = "2026-01-01T00:00:00Z"
    ) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: {{{name}}}, namespace: {{{ns}}}, creationTimestamp: "{{{age}}}"}
            spec: {hosts: {{{hosts}}}, http: [{route: [{destination: {host: ratings}}]}]}

            """;

    private static string Rule(string ns, string host) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: rule, namespace: {{{ns}}}}
            spec: {host: {{{host}}}}

            """;
}
