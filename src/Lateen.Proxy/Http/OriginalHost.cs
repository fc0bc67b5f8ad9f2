// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Http;

/// <summary>Where a request to an ORIGINAL_DST cluster goes: where a header says, else where its client meant to go.</summary>
internal static class OriginalHost
{
    /// <summary>None for clusters of other kinds, and where nothing is known.</summary>
    /// <param name="meant">Where the client's connection was redirected from; none where it was not.</param>
    public static NetAddress Of(ClusterRuntime cluster, HeaderMap headers, in NetAddress meant, int worker)
    {
        if (cluster.Spec.Kind != ClusterKind.OriginalDestination)
            return default;
        var name = cluster.Spec.OriginalDestination.Header.Span;
        // Of several lines the first: the header is nobody's whom we know (Envoy).
        if (!name.IsEmpty && headers.IndexOf(name) is >= 0 and var index)
        {
            if (TryParse(headers.Value(index), out var host))
                return host;
            cluster.Stats.OnOriginalHostInvalid(worker);
        }
        return meant;
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
