// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using ControlPlane.Tests.ResourceApi;
using Lateen.Config.Objects;

namespace ControlPlane.Tests.Durability;

/// <summary>Two control planes, processes of their own, whose cluster is our resource API: it keeps the leases by which they choose.</summary>
public sealed class ControlPlanesOfApiTests
{
    private const string Writes = "Statuses are written by this control plane now";

    [Fact]
    public async Task One_writes_statuses_and_the_other_one_when_it_is_killed()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var stop = limit.Token;
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var kubeconfig = kubectl.Write(
            "config",
            $$$"""
            current-context: api
            clusters: [{name: api, cluster: {server: "{{{api.Address}}}"}}]
            contexts: [{name: api, context: {cluster: api, user: plane}}]
            users: [{name: plane, user: {token: t}}]
            """
        );
        string[] flags = ["--store", "kubernetes", "--kubeconfig", kubeconfig];
        using var first = new ServingProcess(flags) { WritesStatus = true };
        using var second = new ServingProcess(flags) { WritesStatus = true };
        await first.StartAsync(Writes, stop);
        await second.StartAsync(stop);
        await AcceptedAsync(api, "before", stop);
        await ServingControlPlanes.UntilAsync(
            async () => (await kubectl.RunAsync("get", "leases", "-n", "istio-system", "-o", "name")).Count('\n') == 3,
            stop
        );
        var writer = await HolderAsync(kubectl);
        Assert.DoesNotContain(Writes, second.Said, StringComparison.Ordinal);

        first.Kill();
        await AcceptedAsync(api, "after", stop);
        Assert.Contains(Writes, second.Said, StringComparison.Ordinal);
        Assert.NotEqual(writer, await HolderAsync(kubectl));
        Assert.DoesNotContain("keeps no leases", first.Said + second.Said, StringComparison.Ordinal);
    }

    /// <summary>Creates a route, and waits for the status of it.</summary>
    private static async Task AcceptedAsync(RunningApi api, string name, CancellationToken stop)
    {
        await api.CreateAsync(Samples.Routes, Samples.Route(name, name));
        await ServingControlPlanes.UntilAsync(
            async () =>
                (await api.AskAsync("GET", $"{Samples.Routes}/{name}"))
                    .Json.Member("status")
                    .Member("conditions")
                    .Items()
                    .Any(static one => one.Text("type") == "Accepted" && one.Text("status") == "True"),
            stop
        );
    }

    private static async Task<string> HolderAsync(Kubectl kubectl)
    {
        var lease = JsonNode.Parse(
            await kubectl.RunAsync("get", "lease", "lateen-status-writer", "-n", "istio-system", "-o", "json")
        );
        return lease.Member("spec").Text("holderIdentity")!;
    }
}
