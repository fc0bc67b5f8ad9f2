// SPDX-License-Identifier: Apache-2.0
using Lateen.Fuzz;

namespace DataPlane.Tests.Http;

/// <summary>The seeds of <c>fuzz/corpus</c>, among them whatever once broke a parser, and a second of changed ones.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(t => t.Name)];

    [Theory, MemberData(nameof(Targets))]
    public void Nothing_breaks(string target)
    {
        var run = new FuzzRun(FuzzTargets.All.Single(t => t.Name == target), seed: 7);
        Assert.Null(run.Run(TimeSpan.FromSeconds(1)));
        Assert.InRange(run.Inputs, 100, long.MaxValue);
    }
}
