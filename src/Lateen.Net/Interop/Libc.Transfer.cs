// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net.Interop;

/// <summary>
/// The calls that every request makes, on sockets that never block, past what is made for those that do: glibc's send and
/// recv are points of cancellation, with two atomic operations, and the runtime's transition lets a collection go on
/// meanwhile, which can as well wait for the few microseconds. Together a hundredth of a request's time.
/// </summary>
internal static unsafe partial class Libc
{
    private static readonly bool s_isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Numbers of the kernel's tables: x86-64 has its own, later architectures share theirs.</summary>
    private static nint SendTo => s_isX64 ? 44 : 206;

    private static nint ReceiveFrom => s_isX64 ? 45 : 207;

    /// <summary>send(2).</summary>
    internal static nint Send(int descriptor, byte* buffer, nuint length, int flags)
    {
        var sent = SystemCall(SendTo, descriptor, buffer, length, flags, null, 0);
        if (sent < 0)
            Marshal.SetLastPInvokeError(Marshal.GetLastSystemError());
        return sent;
    }

    /// <summary>recv(2).</summary>
    internal static nint Receive(int descriptor, byte* buffer, nuint length, int flags)
    {
        var received = SystemCall(ReceiveFrom, descriptor, buffer, length, flags, null, 0);
        if (received < 0)
            Marshal.SetLastPInvokeError(Marshal.GetLastSystemError());
        return received;
    }

    [LibraryImport(Library, EntryPoint = "syscall")]
    [SuppressGCTransition]
    private static partial nint SystemCall(
        nint number,
        nint descriptor,
        byte* buffer,
        nuint length,
        nint flags,
        byte* address,
        nint addressLength
    );
}
