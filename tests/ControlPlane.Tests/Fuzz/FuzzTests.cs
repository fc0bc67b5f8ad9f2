// SPDX-License-Identifier: Apache-2.0
using Lateen.ConfigFuzz;
using Lateen.Fuzz;

namespace ControlPlane.Tests.Fuzz;

/// <summary>
/// The seeds of <c>fuzz/corpus</c>, among them whatever once broke something, and a second of changed ones: the same each time, and others
/// each time.
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Targets => [.. ConfigFuzzTargets.All.Select(static target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public Task Nothing_breaks(string target) => RunAsync(target, seed: 7);

    [Theory, MemberData(nameof(Targets))]
    public Task Nothing_breaks_that_was_not_tried_before(string target) => RunAsync(target, Random.Shared.Next());

    private static async Task RunAsync(string target, int seed)
    {
        var run = new FuzzRun(ConfigFuzzTargets.All.Single(one => one.Name == target), seed);
        var running = Task.Run(() => run.Run(TimeSpan.FromSeconds(1)), Stop);
        var ended = await Task.WhenAny(running, Task.Delay(s_limit, Stop));
        Assert.True(ended == running, $"seed {seed}: input {run.Inputs} hangs");
        var failure = await running;
        Assert.True(failure is null, $"seed {seed}: {failure}");
        Assert.InRange(run.Inputs, 50, long.MaxValue);
    }
}
