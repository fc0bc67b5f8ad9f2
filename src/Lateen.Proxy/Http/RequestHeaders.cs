// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http;

/// <summary>What the connection manager does to every request's headers before routing (Envoy's ConnectionManagerUtility).</summary>
internal static class RequestHeaders
{
    private const int UuidLength = 36;
    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    public static void Prepare(RequestHead request, ServerConnection connection, Worker worker)
    {
        var headers = request.Headers;
        var manager = connection.Manager;
        var client = connection.Client;
        var isInternal = manager.UseRemoteAddress ? IsPrivate(client) : HasOnePrivateForwardedAddress(headers);
        if (!isInternal)
            DropControlHeaders(headers);
        if (manager.UseRemoteAddress && !manager.SkipXffAppend)
            AppendForwardedFor(headers, client);
        SetScheme(request, manager, connection.Tls is null ? "http"u8 : "https"u8);
        ForwardedClientCert.Apply(headers, connection);
        // An edge does not trust the ids of strangers (Envoy preserve_external_request_id).
        if (manager.UseRemoteAddress && !isInternal && !manager.PreserveExternalRequestId)
            headers.Remove(KnownHeader.XRequestId);
        if (manager.GenerateRequestId && !headers.Contains(KnownHeader.XRequestId))
        {
            Span<byte> id = stackalloc byte[UuidLength];
            WriteUuid(worker.NextRandom(), worker.NextRandom(), id);
            headers.Add(KnownHeader.XRequestId, id);
        }
    }

    /// <summary>What the client spoke: as a proxy before us says, or as the transport is; an edge believes the transport alone.</summary>
    private static void SetScheme(RequestHead request, HttpConnectionManagerSpec manager, ReadOnlySpan<byte> transport)
    {
        var headers = request.Headers;
        if (manager.UseRemoteAddress || !headers.Contains(KnownHeader.XForwardedProto))
            headers.Set(KnownHeader.XForwardedProto, transport);
        if (!request.Scheme.IsEmpty || request.Path.IsEmpty)
            return;
        headers.TryGet(KnownHeader.XForwardedProto, out var told);
        request.SetScheme(
            Ascii.EqualsIgnoreCase(told, "https"u8) ? "https"u8
            : Ascii.EqualsIgnoreCase(told, "http"u8) ? "http"u8
            : transport
        );
    }

    /// <summary>x-envoy-* from outside could change timeouts and retries; Envoy takes them from internal requests only.</summary>
    private static void DropControlHeaders(HeaderMap headers)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (!headers[i].IsRemoved && headers.Name(i).StartsWith("x-envoy-"u8) && !IsPeerMetadata(headers[i].Id))
                headers.RemoveAt(i);
        }
    }

    /// <summary>Mesh-internal: exchanged between proxies, handled by the metadata exchange filter.</summary>
    private static bool IsPeerMetadata(KnownHeader id) =>
        id is KnownHeader.XEnvoyPeerMetadata or KnownHeader.XEnvoyPeerMetadataId;

    private static void AppendForwardedFor(HeaderMap headers, in NetAddress client)
    {
        Span<byte> value = stackalloc byte[512];
        var at = 0;
        if (headers.TryGet(KnownHeader.XForwardedFor, out var earlier) && earlier.Length <= value.Length - 64)
        {
            earlier.CopyTo(value);
            at = earlier.Length;
            ", "u8.CopyTo(value[at..]);
            at += 2;
        }
        at += client.FormatIP(value[at..]);
        headers.Set(KnownHeader.XForwardedFor, value[..at]);
    }

    /// <summary>RFC 1918, RFC 4193 and loopback, as Envoy's internal addresses are by default.</summary>
    private static bool IsPrivate(in NetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.CopyAddressBytes(bytes) switch
        {
            4 => IsPrivateIPv4(bytes),
            16 => address.IsLoopback || (bytes[0] & 0xfe) == 0xfc,
            _ => true,
        };
    }

    private static bool IsPrivateIPv4(ReadOnlySpan<byte> bytes) =>
        bytes[0] is 10 or 127 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168);

    private static bool HasOnePrivateForwardedAddress(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.XForwardedFor, out var value) || value.Contains((byte)',') || value.Length > 45)
            return false;
        Span<char> text = stackalloc char[45];
        Ascii.ToUtf16(value, text, out var length);
        return System.Net.IPAddress.TryParse(text[..length], out var address) && IsPrivate(NetAddress.From(address, 0));
    }

    /// <summary>A random UUID, version 4 (RFC 9562 §5.4).</summary>
    private static void WriteUuid(ulong high, ulong low, Span<byte> destination)
    {
        high = (high & ~0xf000UL) | 0x4000UL;
        low = (low & ~(3UL << 62)) | (2UL << 62);
        var at = 0;
        for (var digit = 0; digit < 32; digit++)
        {
            if (digit is 8 or 12 or 16 or 20)
                destination[at++] = (byte)'-';
            var half = digit < 16 ? high : low;
            destination[at++] = Hex[(int)(half >> (60 - (4 * (digit & 15)))) & 15];
        }
    }
}
