// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using ControlPlane.Tests.ResourceApi;
using Lateen.Config.Objects;
using Lateen.Config.Stores;
using Lateen.Xds;

namespace ControlPlane.Tests.Statuses;

public class StatusTests
{
    private const string Accepted = "Accepted";
    private const string Programmed = "Programmed";
    private const string Conflicts = "Conflicts";

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
        """;

    [Fact]
    public async Task Kubectl_waits_for_the_last_proxy()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        using var kubectl = new Kubectl(plane.Api);
        await kubectl.TryAsync(Service, "apply", "-f", "-");
        // What comes from here on is about the route's next generation alone.
        await WaitForFirstAsync(plane);
        using var prompt = await ScriptedProxy.ConnectAsync(plane);
        using var late = await ScriptedProxy.ConnectAsync(plane);
        await plane.RouteConditionAsync("reviews", Programmed, "True Programmed");
        await kubectl.TryAsync(Route("reviews", "timeout: 3s"), "apply", "-f", "-");
        var waiting = kubectl.RunAsync("wait", "--for=condition=Programmed", "virtualservice/reviews", "--timeout=60s");
        var awaited = await late.NextAsync(TypeUrls.Route);
        await prompt.AckAsync(await prompt.NextAsync(TypeUrls.Route));
        await plane.StatusAsync(
            "virtualservices",
            "reviews",
            static status => Message(status, Programmed) == "1 of 2 proxies have acknowledged it"
        );
        Assert.False(waiting.IsCompleted);
        Assert.Equal(
            "False",
            await kubectl.RunAsync(
                "get",
                "vs",
                "reviews",
                "-o",
                """jsonpath={.status.conditions[?(@.type=="Programmed")].status}"""
            )
        );
        await late.AckAsync(awaited);
        Assert.Equal("virtualservice.networking.istio.io/reviews condition met\n", await waiting);
        Assert.Equal(
            "2 of 2 proxies have acknowledged it",
            await plane.RouteConditionAsync("reviews", Programmed, "True Programmed")
        );
        Assert.Equal("2", await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.metadata.generation}"));
    }

    [Fact]
    public async Task Each_generation_is_judged_by_itself()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("services", Service, "v1");
        Assert.Equal("no proxy is connected", await WaitForFirstAsync(plane));
        using var proxy = await ScriptedProxy.ConnectAsync(plane);
        await plane.RouteConditionAsync("reviews", Programmed, "True Programmed");
        await plane.ApplyRouteAsync(Route("reviews", "timeout: 3s"));
        var second = await proxy.NextAsync(TypeUrls.Route);
        await plane.RouteConditionAsync("reviews", Programmed, "False Pending");
        await proxy.NackAsync(second, "no such filter");
        var refused = await plane.RouteConditionAsync("reviews", Programmed, "False Refused");
        Assert.StartsWith(
            "0 of 1 proxies have acknowledged it; refused by sidecar~",
            refused,
            StringComparison.Ordinal
        );
        Assert.EndsWith(": no such filter", refused, StringComparison.Ordinal);
        await plane.ApplyRouteAsync(Route("reviews", "timeout: 4s"));
        await proxy.AckAsync(await proxy.NextAsync(TypeUrls.Route));
        await plane.RouteConditionAsync("reviews", Programmed, "True Programmed");
    }

    [Fact]
    public async Task What_is_refused_is_not_accepted_and_the_last_good_generation_stays()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("services", Service, "v1");
        await plane.ApplyRouteAsync(Route("reviews"));
        Assert.Equal("in order", await plane.RouteConditionAsync("reviews", Accepted, "True Accepted"));
        // Past the API, as a version with fewer rules would have written it.
        var key = RunningControlPlane.Key("virtualservices", "reviews");
        while (true)
        {
            var stored = (await plane.Store.GetAsync(key, Stop))!;
            var item = JsonNode.Parse(stored.Content.Span)!;
            item["metadata"]!["generation"] = 2;
            item["spec"]!["http"]![0]!["timeout"] = "soon";
            var content = System.Text.Encoding.UTF8.GetBytes(item.ToJsonString());
            // Its status may be written at the same time.
            if ((await plane.Store.PutAsync(key, content, stored.Revision, Stop)).Status == WriteStatus.Done)
                break;
        }
        var why = await plane.RouteConditionAsync("reviews", Accepted, "False Invalid");
        Assert.StartsWith("spec.http[0].timeout: ", why, StringComparison.Ordinal);
        Assert.EndsWith("; generation 1 stays in force", why, StringComparison.Ordinal);
        await plane.RouteConditionAsync("reviews", Programmed, "False NotAccepted");
        await plane.ApplyRouteAsync(Route("reviews", "timeout: 3s"));
        await plane.RouteConditionAsync("reviews", Accepted, "True Accepted");
    }

    [Fact]
    public async Task A_route_to_what_nobody_defines_is_accepted_with_a_warning_until_somebody_does()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("services", Service, "v1");
        await plane.ApplyRouteAsync(
            Route("reviews").Replace("host: reviews}", "host: reviews, subset: v9}", StringComparison.Ordinal)
        );
        Assert.Equal(
            "in order, with warnings: spec.http[0].route[0].destination.subset: there is no DestinationRule for reviews.default.svc.cluster.local"
                + " that could define the subset \"v9\": until there is, requests there get 503 (NC)"
                + ", define the subset in a DestinationRule of the host (LT0312)",
            await plane.RouteConditionAsync("reviews", Accepted, "True Accepted")
        );
        await plane.ApplyAsync(
            "destinationrules",
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\nspec: {host: reviews, subsets: [{name: v9, labels: {version: v9}}]}"
        );
        await plane.StatusAsync("virtualservices", "reviews", static status => Message(status, Accepted) == "in order");
    }

    [Fact]
    public async Task What_no_one_could_have_written_through_the_api_is_told_too()
    {
        var store = new MemoryStore();
        await using var plane = await RunningControlPlane.StartAsync(store);
        var content =
            """{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"bad","namespace":"default","generation":7},"spec":{"hosts":["a"],"http":[{"timeout":"soon"}]}}""";
        await store.PutAsync(
            RunningControlPlane.Key("virtualservices", "bad"),
            System.Text.Encoding.UTF8.GetBytes(content),
            0,
            Stop
        );
        Assert.Contains(
            "spec.http[0].timeout",
            await plane.RouteConditionAsync("bad", Accepted, "False Invalid"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Conflicts_are_told_of_the_one_that_loses_until_they_are_gone()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("services", Service, "v1");
        await plane.ApplyRouteAsync(Route("a"));
        await plane.RouteConditionAsync("a", Conflicts, "False NoConflicts");
        await plane.ApplyRouteAsync(Route("b"));
        var why = await plane.RouteConditionAsync("b", Conflicts, "True Conflicting");
        Assert.Equal(
            "spec.hosts[0]: reviews.default.svc.cluster.local has routes in VirtualService default/a already, which is older and wins, merge the two (IST0109)",
            why
        );
        var item = await plane.StatusAsync(
            "virtualservices",
            "b",
            static status => status["validationMessages"] is not null
        );
        var message = item["status"]!["validationMessages"]![0]!;
        Assert.Equal(
            ("IST0109", "ConflictingMeshGatewayVirtualServiceHosts", "ERROR"),
            ((string?)message["type"]!["code"], (string?)message["type"]!["name"], (string?)message["level"])
        );
        await plane.ApplyRouteAsync(
            Route("b").Replace("hosts: [reviews]", "hosts: [other.example.com]", StringComparison.Ordinal)
        );
        await plane.RouteConditionAsync("b", Conflicts, "False NoConflicts");
    }

    [Fact]
    public async Task What_no_proxy_sees_together_is_no_conflict()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.ApplyAsync("services", Service, "v1");
        await plane.ApplyRouteAsync(Exported("a", "one"));
        await plane.ApplyRouteAsync(Exported("b", "two"));
        await plane.RouteConditionAsync("a", Conflicts, "False NoConflicts");
        await plane.RouteConditionAsync("b", Conflicts, "False NoConflicts");
        await plane.ApplyRouteAsync(Exported("b", "one, two"));
        Assert.Contains(
            "VirtualService default/a already, which wins in the namespace one",
            await plane.RouteConditionAsync("b", Conflicts, "True Conflicting"),
            StringComparison.Ordinal
        );
        await plane.ApplyRouteAsync(Exported("b", "two"));
        await plane.RouteConditionAsync("b", Conflicts, "False NoConflicts");
        // What is for everybody stands back where others are for some.
        await plane.ApplyRouteAsync(Exported("b", "'*'"));
        Assert.Equal(
            "spec.hosts[0]: reviews.default.svc.cluster.local is routed by VirtualService default/a in one: "
                + "what is exported to some namespaces comes before what is for all, repeat there what must hold for them too (LT0309)",
            await plane.RouteConditionAsync("b", Conflicts, "True Conflicting")
        );

        static string Exported(string name, string to) =>
            Route(name).Replace("hosts: [reviews]", $"hosts: [reviews]\n  exportTo: [{to}]", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_change_is_not_written_and_nothing_is_built_anew_for_a_status()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        using var proxy = await ScriptedProxy.ConnectAsync(plane);
        await plane.ApplyAsync("services", Service, "v1");
        await plane.ApplyRouteAsync(Route("reviews"));
        await AcknowledgeAllAsync(plane, proxy, "reviews");
        var settled = (await plane.Store.GetAsync(RunningControlPlane.Key("virtualservices", "reviews"), Stop))!;
        var built = plane.Mesh.Config.Revision;
        var metadata = JsonNode.Parse(settled.Content.Span)!["metadata"]!;
        Assert.Equal(1, metadata["generation"].AsNumber());
        // Another object has everything looked at again, and nothing else written.
        await plane.ApplyAsync(
            "configmaps",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: b}",
            "v1"
        );
        await plane.ApplyAsync(
            "sidecars",
            "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s}\nspec: {egress: [{hosts: ['./*']}]}"
        );
        await plane.ConditionAsync("sidecars", "s", Accepted, "True Accepted");
        var after = (await plane.Store.GetAsync(RunningControlPlane.Key("virtualservices", "reviews"), Stop))!;
        Assert.Equal(settled.Revision, after.Revision);
        // Two objects came, and four statuses were written: the configuration is two revisions on at the most.
        Assert.InRange(plane.Mesh.Config.Revision, built + 1, built + 2);
    }

    [Fact]
    public async Task Conditions_of_others_stay_and_times_move_with_the_status_alone()
    {
        var store = new MemoryStore();
        await using var plane = await RunningControlPlane.StartAsync(store);
        await plane.ApplyRouteAsync(Route("reviews"));
        var first = await plane.StatusAsync(
            "virtualservices",
            "reviews",
            static status => Message(status, Conflicts) is not null
        );
        using var kubectl = new Kubectl(plane.Api);
        await kubectl.RunAsync(
            "patch",
            "vs",
            "reviews",
            "--subresource=status",
            "--type=json",
            "-p",
            """[{"op":"add","path":"/status/conditions/-","value":{"type":"Theirs","status":"True"}}]"""
        );
        await plane.ApplyRouteAsync(Route("reviews", "timeout: 3s"));
        await plane.RouteConditionAsync("reviews", Accepted, "True Accepted");
        var second = await plane.StatusAsync(
            "virtualservices",
            "reviews",
            static status => status["conditions"]!.AsArray().Count == 4
        );
        Assert.Contains(second["status"]!["conditions"]!.AsArray(), static item => item.Text("type") == "Theirs");
        Assert.Equal(Since(first, Accepted), Since(second, Accepted));
    }

    [Fact]
    public async Task A_file_that_defines_the_same_is_a_conflict()
    {
        var file = Path.GetTempFileName() + ".yaml";
        await File.WriteAllTextAsync(file, Route("reviews"), Stop);
        await using var plane = await RunningControlPlane.StartAsync(null, file);
        await plane.ApplyRouteAsync(Route("reviews", "timeout: 3s"));
        Assert.Contains(
            "(LT0107)",
            await plane.RouteConditionAsync("reviews", Accepted, "False Invalid"),
            StringComparison.Ordinal
        );
        await plane.RouteConditionAsync("reviews", Conflicts, "True Conflicting");
        File.Delete(file);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<string> WaitForFirstAsync(RunningControlPlane plane)
    {
        await plane.ApplyRouteAsync(Route("reviews"));
        return await plane.RouteConditionAsync("reviews", Programmed, "Unknown NoProxies");
    }

    private static async Task AcknowledgeAllAsync(RunningControlPlane plane, ScriptedProxy proxy, string name)
    {
        using var done = new CancellationTokenSource();
        var answering = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                    await proxy.AckAsync(await proxy.NextAsync());
            },
            Stop
        );
        await plane.RouteConditionAsync(name, Programmed, "True Programmed");
        await done.CancelAsync();
        _ = answering.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
    }

    private static string? Message(JsonNode status, string type) =>
        status.Member("conditions").Items().FirstOrDefault(item => item.Text("type") == type).Text("message");

    private static string? Since(JsonObject item, string type) =>
        item["status"]
            .Member("conditions")
            .Items()
            .First(condition => condition.Text("type") == type)
            .Text("lastTransitionTime");

    internal static string Route(string name, string more = "") =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: {{name}}}
            spec:
              hosts: [reviews]
              http:
                - route:
                    - destination: {host: reviews}
                  {{more}}
            """;
}
