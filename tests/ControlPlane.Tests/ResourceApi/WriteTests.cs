// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Stores;

namespace ControlPlane.Tests.ResourceApi;

public class WriteTests
{
    private const string MergePatch = "application/merge-patch+json";
    private const string One = $"{Samples.Routes}/a";

    [Fact]
    public async Task A_new_object_has_what_only_the_API_gives()
    {
        await using var api = await RunningApi.StartAsync();
        var body = Samples
            .Route("a")
            .Replace(
                "\"metadata\":{",
                "\"metadata\":{\"uid\":\"mine\",\"generation\":7,\"creationTimestamp\":\"2001-01-01T00:00:00Z\",\"deletionTimestamp\":\"2001-01-01T00:00:00Z\",\"selfLink\":\"x\",",
                StringComparison.Ordinal
            );
        var created = await api.CreateAsync(
            Samples.Routes,
            body.Replace("\"spec\"", "\"status\":{\"x\":1},\"spec\"", StringComparison.Ordinal)
        );
        var metadata = created["metadata"]!;
        Assert.True(Guid.TryParse(metadata["uid"]!.GetValue<string>(), out _));
        Assert.Equal(1, metadata["generation"]!.GetValue<int>());
        Assert.Equal("default", metadata["namespace"]!.GetValue<string>());
        Assert.StartsWith("20", metadata["creationTimestamp"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEqual("2001-01-01T00:00:00Z", metadata["creationTimestamp"]!.GetValue<string>());
        Assert.Null(metadata["deletionTimestamp"]);
        Assert.Null(metadata["selfLink"]);
        Assert.Null(created["status"]);
        Assert.Equal(created.ToJsonString(), (await api.AskAsync("GET", One)).Json.ToJsonString());
        var stored = await api.Store.GetAsync(
            new ObjectKey("networking.istio.io", "virtualservices", "default", "a"),
            Stop
        );
        Assert.Null(JsonNode.Parse(stored!.Content.Span)!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Names_are_made_where_there_is_none()
    {
        await using var api = await RunningApi.StartAsync();
        var body =
            """{"metadata":{"generateName":"route-"},"spec":{"hosts":["a"],"http":[{"route":[{"destination":{"host":"a"}}]}]}}""";
        var first = await api.CreateAsync(Samples.Routes, body);
        var second = await api.CreateAsync(Samples.Routes, body);
        Assert.Matches("^route-[bcdfghjklmnpqrstvwxz2456789]{5}$", Name(first));
        Assert.NotEqual(Name(first), Name(second));
        var longest = await api.CreateAsync(
            Samples.Routes,
            body.Replace("route-", new string('a', 100), StringComparison.Ordinal)
        );
        Assert.Equal(63, Name(longest).Length);
    }

    /// <summary>What is written, and the generation after it: only what the mesh reads counts.</summary>
    [Theory]
    [InlineData("""{"spec":{"hosts":["other"]}}""", 2)]
    [InlineData("""{"metadata":{"labels":{"a":"b"}}}""", 1)]
    [InlineData("""{"metadata":{"generation":9}}""", 1)]
    [InlineData("""{"status":{"x":1}}""", 1)]
    [InlineData("""{"spec":{"hosts":["reviews"]}}""", 1)]
    public async Task Generations_count_changes_of_the_specification(string patch, int generation)
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var patched = await api.AskAsync("PATCH", One, patch, MergePatch);
        Assert.Equal(generation, patched.Json["metadata"]!["generation"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_changes_nothing_is_not_written()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var same = await api.AskAsync("PUT", One, created.ToJsonString());
        Assert.Equal((200, Version(created)), (same.Code, Version(same.Json)));
        same = await api.AskAsync("PATCH", One, "{}", MergePatch);
        Assert.Equal(Version(created), Version(same.Json));
    }

    [Fact]
    public async Task The_status_is_written_apart()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var patched = await api.AskAsync(
            "PATCH",
            One,
            """{"status":{"x":1},"metadata":{"labels":{"a":"b"}}}""",
            MergePatch
        );
        Assert.Null(patched.Json["status"]);
        var body = patched.Json;
        body["status"] = new JsonObject { ["observedGeneration"] = 1 };
        body["spec"]!["hosts"]![0] = "ignored";
        body["metadata"]!["labels"]!["a"] = "ignored";
        var status = await api.AskAsync("PUT", $"{One}/status", body.ToJsonString());
        Assert.Equal(200, status.Code);
        Assert.Equal("""{"observedGeneration":1}""", status.Json["status"]!.ToJsonString());
        Assert.Equal("reviews", status.Json["spec"]!["hosts"]![0]!.GetValue<string>());
        Assert.Equal("b", status.Json["metadata"]!["labels"]!["a"]!.GetValue<string>());
        Assert.Equal(1, status.Json["metadata"]!["generation"]!.GetValue<int>());
        Assert.Contains(
            status.Json["metadata"]!["managedFields"]!.AsArray(),
            static record => record!["subresource"]?.GetValue<string>() == "status"
        );
        // An update of the rest leaves it as it is.
        body = status.Json;
        body.Remove("status");
        body["spec"]!["hosts"]![0] = "other";
        var updated = await api.AskAsync("PUT", One, body.ToJsonString());
        Assert.Equal("""{"observedGeneration":1}""", updated.Json["status"]!.ToJsonString());
        Assert.Equal(200, (await api.AskAsync("GET", $"{One}/status")).Code);
    }

    [Fact]
    public async Task Whoever_does_not_say_a_version_does_it_again_on_what_there_is()
    {
        var store = new ForgetfulStore();
        await using var api = await RunningApi.StartAsync(store);
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        store.BeforeWrite = static async behind =>
        {
            var key = new ObjectKey("networking.istio.io", "virtualservices", "default", "a");
            var item = JsonNode.Parse((await behind.GetAsync(key))!.Content.Span)!;
            item["metadata"]!["labels"] = new JsonObject { ["theirs"] = "yes" };
            await behind.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(item.ToJsonString()), expected: null);
        };
        var patched = await api.AskAsync("PATCH", One, """{"metadata":{"labels":{"mine":"yes"}}}""", MergePatch);
        Assert.Equal("""{"theirs":"yes","mine":"yes"}""", patched.Json["metadata"]!["labels"]!.ToJsonString());
    }

    [Fact]
    public async Task Whoever_says_a_version_is_told_that_it_is_another_now()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        await api.AskAsync("PATCH", One, """{"spec":{"hosts":["x"]}}""", MergePatch);
        created["spec"]!["hosts"]![0] = "y";
        var late = await api.AskAsync("PUT", One, created.ToJsonString());
        Assert.Equal((409, "Conflict"), (late.Code, late.Reason));
        Assert.Equal("x", (await api.AskAsync("GET", One)).Json["spec"]!["hosts"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Many_writers_lose_nothing()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var writers = Enumerable
            .Range(0, 5)
            .Select(async i =>
            {
                for (var n = 0; n < 10; n++)
                {
                    ApiResponse answer;
                    do answer = await api.AskAsync(
                        "PATCH",
                        One,
                        "{\"metadata\":{\"annotations\":{\"w" + i + "-" + n + "\":\"x\"}}}",
                        MergePatch
                    );
                    while (answer.Code == 409);
                    Assert.Equal(200, answer.Code);
                }
            });
        await Task.WhenAll(writers);
        Assert.Equal(50, (await api.AskAsync("GET", One)).Json["metadata"]!["annotations"]!.AsObject().Count);
    }

    /// <summary>All versions of a kind are one: what is written in one is read in another.</summary>
    [Fact]
    public async Task Versions_are_alike()
    {
        await using var api = await RunningApi.StartAsync();
        var old = Samples.Routes.Replace("/v1/", "/v1alpha3/", StringComparison.Ordinal);
        var created = await api.CreateAsync(
            old,
            Samples.Route("a").Replace("istio.io/v1", "istio.io/v1alpha3", StringComparison.Ordinal)
        );
        Assert.Equal("networking.istio.io/v1alpha3", created["apiVersion"]!.GetValue<string>());
        Assert.Equal("networking.istio.io/v1", (await api.AskAsync("GET", One)).Json["apiVersion"]!.GetValue<string>());
        var stored = await api.Store.GetAsync(
            new ObjectKey("networking.istio.io", "virtualservices", "default", "a"),
            Stop
        );
        Assert.Equal("networking.istio.io/v1", JsonNode.Parse(stored!.Content.Span)!["apiVersion"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Strict", 400, 0, true)]
    [InlineData("Warn", 201, 2, false)]
    [InlineData("", 201, 2, false)]
    [InlineData("Ignore", 201, 0, false)]
    public async Task Unknown_and_double_fields_are_refused_told_or_left_out(
        string validation,
        int code,
        int warnings,
        bool isRefused
    )
    {
        await using var api = await RunningApi.StartAsync();
        var body = Samples
            .Route("a")
            .Replace("\"spec\":{", "\"spec\":{\"hostz\":[\"x\"],\"hosts\":[\"first\"],", StringComparison.Ordinal);
        var query = validation.Length > 0 ? $"?fieldValidation={validation}" : "";
        var answer = await api.AskAsync("POST", Samples.Routes + query, body);
        Assert.Equal((code, warnings), (answer.Code, answer.Warnings.Count));
        if (isRefused)
        {
            Assert.Contains("unknown field \"spec.hostz\"", answer.Message, StringComparison.Ordinal);
            Assert.Contains("duplicate field \"spec.hosts\"", answer.Message, StringComparison.Ordinal);
            return;
        }
        Assert.Equal("""["reviews"]""", answer.Json["spec"]!["hosts"]!.ToJsonString());
        Assert.Null(answer.Json["spec"]!["hostz"]);
        if (warnings > 0)
        {
            Assert.Equal("299 - \"duplicate field \\\"spec.hosts\\\"\"", answer.Warnings[0]);
            Assert.StartsWith("299 - \"unknown field \\\"spec.hostz\\\"", answer.Warnings[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Yaml_is_read()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await api.AskAsync(
            "POST",
            Samples.Routes,
            Samples.RouteYaml("a", labels: "a: b"),
            "application/yaml"
        );
        Assert.Equal(201, created.Code);
        Assert.Equal("b", created.Json["metadata"]!["labels"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task Whoever_writes_owns_it()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync($"{Samples.Routes}?fieldManager=ann", Samples.Route("a"));
        var patched = await api.AskAsync(
            "PATCH",
            $"{One}?fieldManager=bob",
            """{"spec":{"hosts":["x"]}}""",
            MergePatch
        );
        var records = patched.Json["metadata"]!["managedFields"]!.AsArray();
        Assert.Equal(["ann", "bob"], records.Select(static record => record!["manager"]!.GetValue<string>()));
        Assert.Equal("""{"f:spec":{"f:hosts":{}}}""", records[1]!["fieldsV1"]!.ToJsonString());
        Assert.Equal("""{"f:spec":{".":{},"f:http":{}}}""", records[0]!["fieldsV1"]!.ToJsonString());
        // Whoever sends an empty record wants them gone.
        var reset = await api.AskAsync(
            "PATCH",
            $"{One}?fieldManager=bob",
            """{"metadata":{"managedFields":[{}]}}""",
            MergePatch
        );
        Assert.Null(reset.Json["metadata"]!["managedFields"]);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Name(JsonObject item) => item["metadata"]!["name"]!.GetValue<string>();

    private static string Version(JsonObject item) => item["metadata"]!["resourceVersion"]!.GetValue<string>();
}
