// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Lateen.Stores.Sqlite;

namespace ControlPlane.Tests.ResourceApi;

public class ListTests
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    /// <summary>Over the store in memory and the one on disk: pages are of one moment, whatever happens between.</summary>
    [Theory]
    [InlineData("memory")]
    [InlineData("sqlite")]
    public async Task Pages_are_of_one_moment(string kind)
    {
        var directory = Directory.CreateTempSubdirectory("lateen-list");
        var sqlite = kind == "sqlite" ? SqliteStore.Open(Path.Combine(directory.FullName, "store.db")) : null;
        await using (var api = await RunningApi.StartAsync(sqlite ?? (IResourceStore)new MemoryStore()))
        {
            for (var i = 0; i < 5; i++)
                await api.CreateAsync(Samples.Routes, Samples.Route($"r{i}"));
            var first = (await api.AskAsync("GET", $"{Samples.Routes}?limit=2")).Json;
            Assert.Equal(["r0", "r1"], Names(first));
            await api.AskAsync("DELETE", $"{Samples.Routes}/r2");
            await api.AskAsync("DELETE", $"{Samples.Routes}/r4");
            await api.CreateAsync(Samples.Routes, Samples.Route("r9"));
            var second = (await api.AskAsync("GET", $"{Samples.Routes}?limit=2&continue={Continue(first)}")).Json;
            Assert.Equal(["r2", "r3"], Names(second));
            var third = (await api.AskAsync("GET", $"{Samples.Routes}?limit=2&continue={Continue(second)}")).Json;
            Assert.Equal(["r4"], Names(third));
            Assert.Null(third["metadata"]!["continue"]);
            Assert.Equal(Version(first), Version(third));
            Assert.Equal(["r0", "r1", "r3", "r9"], Names((await api.AskAsync("GET", Samples.Routes)).Json));
        }
        sqlite?.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Pages_are_full_whatever_a_selector_leaves_out()
    {
        await using var api = await RunningApi.StartAsync();
        for (var i = 0; i < 10; i++)
            await api.CreateAsync(Samples.Routes, Samples.Route($"r{i}", labels: $"\"odd\":\"{i % 2}\""));
        var first = (await api.AskAsync("GET", $"{Samples.Routes}?limit=3&labelSelector=odd%3D1")).Json;
        Assert.Equal(["r1", "r3", "r5"], Names(first));
        var rest = (
            await api.AskAsync("GET", $"{Samples.Routes}?labelSelector=odd%3D1&continue={Continue(first)}")
        ).Json;
        Assert.Equal(["r7", "r9"], Names(rest));
        Assert.Null(rest["metadata"]!["continue"]);
        // A page that ends with the last object is the last one.
        var all = (await api.AskAsync("GET", $"{Samples.Routes}?limit=10")).Json;
        Assert.Null(all["metadata"]!["continue"]);
    }

    [Fact]
    public async Task Resource_versions_choose_the_moment()
    {
        await using var api = await RunningApi.StartAsync();
        var created = await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        var then = Version(created);
        await api.CreateAsync(Samples.Routes, Samples.Route("b"));
        Assert.Equal(["a", "b"], Names((await api.AskAsync("GET", $"{Samples.Routes}?resourceVersion=0")).Json));
        Assert.Equal(["a", "b"], Names((await api.AskAsync("GET", $"{Samples.Routes}?resourceVersion={then}")).Json));
        Assert.Equal(
            ["a", "b"],
            Names(
                (
                    await api.AskAsync(
                        "GET",
                        $"{Samples.Routes}?resourceVersion={then}&resourceVersionMatch=NotOlderThan"
                    )
                ).Json
            )
        );
        var exact = (
            await api.AskAsync("GET", $"{Samples.Routes}?resourceVersion={then}&resourceVersionMatch=Exact")
        ).Json;
        Assert.Equal(["a"], Names(exact));
        Assert.Equal(then, Version(exact));
    }

    [Fact]
    public async Task A_moment_that_is_forgotten_is_410_with_a_way_on()
    {
        var store = new ForgetfulStore();
        await using var api = await RunningApi.StartAsync(store);
        for (var i = 0; i < 4; i++)
            await api.CreateAsync(Samples.Routes, Samples.Route($"r{i}"));
        var first = (await api.AskAsync("GET", $"{Samples.Routes}?limit=2")).Json;
        store.HasForgotten = true;
        var gone = await api.AskAsync("GET", $"{Samples.Routes}?limit=2&continue={Continue(first)}");
        Assert.Equal((410, "Expired"), (gone.Code, gone.Reason));
        var rest = await api.AskAsync("GET", $"{Samples.Routes}?limit=9&continue={Continue(gone.Json)}");
        Assert.Equal(["r2", "r3"], Names(rest.Json));
        var exact = await api.AskAsync("GET", $"{Samples.Routes}?resourceVersion=1&resourceVersionMatch=Exact");
        Assert.Equal((410, "Expired"), (exact.Code, exact.Reason));
    }

    [Fact]
    public async Task Tables_have_as_much_of_the_objects_as_was_asked()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Rules, Samples.Rule("a"));
        var table = (await api.AskAsync("GET", Samples.Rules, accept: Table)).Json;
        Assert.Equal(
            ("Table", "meta.k8s.io/v1"),
            (table["kind"]!.GetValue<string>(), table["apiVersion"]!.GetValue<string>())
        );
        Assert.Equal(
            ["Name", "Host", "Age"],
            table["columnDefinitions"]!.AsArray().Select(static column => column!["name"]!.GetValue<string>())
        );
        Assert.Equal(
            """["a","reviews","0s"]""",
            table["rows"]![0]!["cells"]!.ToJsonString().Replace("1s", "0s", StringComparison.Ordinal)
        );
        Assert.Equal("PartialObjectMetadata", table["rows"]![0]!["object"]!["kind"]!.GetValue<string>());
        Assert.NotNull(table["metadata"]!["resourceVersion"]);
        var one = (await api.AskAsync("GET", $"{Samples.Rules}/a?includeObject=Object", accept: Table)).Json;
        Assert.Equal("reviews", one["rows"]![0]!["object"]!["spec"]!["host"]!.GetValue<string>());
        var bare = (await api.AskAsync("GET", $"{Samples.Rules}?includeObject=None", accept: Table)).Json;
        Assert.Null(bare["rows"]![0]!["object"]);
    }

    [Fact]
    public async Task Metadata_alone_can_be_had()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Rules, Samples.Rule("a"));
        var list = (
            await api.AskAsync(
                "GET",
                Samples.Rules,
                accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
            )
        ).Json;
        Assert.Equal("PartialObjectMetadataList", list["kind"]!.GetValue<string>());
        Assert.Equal("a", list["items"]![0]!["metadata"]!["name"]!.GetValue<string>());
        Assert.Null(list["items"]![0]!["spec"]);
        var one = (
            await api.AskAsync(
                "GET",
                $"{Samples.Rules}/a",
                accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
            )
        ).Json;
        Assert.Equal("PartialObjectMetadata", one["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Long_answers_are_compressed_and_yaml_is_there()
    {
        await using var api = await RunningApi.StartAsync();
        var data = string.Join(',', Enumerable.Range(0, 20_000).Select(static i => $"\"k{i}\":\"value {i}\""));
        await api.CreateAsync(Samples.ConfigMaps, Samples.ConfigMap("large", data));
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"{Samples.ConfigMaps}/large", UriKind.Relative)
        );
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var answer = await api.Client.SendAsync(request, Stop);
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        using var plain = new System.IO.Compression.GZipStream(
            await answer.Content.ReadAsStreamAsync(Stop),
            System.IO.Compression.CompressionMode.Decompress
        );
        var item = await JsonNode.ParseAsync(plain, cancellationToken: Stop);
        Assert.Equal("value 19999", item!["data"]!["k19999"]!.GetValue<string>());
        await api.CreateAsync(Samples.Rules, Samples.Rule("a"));
        var yaml = await api.AskAsync("GET", $"{Samples.Rules}/a", accept: "application/yaml");
        Assert.Equal("application/yaml", yaml.Type!.MediaType);
        Assert.Contains("spec:\n  host: reviews\n", yaml.Body, StringComparison.Ordinal);
        var failure = await api.AskAsync("GET", $"{Samples.Rules}/b", accept: "application/yaml");
        Assert.Contains("reason: NotFound\n", failure.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_away_is_503()
    {
        var store = new ForgetfulStore();
        await using var api = await RunningApi.StartAsync(store);
        store.IsAway = true;
        foreach (
            var (method, path, body) in new[]
            {
                ("GET", Samples.Routes, null),
                ("POST", Samples.Routes, Samples.Route("a")),
                ("DELETE", $"{Samples.Routes}/a", null),
            }
        )
        {
            var answer = await api.AskAsync(method, path, body);
            Assert.Equal(((int)HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), (answer.Code, answer.Reason));
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string[] Names(JsonObject list) =>
        list["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.GetValue<string>()).ToArray();

    private static string Continue(JsonObject list) => list["metadata"]!["continue"]!.GetValue<string>();

    private static string Version(JsonObject item) => item["metadata"]!["resourceVersion"]!.GetValue<string>();
}
