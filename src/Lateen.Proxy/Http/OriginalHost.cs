// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using Lateen.Http;
using Lateen.Net;
using Lateen.Net.Streams;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Http;

/// <summary>
/// Where a request to an ORIGINAL_DST cluster goes: where the metadata of its connection says, else where a header says, else
/// where its client meant to go (Envoy's order).
/// </summary>
internal static class OriginalHost
{
    /// <summary>Longer than any IPv6 address with brackets and port.</summary>
    private const int MaxText = 64;

    /// <summary>None for clusters of other kinds, and where nothing is known.</summary>
    /// <param name="connection">What is known of the client's connection.</param>
    public static NetAddress Of(ClusterRuntime cluster, HeaderMap headers, InspectedConnection connection, int worker)
    {
        if (cluster.Spec.Kind != ClusterKind.OriginalDestination)
            return default;
        var noted = OfConnection(cluster, connection, worker);
        if (!noted.IsNone)
            return noted;
        var name = cluster.Spec.OriginalDestination.Header.Span;
        // Of several lines the first: the header is nobody's whom we know (Envoy).
        if (!name.IsEmpty && headers.IndexOf(name) is >= 0 and var index)
        {
            if (TryParse(headers.Value(index), out var host))
                return host;
            cluster.Stats.OnOriginalHostInvalid(worker);
        }
        return connection.Local;
    }

    /// <summary>Where the metadata of a connection says; none where it says nothing, and where it says what is no address.</summary>
    public static NetAddress OfConnection(ClusterRuntime cluster, InspectedConnection connection, int worker)
    {
        if (cluster.Spec.OriginalDestination.Metadata?.Find(connection) is not { } text)
            return default;
        Span<byte> bytes = stackalloc byte[MaxText];
        if (Encoding.UTF8.TryGetBytes(text, bytes, out var length) && TryParse(bytes[..length], out var host))
            return host;
        cluster.Stats.OnOriginalHostInvalid(worker);
        return default;
    }

    /// <summary>An address with port, as <c>192.0.2.1:80</c> or <c>[2001:db8::1]:80</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NetAddress address)
    {
        address = default;
        var colon = text.LastIndexOf((byte)':');
        if (colon < 0)
            return false;
        var port = text[(colon + 1)..];
        var host = text[..colon];
        var isIPv6 = host is [(byte)'[', .., (byte)']'];
        if (isIPv6)
            host = host[1..^1];
        Span<byte> bytes = stackalloc byte[16];
        var length = ForwardedFor.Parse(host, bytes);
        if (
            length != (isIPv6 ? 16 : 4)
            || !Utf8Parser.TryParse(port, out ushort number, out var read)
            || read != port.Length
        )
            return false;
        address = NetAddress.From(bytes[..length], number);
        return true;
    }
}
