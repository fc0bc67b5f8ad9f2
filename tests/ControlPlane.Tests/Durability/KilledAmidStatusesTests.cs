// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;
using Lateen.Stores.Etcd;

namespace ControlPlane.Tests.Durability;

/// <summary>
/// The control plane that writes statuses is killed while it does, and users write on: nothing that was acknowledged is lost, and each object's
/// status is that of its generation again, by the control plane that is left.
/// </summary>
public sealed class KilledAmidStatusesTests : IDisposable
{
    private const int Routes = 60;
    private const string Writes = "Statuses are written by this control plane now";

    private static readonly ObjectScope s_routes = new("networking.istio.io", "virtualservices", "default");

    private readonly ServingControlPlanes _mesh = new(writesStatus: true);

    [Fact]
    public async Task Statuses_are_consistent_again_and_no_write_is_lost()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var stop = limit.Token;
        await _mesh.StartAsync(_mesh.First, stop);
        await SaysAsync(_mesh.First, stop);
        await _mesh.StartAsync(_mesh.Second, stop);
        using var store = new EtcdStore(_mesh.Options, TimeProvider.System);
        var written = new Dictionary<string, string>();
        await WriteAsync("1", written, stop);
        await ConsistentAsync(store, written, stop);

        var start = (await store.ListAsync(s_routes, stop: stop)).Revision;
        var first = FirstStatusAsync(store, start, stop);
        var writing = WriteAsync("2", written, stop);
        await first;
        _mesh.First.Kill();
        Assert.DoesNotContain(Writes, _mesh.Second.Said, StringComparison.Ordinal);
        await writing;
        await WriteAsync("3", written, stop);
        await ConsistentAsync(store, written, stop);
        Assert.Contains(Writes, _mesh.Second.Said, StringComparison.Ordinal);

        // The other way round, with one that has come back.
        await _mesh.StartAsync(_mesh.First, stop);
        start = (await store.ListAsync(s_routes, stop: stop)).Revision;
        first = FirstStatusAsync(store, start, stop);
        var round = WriteAsync("4", written, stop, _mesh.First);
        await first;
        _mesh.Second.Kill();
        await round;
        await ConsistentAsync(store, written, stop);
    }

    public void Dispose() => _mesh.Dispose();

    /// <summary>Applies all routes one after the other, through the control plane that is not killed.</summary>
    private async Task WriteAsync(
        string content,
        Dictionary<string, string> written,
        CancellationToken stop,
        ServingProcess? through = null
    )
    {
        for (var i = 0; i < Routes; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"r{i}");
            var yaml = $$$"""
                {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"{{{name}}}"},
                "spec":{"hosts":["{{{name}}}.example.com"],"http":[{"timeout":"{{{content}}}s","route":[{"destination":{"host":"{{{name}}}.example.com"}}]}]}}
                """;
            using var request = new HttpRequestMessage(
                HttpMethod.Patch,
                new Uri(
                    (through ?? _mesh.Second).Address,
                    $"{RouteWriter.Collection}/{name}?fieldManager=user&force=true"
                )
            )
            {
                Content = new StringContent(yaml, Encoding.UTF8, "application/apply-patch+yaml"),
            };
            using var answer = await _mesh.Client.SendAsync(request, stop);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(stop));
            written[name] = content + "s";
        }
    }

    /// <summary>Completes with the first status that is written after a revision.</summary>
    private static async Task FirstStatusAsync(EtcdStore store, long after, CancellationToken stop)
    {
        await foreach (var change in store.WatchAsync(s_routes, after, stop))
        {
            var (now, before) = (Read(change.Object), change.Previous is { } previous ? Read(previous) : null);
            if (now["status"] is { } status && !JsonNode.DeepEquals(status, before?["status"]))
                return;
        }
    }

    /// <summary>Comes back once each object is as it was acknowledged and its status is about that.</summary>
    private static Task ConsistentAsync(EtcdStore store, Dictionary<string, string> written, CancellationToken stop)
    {
        return ServingControlPlanes.UntilAsync(IsConsistentAsync, stop);

        async Task<bool> IsConsistentAsync()
        {
            var page = await store.ListAsync(s_routes, stop: stop);
            var items = page.Objects.Select(Read).ToList();
            Assert.Equal(
                written.OrderBy(static one => one.Key, StringComparer.Ordinal),
                items
                    .Select(static item =>
                        KeyValuePair.Create(item["metadata"].Text("name")!, item["spec"]!["http"]![0].Text("timeout")!)
                    )
                    .OrderBy(static one => one.Key, StringComparer.Ordinal)
            );
            return items.TrueForAll(IsConsistent);
        }
    }

    private static bool IsConsistent(JsonObject item)
    {
        var generation = item["metadata"].Member("generation").AsNumber();
        var conditions = item["status"].Member("conditions").Items().ToList();
        return conditions.Count == 3
            && conditions.TrueForAll(condition => condition.Member("observedGeneration").AsNumber() == generation)
            && conditions.Exists(static one => one.Text("type") == "Accepted" && one.Text("status") == "True");
    }

    private static Task SaysAsync(ServingProcess plane, CancellationToken stop) =>
        ServingControlPlanes.UntilAsync(
            () => Task.FromResult(plane.Said.Contains(Writes, StringComparison.Ordinal)),
            stop
        );

    private static JsonObject Read(StoredObject stored) => JsonNode.Parse(stored.Content.Span)!.AsObject();
}
