// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters.HealthCheck;

/// <summary>
/// The workload's last answer to a health check, good until the period of <c>cache_time</c> in which it was given is over: the
/// first check of a new period passes through. Any thread; a check that comes while another passes through may do so too.
/// </summary>
internal sealed class AnswerCache(TimeSpan period)
{
    private const int StatusBits = 10;
    private const int DegradedBit = 1 << StatusBits;

    /// <summary>Number of the period, degraded, status; in one number, so that readers see them together.</summary>
    private long _answer;

    /// <summary>Milliseconds, as <see cref="Environment.TickCount64"/>; tests put their own clock here.</summary>
    internal Func<long> Clock { get; init; } = static () => Environment.TickCount64;

    public void Set(int status, bool degraded) =>
        Volatile.Write(ref _answer, (Period() << (StatusBits + 1)) | (degraded ? DegradedBit : 0L) | (uint)status);

    public bool TryGet(out int status, out bool degraded)
    {
        var answer = Volatile.Read(ref _answer);
        status = (int)(answer & (DegradedBit - 1));
        degraded = (answer & DegradedBit) != 0;
        return answer != 0 && answer >> (StatusBits + 1) == Period();
    }

    private long Period() => Clock() / Math.Max(1, (long)period.TotalMilliseconds);
}
