// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.ResourceApi;

public class DeletionTests
{
    private const string MergePatch = "application/merge-patch+json";
    private const string One = $"{Samples.Routes}/a";
    private const string ShopRoutes = "/apis/networking.istio.io/v1/namespaces/shop/virtualservices";

    [Fact]
    public async Task A_deletion_says_what_is_gone()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var uid = created["metadata"]!["uid"]!.GetValue<string>();
        var options =
            $$$"""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"{{{uid}}}"},"propagationPolicy":"Foreground","gracePeriodSeconds":5}""";
        var gone = await api.AskAsync("DELETE", One, options);
        Assert.Equal(200, gone.Code);
        Assert.Equal(
            ("Success", "a", "virtualservices", uid),
            (Text("status"), Detail("name"), Detail("kind"), Detail("uid"))
        );
        Assert.Equal(404, (await api.AskAsync("GET", One)).Code);

        string Text(string field) => gone.Json[field]!.GetValue<string>();
        string Detail(string field) => gone.Json["details"]![field]!.GetValue<string>();
    }

    [Fact]
    public async Task Finalizers_are_waited_for()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(
            Samples.Routes,
            Samples
                .Route("a")
                .Replace(
                    "\"metadata\":{",
                    "\"metadata\":{\"finalizers\":[\"x.io/one\",\"x.io/two\"],",
                    StringComparison.Ordinal
                )
        );
        var going = await api.AskAsync("DELETE", One);
        Assert.Equal((200, "VirtualService"), (going.Code, going.Json["kind"]!.GetValue<string>()));
        Assert.NotNull(going.Json["metadata"]!["deletionTimestamp"]);
        Assert.Equal(
            (0, 2),
            (
                going.Json["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>(),
                going.Json["metadata"]!["generation"]!.GetValue<int>()
            )
        );
        // Asked again, it is as it is.
        Assert.Equal(going.Body, (await api.AskAsync("DELETE", One)).Body);
        var more = await api.AskAsync(
            "PATCH",
            One,
            """{"metadata":{"finalizers":["x.io/one","x.io/two","x.io/three"]}}""",
            MergePatch
        );
        Assert.Equal((422, "Invalid"), (more.Code, more.Reason));
        await api.AskAsync("PATCH", One, """{"metadata":{"finalizers":["x.io/two"]}}""", MergePatch);
        Assert.Equal(200, (await api.AskAsync("GET", One)).Code);
        Assert.Equal(200, (await api.AskAsync("PATCH", One, """{"metadata":{"finalizers":null}}""", MergePatch)).Code);
        Assert.Equal(404, (await api.AskAsync("GET", One)).Code);
    }

    [Fact]
    public async Task A_collection_goes_as_far_as_it_is_selected()
    {
        await using var api = await RunningApi.StartAsync();
        foreach (var name in new[] { "a", "b", "c" })
            await api.CreateAsync(Samples.Routes, Samples.Route(name, labels: $"\"is\":\"{name}\""));
        var gone = await api.AskAsync("DELETE", $"{Samples.Routes}?labelSelector=is+in+(a,c)");
        Assert.Equal((200, 2), (gone.Code, gone.Json["items"]!.AsArray().Count));
        var left = (await api.AskAsync("GET", Samples.Routes)).Json["items"]!.AsArray();
        Assert.Equal("b", Assert.Single(left)!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Dry_deletions_delete_nothing()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        Assert.Equal(200, (await api.AskAsync("DELETE", $"{One}?dryRun=All")).Code);
        Assert.Equal(200, (await api.AskAsync("DELETE", One, """{"dryRun":["All"]}""")).Code);
        Assert.Equal(200, (await api.AskAsync("DELETE", $"{Samples.Routes}?dryRun=All")).Code);
        Assert.Equal(200, (await api.AskAsync("GET", One)).Code);
    }

    [Fact]
    public async Task Two_namespaces_are_there_from_the_beginning()
    {
        await using var api = await RunningApi.StartAsync();
        var list = (await api.AskAsync("GET", Samples.Namespaces)).Json["items"]!.AsArray();
        Assert.Equal(
            ["default", "istio-system"],
            list.Select(static item => item!["metadata"]!["name"]!.GetValue<string>())
        );
        Assert.Equal("default", list[0]!["metadata"]!["labels"]!["kubernetes.io/metadata.name"]!.GetValue<string>());
        Assert.Equal("Active", list[0]!["status"]!["phase"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_namespace_goes_with_everything_in_it()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Namespaces, Samples.Namespace("shop"));
        await api.CreateAsync(ShopRoutes, Samples.Route("a"));
        await api.CreateAsync("/api/v1/namespaces/shop/configmaps", Samples.ConfigMap("c"));
        await api.CreateAsync(Samples.Routes, Samples.Route("stays"));
        Assert.Equal(200, (await api.AskAsync("DELETE", $"{Samples.Namespaces}/shop")).Code);
        Assert.Equal(404, (await api.AskAsync("GET", $"{Samples.Namespaces}/shop")).Code);
        Assert.Equal(404, (await api.AskAsync("GET", $"{ShopRoutes}/a")).Code);
        Assert.Equal(404, (await api.AskAsync("GET", "/api/v1/namespaces/shop/configmaps/c")).Code);
        Assert.Equal(200, (await api.AskAsync("GET", $"{Samples.Routes}/stays")).Code);
        Assert.Equal(404, (await api.AskAsync("POST", ShopRoutes, Samples.Route("late"))).Code);
    }

    [Fact]
    public async Task A_namespace_waits_for_what_waits_in_it()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Namespaces, Samples.Namespace("shop"));
        await api.CreateAsync(
            ShopRoutes,
            Samples
                .Route("a")
                .Replace("\"metadata\":{", "\"metadata\":{\"finalizers\":[\"x.io/one\"],", StringComparison.Ordinal)
        );
        var going = await api.AskAsync("DELETE", $"{Samples.Namespaces}/shop");
        Assert.Equal("Terminating", going.Json["status"]!["phase"]!.GetValue<string>());
        Assert.NotNull((await api.AskAsync("GET", $"{ShopRoutes}/a")).Json["metadata"]!["deletionTimestamp"]);
        var late = await api.AskAsync("POST", ShopRoutes, Samples.Route("b"));
        Assert.Equal((403, "Forbidden"), (late.Code, late.Reason));
        Assert.Equal("NamespaceTerminating", late.Json["details"]!["causes"]![0]!["reason"]!.GetValue<string>());
        await api.AskAsync("PATCH", $"{ShopRoutes}/a", """{"metadata":{"finalizers":[]}}""", MergePatch);
        Assert.Equal(404, (await api.AskAsync("GET", $"{Samples.Namespaces}/shop")).Code);
    }

    /// <summary>A control plane died between the beginning and the end.</summary>
    [Fact]
    public async Task What_was_begun_is_ended_by_the_next_control_plane()
    {
        var store = new Lateen.Config.Stores.MemoryStore();
        await using (var first = await RunningApi.StartAsync(store))
        {
            await first.CreateAsync(Samples.Namespaces, Samples.Namespace("shop"));
            await first.CreateAsync(ShopRoutes, Samples.Route("a"));
        }
        var key = new Lateen.Config.Stores.ObjectKey("", "namespaces", "", "shop");
        var ns = JsonNode.Parse((await store.GetAsync(key, TestContext.Current.CancellationToken))!.Content.Span)!;
        ns["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        await store.PutAsync(
            key,
            System.Text.Encoding.UTF8.GetBytes(ns.ToJsonString()),
            null,
            TestContext.Current.CancellationToken
        );
        await using var second = await RunningApi.StartAsync(store);
        Assert.Equal(404, (await second.AskAsync("GET", $"{Samples.Namespaces}/shop")).Code);
        Assert.Equal(404, (await second.AskAsync("GET", $"{ShopRoutes}/a")).Code);
    }

    [Fact]
    public async Task A_namespace_that_went_while_something_was_written_into_it_takes_it_along()
    {
        var store = new ForgetfulStore();
        await using var api = await RunningApi.StartAsync(store);
        await api.CreateAsync(Samples.Namespaces, Samples.Namespace("shop"));
        store.BeforeWrite = static async behind =>
            await behind.DeleteAsync(new Lateen.Config.Stores.ObjectKey("", "namespaces", "", "shop"), expected: null);
        var late = await api.AskAsync("POST", ShopRoutes, Samples.Route("a"));
        Assert.Equal((404, "namespaces \"shop\" not found"), (late.Code, late.Message));
        Assert.Equal(404, (await api.AskAsync("GET", $"{ShopRoutes}/a")).Code);
    }
}
