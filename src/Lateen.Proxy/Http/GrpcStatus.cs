// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>The outcome of a gRPC call (<c>grpc-status</c>), 0 to 16, and what it is in HTTP's terms.</summary>
internal static class GrpcStatus
{
    public const int Ok = 0;

    /// <summary>The highest that gRPC defines: UNAUTHENTICATED.</summary>
    public const int Highest = 16;

    /// <summary>What stands for a text that is no status, as in Envoy.</summary>
    public const int Invalid = -1;

    /// <summary>False when there is none.</summary>
    public static bool TryGet(HeaderMap headers, out int status)
    {
        if (!TryGetAny(headers, out status))
            return false;
        status = Known(status);
        return true;
    }

    /// <summary>Also one that applications have made up.</summary>
    public static bool TryGetAny(HeaderMap headers, out int status)
    {
        status = Invalid;
        if (!headers.TryGet(KnownHeader.GrpcStatus, out var text))
            return false;
        if (
            Utf8Parser.TryParse(text, out uint number, out var length)
            && length == text.Length
            && number <= int.MaxValue
        )
            status = (int)number;
        return true;
    }

    /// <summary>One that gRPC defines; else <see cref="Invalid"/>.</summary>
    public static int Known(int status) => status > Highest ? Invalid : status;

    /// <summary>
    /// What trailers or head said; else what HTTP's status stands for; null when there was none of them (Envoy's
    /// <c>getGrpcStatus</c>).
    /// </summary>
    public static int? Of(StreamInfo stream) =>
        stream.GrpcStatus is { } status ? status
        : stream.ResponseCode == 0 ? null
        : OfHttp(stream.ResponseCode);

    /// <summary>Google's table of HTTP statuses for gRPC's, which Envoy goes by.</summary>
    public static int ToHttp(int status) =>
        status switch
        {
            Ok => 200,
            1 => 499,
            3 or 9 or 11 => 400,
            4 => 504,
            5 => 404,
            6 or 10 => 409,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        };

    /// <summary>gRPC's own table for answers of something that does not speak gRPC (http-grpc-status-mapping).</summary>
    public static int OfHttp(int status) =>
        status switch
        {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 or 502 or 503 or 504 => 14,
            _ => 2,
        };
}
