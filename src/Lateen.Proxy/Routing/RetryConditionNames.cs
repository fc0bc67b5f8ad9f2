// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Routing;

/// <summary>The names of <see cref="RetryConditions"/> in <c>retry_on</c>, x-envoy-retry-on and x-envoy-retry-grpc-on.</summary>
internal static class RetryConditionNames
{
    /// <summary>What is decided by the status of gRPC.</summary>
    private const RetryConditions OfGrpc =
        RetryConditions.GrpcCancelled
        | RetryConditions.GrpcDeadlineExceeded
        | RetryConditions.GrpcResourceExhausted
        | RetryConditions.GrpcInternal
        | RetryConditions.GrpcUnavailable;

    /// <summary>Reads a list; names that are not known are left out, as in Envoy.</summary>
    /// <param name="grpc">The list is x-envoy-retry-grpc-on's, whose names are its own.</param>
    /// <param name="areKnown">Whether all of them are.</param>
    public static RetryConditions Parse(ReadOnlySpan<byte> list, bool grpc, out bool areKnown)
    {
        var conditions = RetryConditions.None;
        areKnown = true;
        foreach (var range in list.Split((byte)','))
        {
            var condition = Of(list[range].Trim(" \t"u8));
            if (condition == RetryConditions.None || (condition & OfGrpc) != RetryConditions.None != grpc)
                areKnown = false;
            else
                conditions |= condition;
        }
        return conditions;
    }

    /// <summary>None for a name that is not known.</summary>
    public static RetryConditions Of(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            3 when name.SequenceEqual("5xx"u8) => RetryConditions.ServerError,
            5 when name.SequenceEqual("reset"u8) => RetryConditions.Reset,
            8 when name.SequenceEqual("internal"u8) => RetryConditions.GrpcInternal,
            9 when name.SequenceEqual("cancelled"u8) => RetryConditions.GrpcCancelled,
            11 when name.SequenceEqual("unavailable"u8) => RetryConditions.GrpcUnavailable,
            13 when name.SequenceEqual("gateway-error"u8) => RetryConditions.GatewayError,
            13 when name.SequenceEqual("retriable-4xx"u8) => RetryConditions.Conflict,
            14 when name.SequenceEqual("refused-stream"u8) => RetryConditions.RefusedStream,
            15 when name.SequenceEqual("connect-failure"u8) => RetryConditions.ConnectFailure,
            17 when name.SequenceEqual("envoy-ratelimited"u8) => RetryConditions.EnvoyRateLimited,
            17 when name.SequenceEqual("retriable-headers"u8) => RetryConditions.RetriableHeaders,
            17 when name.SequenceEqual("deadline-exceeded"u8) => RetryConditions.GrpcDeadlineExceeded,
            18 when name.SequenceEqual("resource-exhausted"u8) => RetryConditions.GrpcResourceExhausted,
            20 when name.SequenceEqual("reset-before-request"u8) => RetryConditions.ResetBeforeRequest,
            22 when name.SequenceEqual("retriable-status-codes"u8) => RetryConditions.RetriableStatusCodes,
            _ => RetryConditions.None,
        };
}
