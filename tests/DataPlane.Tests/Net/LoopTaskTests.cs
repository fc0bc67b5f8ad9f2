// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;

namespace DataPlane.Tests.Net;

public sealed class LoopTaskTests : IDisposable
{
    private readonly LoopFixture _loop = new();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task A_method_that_never_suspends_has_its_result_at_once()
    {
        var completed = await _loop.OnLoop(() => Immediately(3).IsCompleted);
        Assert.True(completed);
        Assert.Equal(3, await _loop.OnLoop(() => Immediately(3)));
    }

    [Fact]
    public async Task Exceptions_reach_the_awaiter_before_and_after_a_suspension()
    {
        await Assert.ThrowsAsync<FormatException>(() => _loop.OnLoop(() => Throw(suspend: false)));
        await Assert.ThrowsAsync<FormatException>(() => _loop.OnLoop(() => Throw(suspend: true)));
    }

    [Fact]
    public async Task A_result_cannot_be_taken_twice()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _loop.OnLoop(AwaitTwice));
    }

    [Fact]
    public async Task Suspended_methods_allocate_only_the_first_time()
    {
        await _loop.OnLoop(Measure);
        var allocated = await _loop.OnLoop(Measure);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task A_failure_of_a_detached_method_is_reported()
    {
        var reported = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = LoopFailures.Handler;
        LoopFailures.Handler = failure => reported.TrySetResult(failure);
        _loop.Loop.Post(() => Throw(suspend: true).Detach());
        var failure = await reported.Task.WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        LoopFailures.Handler = before;
        Assert.IsType<FormatException>(failure);
    }

    private async LoopTask<long> Measure()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Nest(100);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private async LoopTask<int> Nest(int times)
    {
        var sum = 0;
        for (var i = 0; i < times; i++)
            sum += await Middle();
        return sum;
    }

    private async LoopTask<int> Middle() => await NextTurn() + await NextTurn();

    private LoopTask<int> NextTurn()
    {
        var wait = _turn.Signal.Wait();
        _loop.Loop.Enqueue(_turn);
        return wait;
    }

    private readonly Turn _turn = new();

    private static async LoopTask<int> Immediately(int value) => value;

    private async LoopTask<int> Throw(bool suspend)
    {
        if (suspend)
            await NextTurn();
        throw new FormatException("on purpose");
    }

    private async LoopTask<int> AwaitTwice()
    {
        var task = Middle();
        return await task + await task;
    }

    private sealed class Turn : IReadyItem
    {
        public LoopSignal<int> Signal { get; } = new();

        public void Run() => Signal.Complete(1);
    }
}
