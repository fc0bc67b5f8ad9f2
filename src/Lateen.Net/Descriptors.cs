// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net;

/// <summary>The limit of a process's open files, sockets among them.</summary>
public static unsafe class Descriptors
{
    /// <summary>Makes the limit as high as the system lets us, and returns it; 0 when the system does not say.</summary>
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
        return (long)Math.Min(limit.Current, long.MaxValue);
    }
}
