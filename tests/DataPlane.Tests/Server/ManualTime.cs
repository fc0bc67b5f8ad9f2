// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace DataPlane.Tests.Server;

/// <summary>A clock that stands until a test moves it, for everything that a proxy serves by: its loops' timers, and those of its threads.</summary>
public sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FakeTimeProvider _inner = new(s_start);

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() =>
        (long)((_inner.GetUtcNow() - s_start).TotalSeconds * Stopwatch.Frequency) + Stopwatch.Frequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _inner.CreateTimer(callback, state, dueTime, period);

    internal void Advance(TimeSpan by) => _inner.Advance(by);
}
