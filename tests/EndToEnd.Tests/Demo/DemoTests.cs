// SPDX-License-Identifier: Apache-2.0
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.Demo;

/// <summary>The first command of the README, headless: it verifies itself, and here that it does so and leaves nothing behind.</summary>
public class DemoTests
{
    private static readonly string[] s_checks =
    [
        "sidecars",
        "productpage",
        "end-user: jason",
        "edit on disk",
        "split 90/10",
        "split 50/50",
        "canary",
        "killed sidecar",
        "control plane away for 10 s",
        "change made meanwhile",
    ];

    [Fact]
    public async Task The_demo_holds_what_it_promises_and_leaves_nothing_behind()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var demo = RunningProgram.Start("dotnet", "run", "demo.cs", "--", "--check");
        var exitCode = await demo.WaitForExitAsync(limit.Token);
        TestContext.Current.TestOutputHelper?.WriteLine(demo.Said);
        Assert.True(exitCode == 0, demo.Said);
        Assert.All(s_checks, check => Assert.Contains($"√ {check}", demo.Said, StringComparison.Ordinal));
        Assert.Contains("6 of 6 acknowledged", demo.Said, StringComparison.Ordinal);
        Assert.Contains("0 of ", demo.Said, StringComparison.Ordinal);
        Assert.Empty(Processes.OfThisTree());
    }
}
