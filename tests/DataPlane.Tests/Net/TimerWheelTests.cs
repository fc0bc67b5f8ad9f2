// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Net.Loop;

namespace DataPlane.Tests.Net;

public sealed class TimerWheelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(262_144)]
    [InlineData(16_777_215)]
    [InlineData(40_000_000)] // beyond the horizon of the wheel
    public void A_timer_fires_in_its_millisecond(long delay)
    {
        const long Start = 1_234_567;
        var wheel = new TimerWheel(Start);
        var fired = 0;
        wheel.Arm(new LoopTimer(_ => fired++, wheel), Start + delay);
        wheel.Advance(Start + Math.Max(delay, 1) - 1);
        Assert.Equal(0, fired);
        wheel.Advance(Start + Math.Max(delay, 1));
        Assert.Equal(1, fired);
        Assert.Equal(-1, wheel.UntilNext(Start + delay));
    }

    [Fact]
    public void Any_schedule_fires_every_timer_once_and_in_time() =>
        Gen.Select(Gen.Long[0, 5_000_000], Gen.Long[0, 300_000].Array[1, 40], Gen.Long[1, 70_000].Array[1, 60])
            .Sample(
                (start, delays, steps) =>
                {
                    var wheel = new TimerWheel(start);
                    var firedAt = new long[delays.Length];
                    var now = start;
                    for (var i = 0; i < delays.Length; i++)
                    {
                        var index = i;
                        wheel.Arm(new LoopTimer(_ => firedAt[index] += now, wheel), start + delays[i]);
                    }
                    var previous = start;
                    foreach (var step in steps)
                    {
                        previous = now;
                        now += step;
                        wheel.Advance(now);
                        for (var i = 0; i < delays.Length; i++)
                        {
                            var due = Math.Max(start + delays[i], start + 1);
                            var expected = due <= now;
                            if (expected != (firedAt[i] != 0))
                                throw new InvalidOperationException($"timer {i} due {due} at {now}: {firedAt[i]}");
                            if (due > previous && due <= now && firedAt[i] != now)
                                throw new InvalidOperationException($"timer {i} fired {firedAt[i]} instead of {now}");
                        }
                    }
                },
                iter: 2_000
            );

    [Fact]
    public void The_wait_is_never_longer_than_the_nearest_timer() =>
        Gen.Select(Gen.Long[0, 5_000_000], Gen.Long[1, 59_000].Array[1, 10])
            .Sample(
                (start, delays) =>
                {
                    var wheel = new TimerWheel(start);
                    foreach (var delay in delays)
                        wheel.Arm(new LoopTimer(_ => { }, wheel), start + delay);
                    var wait = wheel.UntilNext(start);
                    return wait >= 0 && wait <= delays.Min();
                },
                iter: 5_000
            );

    [Fact]
    public void A_disarmed_timer_stays_silent_and_one_armed_again_fires_once()
    {
        var wheel = new TimerWheel(0);
        var fired = new List<string>();
        var first = new LoopTimer(_ => fired.Add("first"), wheel);
        var second = new LoopTimer(_ => fired.Add("second"), wheel);
        wheel.Arm(first, 10);
        wheel.Arm(second, 10);
        wheel.Disarm(first);
        wheel.Arm(second, 20);
        wheel.Advance(15);
        Assert.Empty(fired);
        wheel.Advance(100);
        Assert.Equal(["second"], fired);
    }

    [Fact]
    public void A_timer_may_disarm_another_that_is_due_in_the_same_tick()
    {
        var wheel = new TimerWheel(0);
        var fired = 0;
        LoopTimer? one = null;
        LoopTimer? two = null;
        one = new LoopTimer(
            _ =>
            {
                fired++;
                wheel.Disarm(two!);
            },
            wheel
        );
        two = new LoopTimer(
            _ =>
            {
                fired++;
                wheel.Disarm(one);
            },
            wheel
        );
        wheel.Arm(one, 5);
        wheel.Arm(two, 5);
        wheel.Advance(5);
        Assert.Equal(1, fired);
    }
}
