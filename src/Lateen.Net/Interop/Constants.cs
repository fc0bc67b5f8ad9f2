// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net.Interop;

/// <summary>An entry of epoll_wait. Packed on x86-64 only, as the kernel's ABI has it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}

/// <summary>struct rlimit of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    /// <summary>RLIMIT_NOFILE.</summary>
    public const int OpenFiles = 7;

    public ulong Current;
    public ulong Maximum;
}

internal static class Epoll
{
    public const int CloseOnExec = 0x80000;
    public const int Add = 1;
    public const int Delete = 2;

    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerClosed = 0x2000;
    public const uint Exclusive = 1u << 28;
    public const uint EdgeTriggered = 1u << 31;
}

internal static class Sockets
{
    public const int Unix = 1;
    public const int IPv4 = 2;
    public const int IPv6 = 10;

    public const int Stream = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int LevelSocket = 1;
    public const int LevelIP = 0;
    public const int LevelTcp = 6;
    public const int LevelIPv6 = 41;

    public const int ReuseAddress = 2;
    public const int ErrorStatus = 4;
    public const int KeepAlive = 9;
    public const int ReusePort = 15;
    public const int Linger = 13;
    public const int NoDelay = 1;
    public const int IPv6Only = 26;
    public const int KeepAliveIdle = 4;
    public const int KeepAliveInterval = 5;
    public const int KeepAliveCount = 6;

    /// <summary>SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST have the same number.</summary>
    public const int OriginalDestination = 80;

    public const int Peek = 0x2;
    public const int NoSignal = 0x4000;
    public const int MoreFollows = 0x8000;
    public const int ShutdownWrite = 1;
}

internal static class Files
{
    /// <summary>F_DUPFD_CLOEXEC.</summary>
    public const int DuplicateCloseOnExec = 1030;
}

internal static class Pipes
{
    public const uint Move = 1;
    public const uint DoNotBlock = 2;

    /// <summary>F_SETPIPE_SZ.</summary>
    public const int SetSize = 1031;

    /// <summary>SIGPIPE.</summary>
    public const int BrokenPipeSignal = 13;

    /// <summary>SIG_IGN.</summary>
    public const nint IgnoreSignal = 1;
}

internal static class Errno
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int ProtocolError = 71;
    public const int ConnectionAborted = 103;
    public const int InProgress = 115;
}
