// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Loop;

/// <summary>Socket calls shared by the listening, accepting and connecting side.</summary>
internal static unsafe class SocketCalls
{
    /// <summary>A socket; -1 when there are no more descriptors, or only those of the reserve.</summary>
    public static int CreateForTraffic(AddressFamilyKind family)
    {
        var descriptor = TryCreateStream(family);
        if (descriptor < 0 || Descriptors.IsForTraffic(descriptor))
            return descriptor;
        _ = Libc.Close(descriptor);
        return -1;
    }

    public static int CreateStream(AddressFamilyKind family)
    {
        var descriptor = TryCreateStream(family);
        return descriptor >= 0 ? descriptor : throw Failure("socket");
    }

    private static int TryCreateStream(AddressFamilyKind family)
    {
        var number = family switch
        {
            AddressFamilyKind.IPv4 => Interop.Sockets.IPv4,
            AddressFamilyKind.IPv6 => Interop.Sockets.IPv6,
            AddressFamilyKind.Unix => Interop.Sockets.Unix,
            _ => throw new ArgumentException("The address is empty.", nameof(family)),
        };
        const int Type = Interop.Sockets.Stream | Interop.Sockets.NonBlocking | Interop.Sockets.CloseOnExec;
        return Libc.Socket(number, Type, 0);
    }

    public static bool SetOption(int descriptor, int level, int option, int value) =>
        Libc.SetSocketOption(descriptor, level, option, &value, sizeof(int)) == 0;

    /// <summary>Closing it does not send what the kernel still holds, but a reset.</summary>
    public static void DropUnsent(int descriptor)
    {
        var linger = stackalloc int[2];
        linger[0] = 1;
        linger[1] = 0;
        _ = Libc.SetSocketOption(
            descriptor,
            Interop.Sockets.LevelSocket,
            Interop.Sockets.Linger,
            linger,
            2 * sizeof(int)
        );
    }

    public static NetAddress LocalAddress(int descriptor)
    {
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        uint length = NetAddress.MaxSocketAddressLength;
        return Libc.GetSocketName(descriptor, raw, &length) == 0
            ? NetAddress.ReadSocketAddress(new ReadOnlySpan<byte>(raw, (int)length))
            : default;
    }

    public static bool TryGetOriginalDestination(int descriptor, AddressFamilyKind family, out NetAddress destination)
    {
        var raw = stackalloc byte[NetAddress.MaxSocketAddressLength];
        uint length = NetAddress.MaxSocketAddressLength;
        var level = family == AddressFamilyKind.IPv6 ? Interop.Sockets.LevelIPv6 : Interop.Sockets.LevelIP;
        var found =
            family is AddressFamilyKind.IPv4 or AddressFamilyKind.IPv6
            && Libc.GetSocketOption(descriptor, level, Interop.Sockets.OriginalDestination, raw, &length) == 0;
        destination = found ? NetAddress.ReadSocketAddress(new ReadOnlySpan<byte>(raw, (int)length)) : default;
        return found;
    }

    /// <summary>The outcome of a connect, or what broke a connection: errno, 0 for nothing.</summary>
    public static int PendingError(int descriptor)
    {
        var error = 0;
        uint length = sizeof(int);
        return
            Libc.GetSocketOption(descriptor, Interop.Sockets.LevelSocket, Interop.Sockets.ErrorStatus, &error, &length)
            == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    public static void SetKeepAlive(int descriptor, TcpKeepAlive keepAlive)
    {
        const int Tcp = Interop.Sockets.LevelTcp;
        SetOption(descriptor, Interop.Sockets.LevelSocket, Interop.Sockets.KeepAlive, 1);
        if (keepAlive.Time is { } time)
            SetOption(descriptor, Tcp, Interop.Sockets.KeepAliveIdle, (int)time.TotalSeconds);
        if (keepAlive.Interval is { } interval)
            SetOption(descriptor, Tcp, Interop.Sockets.KeepAliveInterval, (int)interval.TotalSeconds);
        if (keepAlive.Probes is { } probes)
            SetOption(descriptor, Tcp, Interop.Sockets.KeepAliveCount, probes);
    }

    /// <summary>The failure of the last call, in words: what was tried and what the system said.</summary>
    public static SocketException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new SocketException(error, $"{what}: {new Win32Exception(error).Message} (errno {error})");
    }
}
