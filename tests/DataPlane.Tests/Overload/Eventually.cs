// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace DataPlane.Tests.Overload;

/// <summary>Waits for what a worker does by itself, as the count of a connection that its client has closed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static void True(Func<bool> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, $"it did not come about that {what}");
            Thread.Yield();
        }
    }
}
