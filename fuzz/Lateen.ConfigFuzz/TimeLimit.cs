// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Fuzz;

namespace Lateen.ConfigFuzz;

/// <summary>What a short input may take: far more than it needs, and far less than one that hangs.</summary>
internal static class TimeLimit
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static void Hold(Action run)
    {
        var started = Stopwatch.GetTimestamp();
        run();
        var took = Stopwatch.GetElapsedTime(started);
        BrokenException.Unless(took < s_limit, $"it took {took}");
    }
}
