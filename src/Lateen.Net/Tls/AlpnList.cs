// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Net.Tls;

/// <summary>Names of application protocols, and the list of them on the wire (RFC 7301 §3.1): each after a byte that says its length.</summary>
public static class AlpnList
{
    /// <exception cref="TlsConfigurationException">A name is empty or longer than 255 bytes.</exception>
    public static byte[] Encode(IReadOnlyList<string> protocols)
    {
        var wire = new List<byte>();
        foreach (var name in Split(protocols))
        {
            wire.Add((byte)name.Length);
            wire.AddRange(name);
        }
        return wire.ToArray();
    }

    /// <summary>The name as text; the usual ones are not made anew.</summary>
    internal static string ToText(ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("h2"u8) ? "h2"
        : protocol.SequenceEqual("http/1.1"u8) ? "http/1.1"
        : protocol.IsEmpty ? ""
        : Encoding.UTF8.GetString(protocol);

    internal static byte[][] Split(IReadOnlyList<string> protocols)
    {
        var names = new byte[protocols.Count][];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetBytes(protocols[i]);
            if (names[i].Length is 0 or > 255)
                throw new TlsConfigurationException(
                    $"alpn_protocols: \"{protocols[i]}\" has {names[i].Length} bytes; names have 1 to 255 (RFC 7301 §3.1)"
                );
        }
        return names;
    }
}
