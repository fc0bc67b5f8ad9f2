// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Net;

/// <summary>
/// Bytes that steady state allocates on this thread. The runtime itself allocates now and then, as when it compiles a method
/// anew while it runs; what code allocates each time shows in every batch, so the least of several is the code's own.
/// </summary>
internal static class Allocations
{
    public const int Batches = 5;

    public static long Least(Action batch)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Batches; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
