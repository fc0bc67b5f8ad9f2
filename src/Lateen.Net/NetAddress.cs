// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Lateen.Net.Interop;

namespace Lateen.Net;

/// <summary>
/// Where a socket is: an IPv4 or IPv6 address with a port, or the path of a Unix socket (<c>@name</c> is abstract).
/// Compact and immutable; text is made on demand.
/// </summary>
public readonly record struct NetAddress
{
    /// <summary>Room for any socket address: two bytes of family, 108 of path.</summary>
    internal const int MaxSocketAddressLength = 110;

    private readonly UInt128 _bits;

    private NetAddress(AddressFamilyKind family, UInt128 bits, int port, string? path)
    {
        Family = family;
        _bits = bits;
        Port = (ushort)port;
        Path = path;
    }

    public AddressFamilyKind Family { get; }

    /// <summary>0 for a Unix socket.</summary>
    public ushort Port { get; }

    /// <summary>Path of a Unix socket, else null.</summary>
    public string? Path { get; }

    public bool IsNone => Family == AddressFamilyKind.None;

    public bool IsLoopback =>
        Family switch
        {
            AddressFamilyKind.IPv4 => (uint)_bits >> 24 == 127,
            AddressFamilyKind.IPv6 => _bits == UInt128.One,
            AddressFamilyKind.Unix => true,
            _ => false,
        };

    /// <summary>True for 0.0.0.0 and ::, which stand for every address of the machine.</summary>
    public bool IsWildcard => Family is AddressFamilyKind.IPv4 or AddressFamilyKind.IPv6 && _bits == UInt128.Zero;

    public static NetAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
            throw new ArgumentException($"{address} is no IPv4 or IPv6 address", nameof(address));
        return From(bytes[..length], port);
    }

    /// <param name="address">4 or 16 bytes.</param>
    /// <param name="port">0 to 65535.</param>
    public static NetAddress From(ReadOnlySpan<byte> address, int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return address.Length switch
        {
            4 => new NetAddress(AddressFamilyKind.IPv4, BinaryPrimitives.ReadUInt32BigEndian(address), port, null),
            16 => new NetAddress(AddressFamilyKind.IPv6, BinaryPrimitives.ReadUInt128BigEndian(address), port, null),
            _ => throw new ArgumentException("An address has 4 bytes or 16", nameof(address)),
        };
    }

    public static NetAddress From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    /// <summary>A Unix socket; the kernel limits the path to 107 bytes.</summary>
    public static NetAddress FromUnixPath(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) is 0 or > 107)
            throw new ArgumentException($"\"{path}\" is no path of a Unix socket: 1 to 107 bytes", nameof(path));
        return new NetAddress(AddressFamilyKind.Unix, 0, 0, path);
    }

    public NetAddress WithPort(int port) => new(Family, _bits, port, Path);

    /// <summary>The IP address; null for a Unix socket.</summary>
    public IPAddress? ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = CopyAddressBytes(bytes);
        return length == 0 ? null : new IPAddress(bytes[..length]);
    }

    /// <summary>Writes the bytes of the IP address, most significant first; returns 4, 16, or 0 for a Unix socket.</summary>
    public int CopyAddressBytes(Span<byte> destination)
    {
        switch (Family)
        {
            case AddressFamilyKind.IPv4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_bits);
                return 4;
            case AddressFamilyKind.IPv6:
                BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>Writes the IP address without port as text, as <c>127.0.0.1</c> or <c>::1</c>; 0 for a Unix socket.</summary>
    public int FormatIP(Span<byte> destination)
    {
        if (Family == AddressFamilyKind.IPv4)
            return FormatIPv4((uint)_bits, destination);
        var address = ToIPAddress();
        if (address is null)
            return 0;
        address.TryFormat(destination, out var written);
        return written;
    }

    public override string ToString() =>
        Family switch
        {
            AddressFamilyKind.IPv4 => $"{ToIPAddress()}:{Port}",
            AddressFamilyKind.IPv6 => $"[{ToIPAddress()}]:{Port}",
            AddressFamilyKind.Unix => Path!,
            _ => "",
        };

    /// <summary>Writes the kernel's form (sockaddr_in, sockaddr_in6, sockaddr_un) and returns its length.</summary>
    internal int WriteSocketAddress(Span<byte> destination)
    {
        destination.Clear();
        switch (Family)
        {
            case AddressFamilyKind.IPv4:
                BinaryPrimitives.WriteUInt16LittleEndian(destination, Sockets.IPv4);
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Port);
                BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (uint)_bits);
                return 16;
            case AddressFamilyKind.IPv6:
                BinaryPrimitives.WriteUInt16LittleEndian(destination, Sockets.IPv6);
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Port);
                BinaryPrimitives.WriteUInt128BigEndian(destination[8..], _bits);
                return 28;
            case AddressFamilyKind.Unix:
                BinaryPrimitives.WriteUInt16LittleEndian(destination, Sockets.Unix);
                var length = Encoding.UTF8.GetBytes(Path!, destination[2..]);
                if (Path![0] != '@')
                    return 2 + length + 1;
                destination[2] = 0;
                return 2 + length;
            default:
                throw new InvalidOperationException("An empty address has no socket address.");
        }
    }

    internal static NetAddress ReadSocketAddress(ReadOnlySpan<byte> source)
    {
        if (source.Length < 2)
            return default;
        switch (BinaryPrimitives.ReadUInt16LittleEndian(source))
        {
            case Sockets.IPv4:
                var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
                return new(AddressFamilyKind.IPv4, BinaryPrimitives.ReadUInt32BigEndian(source[4..]), port, null);
            case Sockets.IPv6:
                return FromIPv6(
                    BinaryPrimitives.ReadUInt128BigEndian(source[8..]),
                    BinaryPrimitives.ReadUInt16BigEndian(source[2..])
                );
            case Sockets.Unix:
                var path = source[2..].TrimEnd((byte)0);
                return new(AddressFamilyKind.Unix, 0, 0, path.IsEmpty ? "" : Encoding.UTF8.GetString(path));
            default:
                return default;
        }
    }

    /// <summary>An IPv4 client of a dual-stack socket is an IPv4 address to everyone who looks at it.</summary>
    private static NetAddress FromIPv6(UInt128 bits, int port) =>
        bits >> 32 == 0xffff
            ? new(AddressFamilyKind.IPv4, (uint)bits, port, null)
            : new(AddressFamilyKind.IPv6, bits, port, null);

    private static int FormatIPv4(uint bits, Span<byte> destination)
    {
        var written = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            ((byte)(bits >> shift)).TryFormat(
                destination[written..],
                out var digits,
                default,
                CultureInfo.InvariantCulture
            );
            written += digits;
            if (shift > 0)
                destination[written++] = (byte)'.';
        }
        return written;
    }
}

/// <summary>Kinds of <see cref="NetAddress"/>.</summary>
public enum AddressFamilyKind : byte
{
    None,
    IPv4,
    IPv6,
    Unix,
}
