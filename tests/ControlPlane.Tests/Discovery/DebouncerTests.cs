// SPDX-License-Identifier: Apache-2.0
using Lateen.Discovery;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Discovery;

public class DebouncerTests
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _acts = [];

    [Fact]
    public void Acts_once_after_a_quiet_moment()
    {
        using var debouncer = Create();
        debouncer.Touch();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        debouncer.Touch();
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(_acts);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(_acts);
        _time.Advance(s_max);
        Assert.Single(_acts);
    }

    [Fact]
    public void A_change_waits_no_longer_than_the_limit_however_many_follow()
    {
        using var debouncer = Create();
        var step = TimeSpan.FromMilliseconds(50);
        for (var waited = TimeSpan.Zero; waited < s_max; waited += step)
        {
            Assert.Empty(_acts);
            debouncer.Touch();
            _time.Advance(step);
        }
        Assert.Single(_acts);
    }

    [Fact]
    public void Says_when_the_first_change_of_the_burst_came()
    {
        using var debouncer = Create();
        _time.Advance(TimeSpan.FromSeconds(5));
        var first = _time.GetTimestamp();
        debouncer.Touch();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        debouncer.Touch();
        _time.Advance(s_quiet);
        Assert.Equal([first], _acts);
    }

    [Fact]
    public void The_next_burst_is_a_new_one()
    {
        using var debouncer = Create();
        debouncer.Touch();
        _time.Advance(s_quiet);
        debouncer.Touch();
        _time.Advance(s_quiet);
        Assert.Equal(2, _acts.Count);
    }

    private Debouncer Create() => new(_acts.Add, _time, s_quiet, s_max);
}
