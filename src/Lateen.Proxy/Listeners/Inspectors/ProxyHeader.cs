// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Lateen.Net;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>A header of the PROXY protocol (HAProxy's specification, versions 1 and 2): whose connection this really is.</summary>
/// <param name="Length">Bytes it takes.</param>
/// <param name="Source">None where the sender speaks for itself, or of something unknown.</param>
internal readonly record struct ProxyHeader(int Length, NetAddress Source, NetAddress Destination)
{
    /// <summary>1 or 2, also of a header that is malformed; 0 where none stands there.</summary>
    public int Version { get; init; }

    /// <summary>Where type-length-values begin; they go to the header's end.</summary>
    public int TlvStart { get; init; }

    /// <summary>The longest header that <see cref="Write"/> writes.</summary>
    public const int MaxWritten = MaxV1;

    private const int MaxV1 = 107;
    private const int V2Fixed = 16;

    private static ReadOnlySpan<byte> V1Start => "PROXY "u8;

    private static ReadOnlySpan<byte> V2Start => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static ProxyHeaderStatus TryRead(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        var v2 = bytes.CommonPrefixLength(V2Start);
        if (v2 == V2Start.Length)
        {
            var status = ReadV2(bytes, out header);
            header = header with { Version = 2 };
            return status;
        }
        var v1 = bytes.CommonPrefixLength(V1Start);
        if (v1 == V1Start.Length)
        {
            var status = ReadV1(bytes, out header);
            header = header with { Version = 1, TlvStart = header.Length };
            return status;
        }
        return Math.Max(v1, v2) == bytes.Length ? ProxyHeaderStatus.NeedMore : ProxyHeaderStatus.Absent;
    }

    /// <summary>Writes a header of version 2 with type-length-values behind the addresses.</summary>
    public static byte[] WriteWith(IReadOnlyList<ProxyTlv> tlvs, in NetAddress source, in NetAddress destination)
    {
        Span<byte> head = stackalloc byte[MaxWritten];
        var length = WriteV2(source, destination, head);
        var header = new byte[length + ProxyTlvs.Measure(tlvs, ushort.MaxValue - (length - V2Fixed))];
        head[..length].CopyTo(header);
        ProxyTlvs.Write(tlvs, header.AsSpan(length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(header.Length - V2Fixed));
        return header;
    }

    /// <summary>Writes a header; returns its length.</summary>
    public static int Write(int version, in NetAddress source, in NetAddress destination, Span<byte> buffer) =>
        version == 1 ? WriteV1(source, destination, buffer) : WriteV2(source, destination, buffer);

    private static ProxyHeaderStatus ReadV1(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        var end = bytes[..Math.Min(bytes.Length, MaxV1)].IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length >= MaxV1 ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.NeedMore;
        var parts = Encoding.ASCII.GetString(bytes[V1Start.Length..end]).Split(' ');
        header = new ProxyHeader(end + 2, default, default);
        if (parts[0] == "UNKNOWN")
            return ProxyHeaderStatus.Complete;
        if (parts is not [("TCP4" or "TCP6") and var family, var from, var to, var fromPort, var toPort])
            return ProxyHeaderStatus.Malformed;
        var isV6 = family == "TCP6";
        if (!TryAddress(from, fromPort, isV6, out var source) || !TryAddress(to, toPort, isV6, out var destination))
            return ProxyHeaderStatus.Malformed;
        if (!IsUnicast(source) || !IsUnicast(destination))
            return ProxyHeaderStatus.Malformed;
        header = new ProxyHeader(end + 2, source, destination);
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryAddress(string text, string port, bool isV6, out NetAddress address)
    {
        address = default;
        if (
            !IPAddress.TryParse(text, out var ip)
            || !IsPlain(text, ip)
            || isV6 != (ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            || port.AsSpan().ContainsAnyExceptInRange('0', '9') // the framework lets NULs stand behind a number
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
            return false;
        address = NetAddress.From(ip, number);
        return true;
    }

    /// <summary>
    /// As inet_pton reads, and with it other proxies: no IPv4 of fewer than four numbers, octal or hexadecimal, no scope,
    /// brackets or port of IPv6, so that nobody is let in under an address that others read differently.
    /// </summary>
    private static bool IsPlain(string text, IPAddress ip) =>
        ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? string.Equals(text, ip.ToString(), StringComparison.Ordinal)
            : text.AsSpan().IndexOfAny("%[]/") < 0;

    private static ProxyHeaderStatus ReadV2(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        if (bytes.Length < V2Fixed)
            return ProxyHeaderStatus.NeedMore;
        var command = bytes[12];
        if (command >> 4 != 2 || (command & 0xF) > 1)
            return ProxyHeaderStatus.Malformed;
        var length = V2Fixed + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (bytes.Length < length)
            return ProxyHeaderStatus.NeedMore;
        header = new ProxyHeader(length, default, default) { TlvStart = length };
        var isLocal = (command & 0xF) == 0;
        if (isLocal)
            return ProxyHeaderStatus.Complete; // what the socket says holds, whatever stands behind
        // As Envoy: streams and datagrams of IPv4 and IPv6; nobody is let in under a name that cannot be told.
        var size = (bytes[13] >> 4, bytes[13] & 0xF) switch
        {
            (1, 1 or 2) => 4,
            (2, 1 or 2) => 16,
            _ => 0,
        };
        var addresses = (2 * size) + 4;
        if (size == 0 || length < V2Fixed + addresses)
            return ProxyHeaderStatus.Malformed;
        var body = bytes[V2Fixed..length];
        header = new ProxyHeader(length, Address(body, 0, size, 2 * size), Address(body, size, size, (2 * size) + 2))
        {
            TlvStart = V2Fixed + addresses,
        };
        return IsUnicast(header.Source) && IsUnicast(header.Destination)
            ? ProxyHeaderStatus.Complete
            : ProxyHeaderStatus.Malformed;
    }

    /// <summary>No TCP connection comes from, or goes to, everybody or nobody.</summary>
    private static bool IsUnicast(in NetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.CopyAddressBytes(bytes) switch
        {
            4 => bytes[0] is < 224 or (> 239 and < 255) && bytes[..4].IndexOfAnyExcept((byte)0) >= 0,
            16 => bytes[0] != 0xFF && bytes.IndexOfAnyExcept((byte)0) >= 0,
            _ => false,
        };
    }

    private static NetAddress Address(ReadOnlySpan<byte> body, int at, int length, int portAt) =>
        NetAddress.From(new IPAddress(body.Slice(at, length)), BinaryPrimitives.ReadUInt16BigEndian(body[portAt..]));

    private static int WriteV1(in NetAddress source, in NetAddress destination, Span<byte> buffer)
    {
        var family = FamilyOf(source, destination);
        var text = family switch
        {
            AddressFamilyKind.IPv4 =>
                $"PROXY TCP4 {source.ToIPAddress()} {destination.ToIPAddress()} {source.Port} {destination.Port}\r\n",
            AddressFamilyKind.IPv6 =>
                $"PROXY TCP6 {source.ToIPAddress()} {destination.ToIPAddress()} {source.Port} {destination.Port}\r\n",
            _ => "PROXY UNKNOWN\r\n",
        };
        return Encoding.ASCII.GetBytes(text, buffer);
    }

    private static int WriteV2(in NetAddress source, in NetAddress destination, Span<byte> buffer)
    {
        V2Start.CopyTo(buffer);
        var family = FamilyOf(source, destination);
        var size = family switch
        {
            AddressFamilyKind.IPv4 => 4,
            AddressFamilyKind.IPv6 => 16,
            _ => 0,
        };
        buffer[12] = (byte)(size == 0 ? 0x20 : 0x21); // LOCAL where there is no address to tell
        buffer[13] = (byte)(
            size == 4 ? 0x11
            : size == 16 ? 0x21
            : 0
        );
        var length = size == 0 ? 0 : (2 * size) + 4;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[14..], (ushort)length);
        if (size > 0)
        {
            var body = buffer[V2Fixed..];
            source.ToIPAddress()!.TryWriteBytes(body, out _);
            destination.ToIPAddress()!.TryWriteBytes(body[size..], out _);
            BinaryPrimitives.WriteUInt16BigEndian(body[(2 * size)..], source.Port);
            BinaryPrimitives.WriteUInt16BigEndian(body[((2 * size) + 2)..], destination.Port);
        }
        return V2Fixed + length;
    }

    private static AddressFamilyKind FamilyOf(in NetAddress source, in NetAddress destination) =>
        source.Family == destination.Family ? source.Family : AddressFamilyKind.None;
}

/// <summary>What came of reading the first bytes.</summary>
internal enum ProxyHeaderStatus : byte
{
    NeedMore,
    Complete,

    /// <summary>No such header stands there.</summary>
    Absent,
    Malformed,
}
