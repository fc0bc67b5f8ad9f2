// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net;

/// <summary>The limit of a process's open files, sockets among them.</summary>
public static unsafe class Descriptors
{
    /// <summary>
    /// Kept from traffic, for files, logs, the control plane and the admin port: a runtime that finds no descriptor when it
    /// needs one ends the process. An eighth of them where there are few.
    /// </summary>
    private const int Reserve = 64;

    /// <summary>The kernel gives the lowest number that is free: whoever gets this one or a higher has come too far.</summary>
    private static int s_endOfTraffic = int.MaxValue;

    /// <summary>Makes the limit as high as the system lets us, keeps a reserve, and returns it; 0 when the system does not say.</summary>
    public static long RaiseLimit()
    {
        ResourceLimit limit;
        if (Libc.GetResourceLimit(ResourceLimit.OpenFiles, &limit) != 0)
            return 0;
        if (limit.Current < limit.Maximum)
        {
            limit.Current = limit.Maximum;
            _ = Libc.SetResourceLimit(ResourceLimit.OpenFiles, &limit);
            if (Libc.GetResourceLimit(ResourceLimit.OpenFiles, &limit) != 0)
                return 0;
        }
        s_endOfTraffic = (int)Math.Min(limit.Current - Math.Min(Reserve, limit.Current / 8), int.MaxValue);
        return (long)Math.Min(limit.Current, long.MaxValue);
    }

    /// <summary>False when a descriptor that was just made is one of the reserve.</summary>
    internal static bool IsForTraffic(int descriptor) => descriptor < Volatile.Read(ref s_endOfTraffic);

    /// <summary>Whether the next one would be for traffic.</summary>
    /// <param name="open">Any that is open.</param>
    internal static bool HasTrafficRoom(int open)
    {
        var next = Libc.FileControl(open, Files.DuplicateCloseOnExec, 0);
        if (next < 0)
            return false;
        _ = Libc.Close(next);
        return IsForTraffic(next);
    }
}
