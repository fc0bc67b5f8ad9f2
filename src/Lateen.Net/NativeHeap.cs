// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net;

/// <summary>The allocator that native buffers come from.</summary>
public static unsafe class NativeHeap
{
    private static readonly delegate* unmanaged<nuint, int> s_trim = Find();

    /// <summary>Gives free memory back to the system (malloc_trim(3)). Any thread; does nothing where the C library has no such call.</summary>
    public static void Trim()
    {
        if (s_trim is not null)
            _ = s_trim(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var address)
            ? (delegate* unmanaged<nuint, int>)address
            : null;
}
