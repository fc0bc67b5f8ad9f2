// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>Server-side apply over HTTP: what its algebra does is in FieldOwnershipTests.</summary>
public class ApplyTests
{
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string One = $"{Samples.Routes}/a";

    [Fact]
    public async Task Creates_then_changes_and_takes_away()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await ApplyAsync(api, "ann", Samples.RouteYaml("a", labels: "x: z"));
        Assert.Equal(201, created.Code);
        Assert.Equal(1, created.Json["metadata"]!["generation"]!.GetValue<int>());
        var same = await ApplyAsync(api, "ann", Samples.RouteYaml("a", labels: "x: z"));
        Assert.Equal((200, Version(created)), (same.Code, Version(same)));
        var changed = await ApplyAsync(api, "ann", Samples.RouteYaml("a", "ratings"));
        Assert.Equal((200, 2), (changed.Code, changed.Json["metadata"]!["generation"]!.GetValue<int>()));
        Assert.Null(changed.Json["metadata"]!["labels"]);
        Assert.Equal("ratings", changed.Json["spec"]!["hosts"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Conflicts_name_manager_and_field()
    {
        await using var api = await RunningApi.StartAsync();
        await ApplyAsync(api, "ann", Samples.RouteYaml("a"));
        var conflict = await ApplyAsync(api, "bob", Samples.RouteYaml("a", "ratings"));
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        AssertJson(
            """
            [{"reason":"FieldManagerConflict","message":"conflict with \"ann\"","field":".spec.hosts"},
             {"reason":"FieldManagerConflict","message":"conflict with \"ann\"","field":".spec.http"}]
            """,
            conflict.Json["details"]!["causes"]
        );
        var forced = await ApplyAsync(api, "bob", Samples.RouteYaml("a", "ratings"), "&force=true");
        Assert.Equal(200, forced.Code);
        var records = forced.Json["metadata"]!["managedFields"]!.AsArray();
        Assert.Equal("bob", Assert.Single(records)!["manager"]!.GetValue<string>());
    }

    [Fact]
    public async Task Status_is_applied_at_its_own_path_alone()
    {
        await using var api = await RunningApi.StartAsync();
        var config = Samples.RouteYaml("a") + "status: {observedGeneration: 7}\n";
        Assert.Null((await ApplyAsync(api, "ann", config)).Json["status"]);
        const string Status = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a, labels: {ignored: x}}
            spec: {hosts: [ignored]}
            status: {conditions: [{type: Programmed, status: "True"}]}
            """;
        var applied = await api.AskAsync("PATCH", $"{One}/status?fieldManager=mesh", Status, ApplyPatch);
        Assert.Equal(200, applied.Code);
        Assert.Equal("reviews", applied.Json["spec"]!["hosts"]![0]!.GetValue<string>());
        Assert.Null(applied.Json["metadata"]!["labels"]);
        // Another one adds a condition, as each has one record of its own.
        var other = Status.Replace("Programmed", "Accepted", StringComparison.Ordinal);
        applied = await api.AskAsync("PATCH", $"{One}/status?fieldManager=checker", other, ApplyPatch);
        Assert.Equal(
            ["Programmed", "Accepted"],
            applied.Json["status"]!["conditions"]!
                .AsArray()
                .Select(static condition => condition!["type"]!.GetValue<string>())
        );
        var missing = await api.AskAsync(
            "PATCH",
            $"{Samples.Routes}/b/status?fieldManager=mesh",
            Status.Replace("name: a", "name: b", StringComparison.Ordinal),
            ApplyPatch
        );
        Assert.Equal(404, missing.Code);
    }

    [Fact]
    public async Task An_object_without_records_is_somebodys()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        await api.AskAsync("PATCH", One, """{"metadata":{"managedFields":[{}]}}""", "application/merge-patch+json");
        var conflict = await ApplyAsync(api, "ann", Samples.RouteYaml("a", "ratings"));
        Assert.Contains(
            "conflicts with \"before-first-apply\" using networking.istio.io/v1:\n- .spec.hosts",
            conflict.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_applied_is_checked_as_everything()
    {
        await using var api = await RunningApi.StartAsync();
        var config = Samples.RouteYaml("a").Replace("hosts:", "hostz:", StringComparison.Ordinal);
        Assert.Equal(400, (await ApplyAsync(api, "ann", config, "&fieldValidation=Strict")).Code);
        var wrong = await ApplyAsync(api, "ann", Samples.RouteYaml("a") + "  gateways: 1\n");
        Assert.Equal((422, "Invalid"), (wrong.Code, wrong.Reason));
        Assert.Contains("spec.gateways: must be a list of texts", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(404, (await api.AskAsync("GET", One)).Code);
        var elsewhere = await api.AskAsync(
            "PATCH",
            "/apis/networking.istio.io/v1/namespaces/nowhere/virtualservices/a?fieldManager=ann",
            Samples.RouteYaml("a"),
            ApplyPatch
        );
        Assert.Equal((404, "namespaces \"nowhere\" not found"), (elsewhere.Code, elsewhere.Message));
    }

    private static Task<ApiResponse> ApplyAsync(RunningApi api, string manager, string yaml, string query = "") =>
        api.AskAsync("PATCH", $"{One}?fieldManager={manager}{query}", yaml, ApplyPatch);

    private static string Version(ApiResponse answer) =>
        answer.Json["metadata"]!["resourceVersion"]!.GetValue<string>();

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
