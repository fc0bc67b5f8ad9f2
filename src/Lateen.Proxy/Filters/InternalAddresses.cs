// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Lateen.Proxy.Filters;

/// <summary>
/// Whose requests are taken for internal, so that they may set timeouts and retries (Envoy <c>internal_address_config</c>).
/// Nobody's where it is not set, as in Envoy since 1.33.
/// </summary>
public sealed class InternalAddresses
{
    private readonly (byte[] Bytes, int Bits)[] _ranges;
    private readonly bool _unixSockets;

    /// <param name="ranges"><c>cidr_ranges</c>.</param>
    /// <param name="unixSockets"><c>unix_sockets</c>: clients of Unix sockets are internal.</param>
    public InternalAddresses(IReadOnlyList<IPNetwork> ranges, bool unixSockets)
    {
        _ranges = new (byte[], int)[ranges.Count];
        for (var i = 0; i < _ranges.Length; i++)
            _ranges[i] = (ranges[i].BaseAddress.GetAddressBytes(), ranges[i].PrefixLength);
        _unixSockets = unixSockets;
    }

    public static InternalAddresses None { get; } = new([], false);

    /// <summary>Addresses that no network routes to the outside, and loopback: what <c>internal_address_config</c> without ranges means.</summary>
    public static IReadOnlyList<IPNetwork> Private { get; } =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("127.0.0.1/32"),
        IPNetwork.Parse("fd00::/8"),
        IPNetwork.Parse("::1/128"),
    ];

    /// <summary>Nothing is internal, so that no address needs to be looked at.</summary>
    public bool IsEmpty => _ranges.Length == 0 && !_unixSockets;

    /// <param name="address">Its bytes, most significant first; none for a Unix socket.</param>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (address.IsEmpty)
            return _unixSockets;
        foreach (var (bytes, bits) in _ranges)
        {
            if (bytes.Length == address.Length && StartsWith(address, bytes, bits))
                return true;
        }
        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> address, byte[] prefix, int bits)
    {
        var whole = bits / 8;
        if (!address[..whole].SequenceEqual(prefix.AsSpan(0, whole)))
            return false;
        var rest = bits % 8;
        return rest == 0 || ((address[whole] ^ prefix[whole]) >> (8 - rest)) == 0;
    }
}
