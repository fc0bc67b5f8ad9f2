// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Server;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>What the connection manager does to every request's headers before routing (Envoy's ConnectionManagerUtility).</summary>
internal static class RequestHeaders
{
    private const int UuidLength = 36;

    private static ReadOnlySpan<byte> Prefix => "x-envoy-"u8;

    public static void Prepare(StreamInfo info, ServerConnection connection)
    {
        var request = info.Request;
        var headers = request.Headers;
        var manager = connection.Manager;
        // At an edge the last of the trusted proxies is the peer itself, which is not in the list yet.
        var hops = manager.UseRemoteAddress ? manager.TrustedHops - 1 : manager.TrustedHops;
        if (hops >= 0)
            info.ForwardedClient = ForwardedFor.AddressFromEnd(headers, hops);
        headers.Remove(KnownHeader.XEnvoyInternal);
        // Before the client's own address is added.
        var isInternal = IsInternal(headers, manager, connection.Client);
        var isEdge = !isInternal && manager.UseRemoteAddress;
        if (isInternal)
            headers.Add(KnownHeader.XEnvoyInternal, "true"u8);
        else
            DropControlHeaders(headers, isEdge);
        if (isEdge)
            SetExternalAddress(headers, manager.TrustedHops, connection.ClientText);
        if (manager.UseRemoteAddress && !manager.SkipXffAppend)
            ForwardedFor.Append(headers, connection.ClientText);
        SetScheme(request, manager, connection.Tls is null ? "http"u8 : "https"u8);
        ForwardedClientCert.Apply(headers, connection);
        SetRequestId(headers, manager, isEdge, connection.Worker);
    }

    /// <summary>
    /// One address alone, and that an internal one (Envoy's definition): of x-forwarded-for, or, where the peer is the client,
    /// the peer's.
    /// </summary>
    private static bool IsInternal(HeaderMap headers, HttpConnectionManagerSpec manager, in NetAddress client)
    {
        if (manager.InternalAddresses.IsEmpty)
            return false;
        Span<byte> address = stackalloc byte[16];
        if (manager.UseRemoteAddress)
        {
            return !headers.Contains(KnownHeader.XForwardedFor)
                && manager.InternalAddresses.Contains(address[..client.CopyAddressBytes(address)]);
        }
        var text = ForwardedFor.FromEnd(headers, manager.TrustedHops, out var isOnly);
        return isOnly
            && ForwardedFor.Parse(text, address) is > 0 and var length
            && manager.InternalAddresses.Contains(address[..length]);
    }

    /// <summary>x-envoy-external-address: the client of an edge, which is believed from here on.</summary>
    private static void SetExternalAddress(HeaderMap headers, int trustedHops, ReadOnlySpan<byte> client)
    {
        if (trustedHops > 0)
        {
            Span<byte> scratch = stackalloc byte[64];
            var text = ForwardedFor.FromEnd(headers, trustedHops - 1, out _);
            if (text.Length <= scratch.Length && ForwardedFor.Parse(text, scratch) > 0)
            {
                text.CopyTo(scratch);
                headers.Set("x-envoy-external-address"u8, scratch[..text.Length]);
                return;
            }
        }
        if (!client.IsEmpty)
            headers.Set("x-envoy-external-address"u8, client);
    }

    /// <summary>
    /// Headers by which a request could change timeouts, retries and logs: Envoy takes them from internal requests only. The rest
    /// of x-envoy-* is between proxies and passes.
    /// </summary>
    private static void DropControlHeaders(HeaderMap headers, bool isEdge)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers.Name(i);
            if (headers[i].IsRemoved || !name.StartsWith(Prefix))
                continue;
            if (IsControl(name[Prefix.Length..]) || (isEdge && IsOfEdge(name[Prefix.Length..])))
                headers.RemoveAt(i);
        }
    }

    private static bool IsControl(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("retry-on"u8)
        || name.SequenceEqual("retry-grpc-on"u8)
        || name.SequenceEqual("max-retries"u8)
        || name.SequenceEqual("retriable-status-codes"u8)
        || name.SequenceEqual("retriable-header-names"u8)
        || name.SequenceEqual("upstream-alt-stat-name"u8)
        || name.SequenceEqual("upstream-rq-timeout-ms"u8)
        || name.SequenceEqual("upstream-rq-per-try-timeout-ms"u8)
        || name.SequenceEqual("upstream-rq-timeout-alt-response"u8)
        || name.SequenceEqual("expected-rq-timeout-ms"u8)
        || name.SequenceEqual("hedge-on-per-try-timeout"u8)
        || name.SequenceEqual("force-trace"u8)
        || name.SequenceEqual("ip-tags"u8)
        || name.SequenceEqual("original-url"u8);

    private static bool IsOfEdge(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("decorator-operation"u8)
        || name.SequenceEqual("downstream-service-cluster"u8)
        || name.SequenceEqual("downstream-service-node"u8);

    /// <summary>
    /// What the client spoke: as a proxy before us says, or as the transport is; an edge without trusted hops believes the
    /// transport alone.
    /// </summary>
    private static void SetScheme(RequestHead request, HttpConnectionManagerSpec manager, ReadOnlySpan<byte> transport)
    {
        var headers = request.Headers;
        var isUntold = manager.UseRemoteAddress && manager.TrustedHops == 0;
        if (isUntold || !headers.Contains(KnownHeader.XForwardedProto))
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

    private static void SetRequestId(HeaderMap headers, HttpConnectionManagerSpec manager, bool isEdge, Worker worker)
    {
        // An edge does not trust the ids of strangers (Envoy preserve_external_request_id).
        if (isEdge && !manager.PreserveExternalRequestId)
            headers.Remove(KnownHeader.XRequestId);
        if (!manager.GenerateRequestId || headers.Contains(KnownHeader.XRequestId))
            return;
        Span<byte> id = stackalloc byte[UuidLength];
        WriteUuid(worker.NextRandom(), worker.NextRandom(), id);
        headers.Add(KnownHeader.XRequestId, id);
    }

    /// <summary>A random UUID, version 4 (RFC 9562 §5.4).</summary>
    private static void WriteUuid(ulong high, ulong low, Span<byte> destination)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(octets, (high & ~0xf000UL) | 0x4000UL);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], (low & ~(3UL << 62)) | (2UL << 62));
        new Guid(octets, bigEndian: true).TryFormat(destination, out _);
    }
}
