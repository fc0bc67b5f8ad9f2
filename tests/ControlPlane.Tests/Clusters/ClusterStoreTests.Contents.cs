// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace ControlPlane.Tests.Clusters;

/// <summary>What is listed, read and written; see the other part for what is watched.</summary>
public sealed partial class ClusterStoreTests
{
    [Fact]
    public async Task Long_lists_come_in_pages_and_whole_when_the_next_page_is_forgotten()
    {
        for (var i = 0; i < 1_200; i++)
            Put(s_routes, $"r{i:0000}", "a");
        Assert.Equal(1_200, (await _store.ListAsync(ObjectScope.Everything, stop: Stop)).Objects.Count);
        Assert.Equal(["", "default/r0499", "default/r0999"], Continues());
        _cluster.Script = async (request, http) =>
        {
            if (request.Parameter("continue").Length == 0)
                return false;
            // What was on the page before is not what there is now.
            _cluster.Objects.Remove(s_routes, "r0000");
            await ClusterStatus.WriteAsync(http, ClusterStatus.ContinueExpired());
            return true;
        };
        var page = await _store.ListAsync(ObjectScope.Everything, stop: Stop);
        Assert.Equal(1_199, page.Objects.Count);
        Assert.Equal("r0001", page.Objects[0].Key.Name);
        Assert.Equal(page.Objects.Count, page.Objects.Select(static stored => stored.Key).Distinct().Count());
        Assert.Equal(["", "default/r0499", "default/r0999", "", "default/r0499", ""], Continues());

        string[] Continues() =>
            [
                .. _cluster
                    .Asked.All.Where(static request => request.Plural == "virtualservices")
                    .Select(static request => request.Parameter("continue")),
            ];
    }

    [Fact]
    public async Task Pages_of_the_store_are_of_one_moment_whatever_comes_between()
    {
        foreach (var name in new[] { "b", "d", "f" })
            Put(s_routes, name, "a");
        var first = await _store.ListAsync(ObjectScope.Everything, limit: 2, stop: Stop);
        Put(s_routes, "a", "a");
        Put(s_routes, "e", "a");
        var second = await _store.ListAsync(ObjectScope.Everything, 2, first.Continue, first.Revision, Stop);
        Assert.Equal(["b", "d", "f"], first.Objects.Concat(second.Objects).Select(static stored => stored.Key.Name));
        Assert.Null(second.Continue);
        Assert.Equal(first.Revision, second.Revision);
        await using var changes = Watch(second);
        Assert.Equal(["Added a", "Added e"], await TakeAsync(changes, 2));
        await Assert.ThrowsAsync<RevisionGoneException>(async () =>
            await _store.ListAsync(ObjectScope.Everything, 2, first.Continue, first.Revision, Stop)
        );
    }

    [Theory]
    [InlineData(
        400,
        """{"kind":"Status","status":"Failure","message":"no","code":400}""",
        "does not list virtualservices.networking.istio.io: no"
    )]
    [InlineData(
        200,
        """{"login":"please"}""",
        "list of virtualservices.networking.istio.io is none: it has no metadata.resourceVersion"
    )]
    [InlineData(200, """{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}]}""", "has no name")]
    [InlineData(200, "{", "does not answer")]
    [InlineData(302, "{}", "answers 302")]
    public async Task What_is_no_list_is_not_taken_for_an_empty_one(int code, string content, string why)
    {
        _cluster.Script = async (_, http) =>
        {
            http.Response.StatusCode = code;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(content);
            return true;
        };
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await _store.ListAsync(ObjectScope.Everything, stop: Stop)
        );
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_stay_where_they_are()
    {
        var content = JsonNode.Parse(Route("reviews", "a"))!.AsObject();
        content["spec"]!["fromTheFuture"] = new JsonObject { ["a"] = new JsonArray(1, "2") };
        content["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["fromTheFuture"] = true });
        _cluster.Objects.Put(s_routes, "reviews", content);
        var key = new ObjectKey(s_routes.Group, s_routes.Plural, "default", "reviews");
        var read = (await _store.GetAsync(key, Stop))!;
        var changed = JsonNode.Parse(read.Content.Span)!;
        changed["spec"]!["hosts"] = new JsonArray("b");
        var written = await _store.PutAsync(key, JsonSerializer.SerializeToUtf8Bytes(changed), read.Revision, Stop);
        Assert.Equal(WriteStatus.Done, written.Status);
        var there = _cluster.Objects.Get(s_routes, "reviews")!;
        Assert.Equal("""{"a":[1,"2"]}""", there["spec"]!["fromTheFuture"]!.ToJsonString());
        Assert.True((bool)there["metadata"]!["ownerReferences"]![0]!["fromTheFuture"]!);
        Assert.Equal("b", (string?)there["spec"]!["hosts"]![0]);
    }

    [Fact]
    public async Task A_status_is_written_at_the_revision_that_was_read_or_not()
    {
        Put(s_routes, "reviews", "a");
        var key = new ObjectKey(s_routes.Group, s_routes.Plural, "default", "reviews");
        var read = (await _store.GetAsync(key, Stop))!;
        Put(s_routes, "reviews", "b");
        var late = await _store.PutStatusAsync(key, WithStatus(read, "x"), read.Revision, Stop);
        Assert.Equal(WriteStatus.Conflict, late.Status);
        // What there is now, to try it again on.
        var again = await _store.PutStatusAsync(key, WithStatus(late.Object!, "y"), late.Object!.Revision, Stop);
        Assert.Equal(WriteStatus.Done, again.Status);
        var there = _cluster.Objects.Get(s_routes, "reviews")!;
        Assert.Equal(("b", "y"), ((string?)there["spec"]!["hosts"]![0], there["status"].Text("said")));
        _cluster.Objects.Remove(s_routes, "reviews");
        var gone = await _store.PutStatusAsync(key, WithStatus(again.Object!, "z"), again.Object!.Revision, Stop);
        Assert.Equal(WriteStatus.NotFound, gone.Status);
    }

    [Fact]
    public async Task A_status_that_is_forbidden_or_refused_is_told_of_and_no_outage()
    {
        Put(s_routes, "reviews", "a");
        var key = new ObjectKey(s_routes.Group, s_routes.Plural, "default", "reviews");
        var read = (await _store.GetAsync(key, Stop))!;
        _cluster.Allows = static request => request.Resource != "virtualservices/status";
        for (var i = 0; i < 2; i++)
            Assert.Equal(
                WriteStatus.Forbidden,
                (await _store.PutStatusAsync(key, read.Content, read.Revision, Stop)).Status
            );
        Assert.EndsWith(
            "{apiGroups: [\"networking.istio.io\"], resources: [\"virtualservices/status\"], verbs: [\"update\"]}",
            Assert.Single(_warnings),
            StringComparison.Ordinal
        );
        _cluster.Script = async (request, http) =>
        {
            await ClusterStatus.WriteAsync(http, ClusterStatus.Of(422, "Invalid", "status.conditions: Too many"));
            return true;
        };
        Assert.Equal(WriteStatus.Invalid, (await _store.PutStatusAsync(key, read.Content, read.Revision, Stop)).Status);
        Assert.Contains("default/reviews: status.conditions: Too many", _warnings.Last(), StringComparison.Ordinal);
    }
}
