// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Http;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Http;

/// <summary>The deadline that a gRPC client sets: <c>grpc-timeout</c>, up to eight digits and a unit (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>
    /// How long the whole stream may take: the client's timeout where the route lets it count, no longer than the route's
    /// own limit. Zero for no limit.
    /// </summary>
    public static TimeSpan LimitOf(ForwardActionSpec action, RequestHead request)
    {
        var limit = action.MaxStreamDuration ?? TimeSpan.Zero;
        if (action.MaxGrpcTimeout is not { } most || !GrpcReply.IsGrpc(request))
            return limit;
        if (!request.Headers.TryGet(KnownHeader.GrpcTimeout, out var text) || !TryParse(text, out var wanted))
            return most > TimeSpan.Zero ? most : limit;
        if (most > TimeSpan.Zero && wanted > most)
            wanted = most;
        // Envoy: an offset that would leave nothing is not taken off.
        return wanted > action.GrpcTimeoutOffset ? wanted - action.GrpcTimeoutOffset : wanted;
    }

    /// <summary>False for what is no timeout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TimeSpan timeout)
    {
        timeout = default;
        if (
            text.Length is < 2 or > MaxDigits + 1
            || !Utf8Parser.TryParse(text, out uint number, out var digits)
            || digits != text.Length - 1
        )
            return false;
        double? seconds = text[^1] switch
        {
            (byte)'H' => number * 3600.0,
            (byte)'M' => number * 60.0,
            (byte)'S' => number,
            (byte)'m' => number / 1e3,
            (byte)'u' => number / 1e6,
            (byte)'n' => number / 1e9,
            _ => null,
        };
        if (seconds is null)
            return false;
        // The timers count milliseconds; less than one is one, since zero means "no limit" here.
        timeout = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(seconds.Value * 1000)));
        return true;
    }
}
