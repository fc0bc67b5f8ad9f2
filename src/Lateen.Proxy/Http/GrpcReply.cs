// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Http;

namespace Lateen.Proxy.Http;

/// <summary>
/// A local reply in gRPC's terms: status 200 and the outcome in <c>grpc-status</c>, without a body ("trailers only" in the
/// gRPC protocol over HTTP/2), since a gRPC client does not look at HTTP's status.
/// </summary>
internal static class GrpcReply
{
    private const int MaxMessage = 512;

    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;

    /// <summary>The request is a gRPC call: <c>content-type: application/grpc</c>, perhaps with a suffix.</summary>
    public static bool IsGrpc(RequestHead request) => HasGrpcType(request.Headers);

    /// <summary>A head says that it is gRPC's.</summary>
    public static bool HasGrpcType(HeaderMap headers) =>
        headers.TryGet(KnownHeader.ContentType, out var type)
        && type.StartsWith("application/grpc"u8)
        && (type.Length == 16 || type[16] is (byte)'+' or (byte)';');

    /// <summary>Makes a response the gRPC form of a local reply.</summary>
    public static void Write(ResponseHead response, int grpcStatus, ReadOnlySpan<byte> message)
    {
        response.Status = 200;
        var headers = response.Headers;
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
        Span<byte> digits = stackalloc byte[4];
        grpcStatus.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        headers.Set(KnownHeader.GrpcStatus, digits[..length]);
        if (message.IsEmpty)
            return;
        message = message[..Math.Min(message.Length, MaxMessage)];
        Span<byte> encoded = stackalloc byte[MaxMessage * 3];
        headers.Set("grpc-message"u8, encoded[..Encode(message, encoded)]);
    }

    /// <summary>Percent-encodes everything outside of printable ASCII, and the percent sign: up to three bytes for one.</summary>
    public static int Encode(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        var at = 0;
        foreach (var octet in message)
        {
            if (octet is >= 0x20 and <= 0x7e and not (byte)'%')
            {
                destination[at++] = octet;
                continue;
            }
            destination[at++] = (byte)'%';
            destination[at++] = Hex[octet >> 4];
            destination[at++] = Hex[octet & 15];
        }
        return at;
    }
}
