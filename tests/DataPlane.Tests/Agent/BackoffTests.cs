// SPDX-License-Identifier: Apache-2.0
using Lateen.Agent.Discovery;

namespace DataPlane.Tests.Agent;

public sealed class BackoffTests
{
    [Fact]
    public void Intervals_double_from_500_ms_to_5_s()
    {
        var backoff = new Backoff(new Fixed(1));
        Assert.Equal([0.5, 1, 2, 4, 5, 5], Waits(backoff, 6));
        backoff.Reset();
        Assert.Equal([0.5, 1], Waits(backoff, 2));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 0.25, 0.5)]
    public void Jitter_takes_any_share_of_an_interval(double share, double first, double second) =>
        Assert.Equal([first, second], Waits(new Backoff(new Fixed(share)), 2));

    private static double[] Waits(Backoff backoff, int count) =>
        Enumerable.Range(0, count).Select(_ => backoff.Next().TotalSeconds).ToArray();

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
