// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Clusters;

/// <summary>A clock that stands until a test moves it, and says when somebody begins to wait.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>How long those who began to wait want to.</summary>
    public Sightings<TimeSpan> Waits { get; } = new();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _time.CreateTimer(callback, state, dueTime, period);
        Waits.Add(dueTime);
        return timer;
    }

    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Waits until somebody waits so long, and lets that time go by.</summary>
    public async Task<TimeSpan> PassAsync(Func<TimeSpan, bool> isIt)
    {
        var wait = await Waits.NextAsync(isIt);
        Advance(wait);
        return wait;
    }

    public Task<TimeSpan> PassAsync(TimeSpan wait) => PassAsync(one => one == wait);
}
