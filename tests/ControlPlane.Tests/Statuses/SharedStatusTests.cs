// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;
using Lateen.Xds;

namespace ControlPlane.Tests.Statuses;

/// <summary>Several control planes on one store: one writes, all count.</summary>
public class SharedStatusTests
{
    private const string Programmed = "Programmed";

    [Fact]
    public async Task The_proxies_of_all_control_planes_count()
    {
        var store = new MemoryStore { IsShared = true };
        await using var first = await RunningControlPlane.StartAsync(store);
        await using var second = await RunningControlPlane.StartAsync(store);
        await first.ApplyRouteAsync(StatusTests.Route("reviews"));
        await first.RouteConditionAsync("reviews", Programmed, "Unknown NoProxies");
        using var here = await ScriptedProxy.ConnectAsync(first);
        using var there = await ScriptedProxy.ConnectAsync(second);
        await MessageAsync(first, "2 of 2 proxies have acknowledged it", "True");
        await second.ApplyRouteAsync(StatusTests.Route("reviews", "timeout: 3s"));
        await here.AckAsync(await here.NextAsync(TypeUrls.Route));
        var awaited = await there.NextAsync(TypeUrls.Route);
        await MessageAsync(first, "1 of 2 proxies have acknowledged it", "False");
        await there.NackAsync(awaited, "not here");
        var why = await first.RouteConditionAsync("reviews", Programmed, "False Refused");
        Assert.StartsWith("1 of 2 proxies have acknowledged it; refused by sidecar~", why, StringComparison.Ordinal);
        Assert.EndsWith(": not here", why, StringComparison.Ordinal);
        await second.ApplyRouteAsync(StatusTests.Route("reviews", "timeout: 4s"));
        await here.AckAsync(await here.NextAsync(TypeUrls.Route));
        await there.AckAsync(await there.NextAsync(TypeUrls.Route));
        await MessageAsync(first, "2 of 2 proxies have acknowledged it", "True");
    }

    [Fact]
    public async Task When_the_one_that_writes_ends_the_other_one_writes()
    {
        var store = new MemoryStore { IsShared = true };
        var first = await RunningControlPlane.StartAsync(store);
        await using var second = await RunningControlPlane.StartAsync(store);
        await first.ApplyRouteAsync(StatusTests.Route("a"));
        await first.RouteConditionAsync("a", "Accepted", "True Accepted");
        await first.DisposeAsync();
        await second.ApplyRouteAsync(StatusTests.Route("b"));
        await second.RouteConditionAsync("b", "Accepted", "True Accepted");
    }

    private static async Task MessageAsync(RunningControlPlane plane, string message, string status) =>
        await plane.StatusAsync(
            "virtualservices",
            "reviews",
            all =>
                all.Member("conditions").Items().FirstOrDefault(static one => one.Text("type") == Programmed)
                    is JsonObject condition
                && condition.Text("message") == message
                && condition.Text("status") == status
        );
}
