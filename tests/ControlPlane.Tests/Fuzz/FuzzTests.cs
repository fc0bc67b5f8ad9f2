// SPDX-License-Identifier: Apache-2.0
using Lateen.ConfigFuzz;
using Lateen.Fuzz;

namespace ControlPlane.Tests.Fuzz;

/// <summary>
/// The seeds of <c>fuzz/corpus</c>, among them whatever once broke something, and a second of changed ones: the same each time, so that
/// a run can be repeated. <c>./dev fuzz SECONDS SEED</c> tries others.
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Targets => [.. ConfigFuzzTargets.All.Select(static target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public async Task Nothing_breaks(string target)
    {
        var run = new FuzzRun(ConfigFuzzTargets.All.Single(one => one.Name == target), seed: 7);
        var running = Task.Run(() => run.Run(TimeSpan.FromSeconds(1)), Stop);
        var ended = await Task.WhenAny(running, Task.Delay(s_limit, Stop));
        Assert.True(ended == running, $"input {run.Inputs} hangs");
        var failure = await running;
        Assert.Null(failure);
        Assert.InRange(run.Inputs, 50, long.MaxValue);
    }
}
