// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>Type-length-values behind the addresses of a PROXY protocol header (version 2, §2.2).</summary>
internal static class ProxyTlvs
{
    private const int Head = 3;

    /// <summary>Reads them; false when one is longer than what there is. An empty value is fine.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, List<ProxyTlv> tlvs)
    {
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < Head)
                return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            if (bytes.Length < Head + length)
                return false;
            tlvs.Add(new ProxyTlv(bytes[0], bytes.Slice(Head, length).ToArray()));
            bytes = bytes[(Head + length)..];
        }
        return true;
    }

    /// <summary>Bytes that those take which fit into a header's length field beside its addresses.</summary>
    public static int Measure(IReadOnlyList<ProxyTlv> tlvs, int room)
    {
        var total = 0;
        for (var i = 0; i < tlvs.Count; i++)
        {
            var size = Head + tlvs[i].Value.Length;
            if (total + size <= room)
                total += size;
        }
        return total;
    }

    /// <summary>Writes those that fit; returns the bytes written.</summary>
    public static int Write(IReadOnlyList<ProxyTlv> tlvs, Span<byte> buffer)
    {
        var at = 0;
        for (var i = 0; i < tlvs.Count; i++)
        {
            var value = tlvs[i].Value.Span;
            if (at + Head + value.Length > buffer.Length)
                continue;
            buffer[at] = tlvs[i].Type;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 1)..], (ushort)value.Length);
            value.CopyTo(buffer[(at + Head)..]);
            at += Head + value.Length;
        }
        return at;
    }
}
