// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Statuses;

/// <summary>The Gateway API's kinds have statuses in its own terms, and only those that are ours have one of us.</summary>
public class GatewayStatusTests
{
    private const string Group = "gateway.networking.k8s.io";

    [Fact]
    public async Task Classes_gateways_and_routes_of_our_controller()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("gatewayclasses", Class("lateen", "lateen.io/gateway-controller"), $"{Group}/v1", "");
        await plane.ApplyAsync("gatewayclasses", Class("other", "example.com/controller"), $"{Group}/v1", "");
        await plane.ApplyAsync("gateways", Gateway("ours", "lateen"), $"{Group}/v1");
        await plane.ApplyAsync("gateways", Gateway("theirs", "other"), $"{Group}/v1");
        await plane.ApplyAsync("httproutes", Route, $"{Group}/v1");
        var unresolved = await ParentAsync(plane, "BackendNotFound");
        Assert.Equal("ours", (string?)unresolved["parentRef"]!["name"]);
        Assert.Equal("there is no Service default/reviews", Condition(unresolved, "ResolvedRefs").Text("message"));
        await plane.ApplyAsync(
            "services",
            "apiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {ports: [{name: http, port: 80}]}",
            "v1"
        );
        var resolved = await ParentAsync(plane, "ResolvedRefs");
        Assert.Equal("True", Condition(resolved, "ResolvedRefs").Text("status"));
        Assert.Equal("True", Condition(resolved, "Accepted").Text("status"));
        var ours = await plane.WaitAsync(
            new ObjectKey(Group, "gateways", "default", "ours"),
            static item => item["status"] is not null
        );
        Assert.Equal(
            "False NotInForce",
            $"{Condition(ours["status"]!, "Programmed").Text("status")} {Condition(ours["status"]!, "Programmed").Text("reason")}"
        );
        Assert.Null(Condition(ours["status"]!, "Conflicts"));
        ours = await plane.WaitAsync(
            new ObjectKey(Group, "gateways", "default", "ours"),
            static item => (int?)item["status"]?["listeners"]?[0]?["attachedRoutes"] == 1
        );
        var listener = Assert.Single(ours["status"]!["listeners"]!.AsArray())!;
        Assert.Equal("http", (string?)listener["name"]);
        Assert.Equal(
            $$"""[{"group":"{{Group}}","kind":"HTTPRoute"},{"group":"{{Group}}","kind":"GRPCRoute"}]""",
            listener["supportedKinds"]!.ToJsonString()
        );
        Assert.Equal(
            ["Accepted True", "Conflicted False", "ResolvedRefs True", "Programmed False"],
            listener["conditions"]!.AsArray().Select(static one => $"{one.Text("type")} {one.Text("status")}")
        );
        Assert.All(
            listener["conditions"]!.AsArray(),
            static one => Assert.Equal(1, one.Member("observedGeneration").AsNumber())
        );
        await plane.WaitAsync(
            new ObjectKey(Group, "gatewayclasses", "", "lateen"),
            static item => Condition(item["status"]!, "Accepted").Text("status") == "True"
        );
        foreach (var (plural, ns, name) in new[] { ("gateways", "default", "theirs"), ("gatewayclasses", "", "other") })
        {
            var stored = await plane.Store.GetAsync(
                new ObjectKey(Group, plural, ns, name),
                TestContext.Current.CancellationToken
            );
            Assert.Null(JsonNode.Parse(stored!.Content.Span)!["status"]);
        }
    }

    [Fact]
    public async Task A_service_of_another_namespace_needs_a_grant()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("namespaces", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}", "v1", "");
        await plane.ApplyAsync(
            "services",
            "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {ports: [{name: http, port: 80}]}",
            "v1",
            "shop"
        );
        await plane.ApplyAsync("gatewayclasses", Class("lateen", "lateen.io/gateway-controller"), $"{Group}/v1", "");
        await plane.ApplyAsync("gateways", Gateway("ours", "lateen"), $"{Group}/v1");
        await plane.ApplyAsync(
            "httproutes",
            Route.Replace("name: reviews, port", "name: cart, namespace: shop, port", StringComparison.Ordinal),
            $"{Group}/v1"
        );
        await ParentAsync(plane, "RefNotPermitted");
        await plane.ApplyAsync(
            "referencegrants",
            $$"""
            apiVersion: {{Group}}/v1
            kind: ReferenceGrant
            metadata: {name: g}
            spec:
              from: [{group: {{Group}}, kind: HTTPRoute, namespace: default}]
              to: [{group: "", kind: Service}]
            """,
            $"{Group}/v1",
            "shop"
        );
        await ParentAsync(plane, "ResolvedRefs");
    }

    [Fact]
    public async Task Labels_of_a_namespace_let_its_routes_in_once_they_are_there()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("gatewayclasses", Class("lateen", "lateen.io/gateway-controller"), $"{Group}/v1", "");
        await plane.ApplyAsync(
            "gateways",
            Gateway("ours", "lateen")
                .Replace(
                    "protocol: HTTP",
                    "protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}",
                    StringComparison.Ordinal
                ),
            $"{Group}/v1"
        );
        await plane.ApplyAsync("httproutes", Route, $"{Group}/v1");
        await AcceptedAsync(plane, "NotAllowedByListeners");
        await plane.ApplyAsync(
            "namespaces",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {team: a}}",
            "v1",
            ""
        );
        await AcceptedAsync(plane, "Accepted");
    }

    [Fact]
    public async Task A_class_with_parameters_is_not_accepted()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        var given = Class("lateen", "lateen.io/gateway-controller")
            .Replace(
                "gateway-controller",
                "gateway-controller, parametersRef: {group: a.example.com, kind: P, name: p}",
                StringComparison.Ordinal
            );
        await plane.ApplyAsync("gatewayclasses", given, $"{Group}/v1", "");
        await plane.WaitAsync(
            new ObjectKey(Group, "gatewayclasses", "", "lateen"),
            static item =>
                item["status"] is { } status
                && Condition(status, "Accepted").Text("reason") == "InvalidParameters"
                && Condition(status, "Accepted").Text("status") == "False"
        );
    }

    private static Task AcceptedAsync(RunningControlPlane plane, string reason) =>
        plane.WaitAsync(
            new ObjectKey(Group, "httproutes", "default", "r"),
            item =>
                item["status"]
                    .Member("parents")
                    .Items()
                    .Any(parent => Condition(parent!, "Accepted").Text("reason") == reason)
        );

    private static async Task<JsonNode> ParentAsync(RunningControlPlane plane, string reason)
    {
        var item = await plane.WaitAsync(
            new ObjectKey(Group, "httproutes", "default", "r"),
            item =>
                item["status"]
                    .Member("parents")
                    .Items()
                    .Any(parent => Condition(parent!, "ResolvedRefs").Text("reason") == reason)
        );
        return Assert.Single(item["status"]!["parents"]!.AsArray())!;
    }

    private static JsonNode? Condition(JsonNode status, string type) =>
        status.Member("conditions").Items().FirstOrDefault(item => item.Text("type") == type);

    private static string Class(string name, string controller) =>
        $"apiVersion: {Group}/v1\nkind: GatewayClass\nmetadata: {{name: {name}}}\nspec: {{controllerName: {controller}}}";

    private static string Gateway(string name, string gatewayClass) =>
        $"apiVersion: {Group}/v1\nkind: Gateway\nmetadata: {{name: {name}}}\nspec: {{gatewayClassName: {gatewayClass}, listeners: [{{name: http, port: 80, protocol: HTTP}}]}}";

    private const string Route = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r}
        spec:
          parentRefs: [{name: ours}, {name: theirs}]
          rules: [{backendRefs: [{name: reviews, port: 80}]}]
        """;
}
