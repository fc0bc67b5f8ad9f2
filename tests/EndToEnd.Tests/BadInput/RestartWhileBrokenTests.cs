// SPDX-License-Identifier: Apache-2.0
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.BadInput;

/// <summary><c>lateen up</c>, killed and started again while a file is broken: traffic is as before.</summary>
public class RestartWhileBrokenTests
{
    [Fact]
    public async Task A_mesh_that_is_killed_starts_again_with_what_a_broken_file_held()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token);
        mesh.WriteRoutes(SmallMesh.Routes("v2"));
        await Eventually.TrueAsync(async () => await mesh.AskAsync(limit.Token) == "v2", limit.Token);
        mesh.WriteRoutes(SmallMesh.Routes("v1").Replace("hosts:", "hostz:", StringComparison.Ordinal));
        await SaysAsync(mesh, "routes.yaml:6:3: VirtualService default/reviews, spec.hostz: ", limit.Token);

        // With its proxies' memory gone: what they have can only come from the control plane.
        await mesh.KillAndStartAsync(limit.Token);
        Assert.Equal("v2", await mesh.AskAsync(limit.Token));
        await SaysAsync(mesh, "VirtualService default/reviews: stays in force as it was good at ", limit.Token);
        Assert.Contains("stays in force as it was good at ", mesh.Said, StringComparison.Ordinal);

        mesh.WriteRoutes(SmallMesh.Routes("v1"));
        await Eventually.TrueAsync(async () => await mesh.AskAsync(limit.Token) == "v1", limit.Token);
        Assert.Equal(0, await mesh.StopAsync(limit.Token));
    }

    private static Task SaysAsync(SmallMesh mesh, string text, CancellationToken cancel) =>
        Eventually.TrueAsync(
            () => Task.FromResult(mesh.ControlPlaneLog.Contains(text, StringComparison.Ordinal)),
            cancel
        );
}
