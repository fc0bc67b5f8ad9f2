// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.ResourceApi;

public class WatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_what_is_there_and_what_comes()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        using var watch = await Watch.StartAsync(api, Samples.Routes);
        Assert.Equal("ADDED a", await watch.NextAsync());
        await api.CreateAsync(Samples.Routes, Samples.Route("b"));
        Assert.Equal("ADDED b", await watch.NextAsync());
        await api.CreateAsync(Samples.Rules, Samples.Rule("another-kind"));
        var changed = await api.AskAsync(
            "PATCH",
            $"{Samples.Routes}/a",
            """{"spec":{"hosts":["x"]}}""",
            "application/merge-patch+json"
        );
        Assert.Equal("MODIFIED a", await watch.NextAsync());
        Assert.Equal(Version(changed.Json), Version(watch.Last));
        await api.AskAsync("DELETE", $"{Samples.Routes}/a");
        Assert.Equal("DELETED a", await watch.NextAsync());
        Assert.True(long.Parse(Version(watch.Last)) > long.Parse(Version(changed.Json)));
        Assert.Equal("x", watch.Last["spec"]!["hosts"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Begins_behind_a_resource_version()
    {
        await using var api = await RunningApi.StartAsync();
        var first = await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        await api.CreateAsync(Samples.Routes, Samples.Route("b"));
        using var watch = await Watch.StartAsync(api, Samples.Routes, $"resourceVersion={Version(first)}");
        Assert.Equal("ADDED b", await watch.NextAsync());
    }

    [Fact]
    public async Task Selection_makes_changes_additions_and_deletions()
    {
        await using var api = await RunningApi.StartAsync();
        using var watch = await Watch.StartAsync(api, Samples.AllRoutes, "labelSelector=on%3Dyes&resourceVersion=0");
        await api.CreateAsync(Samples.Routes, Samples.Route("off"));
        await api.CreateAsync(Samples.Routes, Samples.Route("a", labels: "\"on\":\"yes\""));
        Assert.Equal("ADDED a", await watch.NextAsync());
        await LabelAsync("a", "no");
        Assert.Equal("DELETED a", await watch.NextAsync());
        await LabelAsync("off", "yes");
        Assert.Equal("ADDED off", await watch.NextAsync());
        await LabelAsync("off", "yes\",\"x\":\"y");
        Assert.Equal("MODIFIED off", await watch.NextAsync());
        using var one = await Watch.StartAsync(api, Samples.Routes, "fieldSelector=metadata.name%3Da");
        Assert.Equal("ADDED a", await one.NextAsync());

        Task LabelAsync(string name, string value) =>
            api.AskAsync(
                "PATCH",
                $"{Samples.Routes}/{name}",
                "{\"metadata\":{\"labels\":{\"on\":\"" + value + "\"}}}",
                "application/merge-patch+json"
            );
    }

    /// <summary>WatchList of Kubernetes: a list as events, with a bookmark at its end.</summary>
    [Fact]
    public async Task A_list_can_come_as_events()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        using var watch = await Watch.StartAsync(
            api,
            Samples.Routes,
            "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion="
        );
        Assert.Equal("ADDED a", await watch.NextAsync());
        Assert.Equal("BOOKMARK ", await watch.NextAsync());
        Assert.Equal("true", watch.Last["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
        await api.CreateAsync(Samples.Routes, Samples.Route("b"));
        Assert.Equal("ADDED b", await watch.NextAsync());
    }

    [Fact]
    public async Task Bookmarks_advance_where_nothing_changes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var api = await RunningApi.StartAsync(time: time);
        using var watch = await Watch.StartAsync(api, Samples.Routes, "allowWatchBookmarks=true");
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        Assert.Equal("ADDED a", await watch.NextAsync());
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("BOOKMARK ", await watch.NextAsync());
        var elsewhere = await api.CreateAsync(Samples.Rules, Samples.Rule("a"));
        // What happened elsewhere is behind it once it was passed by.
        string told;
        do
        {
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("BOOKMARK ", await watch.NextAsync());
            told = Version(watch.Last);
        } while (told != Version(elsewhere));
        Assert.Equal("VirtualService", watch.Last["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ends_after_its_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var api = await RunningApi.StartAsync(time: time);
        using var watch = await Watch.StartAsync(api, Samples.Routes, "timeoutSeconds=10");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Ends_with_the_server()
    {
        var api = await RunningApi.StartAsync();
        using var watch = await Watch.StartAsync(api, Samples.Routes, "");
        await api.DisposeAsync();
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_revision_that_is_forgotten_is_told_as_an_error()
    {
        var store = new ForgetfulStore();
        await using var api = await RunningApi.StartAsync(store);
        store.HasForgotten = true;
        using var watch = await Watch.StartAsync(api, Samples.Routes, "resourceVersion=1");
        Assert.Equal("ERROR ", await watch.NextAsync());
        Assert.Equal((410, "Expired"), (watch.Last["code"]!.GetValue<int>(), watch.Last["reason"]!.GetValue<string>()));
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Tables_have_their_columns_once()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("a"));
        using var watch = await Watch.StartAsync(
            api,
            Samples.Routes,
            "",
            "application/json;as=Table;v=v1;g=meta.k8s.io"
        );
        await watch.NextAsync();
        Assert.Equal("Gateways", watch.Last["columnDefinitions"]![1]!["name"]!.GetValue<string>());
        await api.CreateAsync(Samples.Routes, Samples.Route("b"));
        await watch.NextAsync();
        Assert.Null(watch.Last["columnDefinitions"]);
        Assert.Equal("b", watch.Last["rows"]![0]!["cells"]![0]!.GetValue<string>());
    }

    private static string Version(JsonNode item) => item["metadata"]!["resourceVersion"]!.GetValue<string>();

    private sealed class Watch : IDisposable
    {
        private readonly HttpResponseMessage _response;
        private readonly StreamReader _lines;

        private Watch(HttpResponseMessage response, Stream body)
        {
            _response = response;
            _lines = new StreamReader(body);
        }

        /// <summary>The object of the event that was read last.</summary>
        public JsonObject Last { get; private set; } = [];

        public static async Task<Watch> StartAsync(
            RunningApi api,
            string path,
            string query = "",
            string accept = "application/json"
        )
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri($"{path}?watch=true&{query}", UriKind.Relative)
            );
            request.Headers.TryAddWithoutValidation("Accept", accept);
            var response = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.Equal(200, (int)response.StatusCode);
            return new Watch(response, await response.Content.ReadAsStreamAsync(Stop));
        }

        /// <summary>Type and name; null at the end.</summary>
        public async Task<string?> NextAsync()
        {
            if (await _lines.ReadLineAsync(Stop) is not { } line)
                return null;
            var told = JsonNode.Parse(line)!.AsObject();
            Last = told["object"]!.AsObject();
            return $"{told["type"]!.GetValue<string>()} {Last["metadata"]?["name"]?.GetValue<string>()}";
        }

        public void Dispose()
        {
            _lines.Dispose();
            _response.Dispose();
        }
    }
}
