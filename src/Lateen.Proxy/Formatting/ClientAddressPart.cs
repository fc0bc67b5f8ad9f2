// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>
/// <c>DOWNSTREAM_REMOTE_ADDRESS</c>: the client by x-forwarded-for, as far as that is believed, with port 0 as in Envoy;
/// else by the connection.
/// </summary>
internal sealed class ClientAddressPart(bool hasPort) : FormatPart
{
    private const int MaxText = 64;

    public override int TryWrite(StreamInfo stream, Span<byte> destination)
    {
        var client = stream.ForwardedClient;
        if (client.IsNone)
            return Put(
                hasPort ? stream.DownstreamRemoteAddress : WithoutPort(stream.DownstreamRemoteAddress),
                destination
            );
        Span<byte> text = stackalloc byte[MaxText];
        var isIPv6 = client.Family == AddressFamilyKind.IPv6;
        var length = 0;
        if (isIPv6)
            text[length++] = (byte)'[';
        length += client.FormatIP(text[length..]);
        if (isIPv6)
            text[length++] = (byte)']';
        if (hasPort)
        {
            ":0"u8.CopyTo(text[length..]);
            length += 2;
        }
        return Put(text[..length], destination);
    }

    public static string? WithoutPort(string? address)
    {
        var colon = address?.LastIndexOf(':') ?? -1;
        return colon < 0 ? address : address![..colon];
    }
}
