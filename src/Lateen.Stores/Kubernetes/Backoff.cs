// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Lateen.Stores.Kubernetes;

/// <summary>How long to wait before what failed is tried again: 800 ms, twice as long each time up to 30 s, and up to twice that, as client-go's reflectors.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private int _failures;

    public void Failed() => Interlocked.Increment(ref _failures);

    public void Succeeded() => Volatile.Write(ref _failures, 0);

    /// <summary>Waits as long as what failed until now asks for; not at all when it did not.</summary>
    public Task WaitAsync(CancellationToken stop)
    {
        var failures = Volatile.Read(ref _failures);
        if (failures == 0)
            return Task.CompletedTask;
        var wait = TimeSpan.FromTicks(Math.Min(s_first.Ticks << Math.Min(failures - 1, 16), s_longest.Ticks));
        // Many clients fail at once; they do not come back at once.
        return Task.Delay(wait * (1 + RandomNumberGenerator.GetInt32(1, 1001) / 1000.0), time, stop);
    }
}
