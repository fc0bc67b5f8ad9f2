// SPDX-License-Identifier: Apache-2.0
namespace EndToEnd.Tests.Support;

/// <summary>Waits for what other processes do, which no clock of ours drives: looks again and again, up to the test's limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    /// <exception cref="OperationCanceledException">It did not hold in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> holds, CancellationToken cancel)
    {
        while (!await holds())
            await Task.Delay(s_poll, cancel);
    }
}
