// SPDX-License-Identifier: Apache-2.0
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.BadInput;

/// <summary>A mistake in a file, seen from outside: one message, traffic as before, and the correction is taken up.</summary>
public class BadInputTests
{
    public static IReadOnlyList<(string Name, string Edit, string Message)> Mistakes =>
        [
            (
                "unknown field",
                SmallMesh.Routes("v2").Replace("hosts:", "hostz:", StringComparison.Ordinal),
                "routes.yaml:6:3: VirtualService default/reviews, spec.hostz: there is no such field; did you mean hosts? (LT0105)"
            ),
            (
                "negative weight",
                SmallMesh.Routes("v2").Replace("weight: 1", "weight: -1", StringComparison.Ordinal),
                "routes.yaml:11:19: VirtualService default/reviews, spec.http[0].route[0].weight: -1 must be at least 0; write a number at least 0 (LT0202)"
            ),
            ("broken YAML", SmallMesh.Routes("v2") + "  }", "the file is no YAML"),
        ];

    [Fact]
    public async Task A_mistake_gives_one_message_and_changes_nothing_and_its_correction_is_taken_up()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token);
        var inForce = "v1";
        Assert.Equal(inForce, await mesh.AskAsync(limit.Token));
        foreach (var (name, edit, message) in Mistakes)
        {
            var logged = mesh.ControlPlaneLog.Length;
            mesh.WriteRoutes(edit);
            await Eventually.TrueAsync(
                () => Task.FromResult(mesh.ControlPlaneLog[logged..].Contains(message, StringComparison.Ordinal)),
                limit.Token
            );
            for (var i = 0; i < 50; i++)
                Assert.Equal(inForce, await mesh.AskAsync(limit.Token));
            var problems = mesh.ControlPlaneLog[logged..]
                .Split('\n')
                .Where(static line => line.Contains("(LT", StringComparison.Ordinal));
            Assert.True(problems.Count() == 1, $"{name}:\n{mesh.ControlPlaneLog[logged..]}");
            inForce = inForce == "v1" ? "v2" : "v1";
            mesh.WriteRoutes(SmallMesh.Routes(inForce));
            await Eventually.TrueAsync(async () => await mesh.AskAsync(limit.Token) == inForce, limit.Token);
        }
        Assert.Equal(0, await mesh.StopAsync(limit.Token));
    }

    /// <summary>As in Istio: such a route is told and in force. Requests that take it get 503 and are counted, all others are served.</summary>
    [Fact]
    public async Task A_route_to_a_subset_that_nobody_defines_fails_by_itself()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token);
        Assert.Equal("v1", await mesh.AskAsync(limit.Token));
        mesh.WriteRoutes(
            SmallMesh
                .Routes("v2")
                .Replace(
                    "  http:\n",
                    "  http:\n    - match: [{headers: {x-version: {exact: v9}}}]\n      route: [{destination: {host: reviews, subset: v9}}]\n",
                    StringComparison.Ordinal
                )
        );
        await Eventually.TrueAsync(async () => await mesh.AskAsync(limit.Token) == "v2", limit.Token);
        Assert.Contains(
            "spec.http[0].route[0].destination.subset: no DestinationRule for reviews.default.svc.cluster.local defines the subset \"v9\": requests there get 503 (NC); define the subset or route to one that exists (LT0301)",
            mesh.ControlPlaneLog,
            StringComparison.Ordinal
        );
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(503, await mesh.StatusAsync(limit.Token, header: "x-version: v9"));
            Assert.Equal("v2", await mesh.AskAsync(limit.Token));
            Assert.Contains(
                $".no_cluster: {i}\n",
                await mesh.GatewayStatsAsync("no_cluster", limit.Token),
                StringComparison.Ordinal
            );
        }
        mesh.WriteRules("v9");
        await Eventually.TrueAsync(
            async () => await mesh.StatusAsync(limit.Token, header: "x-version: v9") == 200,
            limit.Token
        );
        Assert.Equal(0, await mesh.StopAsync(limit.Token));
    }
}
