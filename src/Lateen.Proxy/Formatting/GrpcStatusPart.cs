// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>
/// <c>GRPC_STATUS</c>: how a gRPC call ended, as a word or as number; nothing for other requests. Statuses that gRPC does
/// not define are numbers in any form.
/// </summary>
internal sealed class GrpcStatusPart : FormatPart
{
    private static readonly string[] s_camel =
    [
        "OK",
        "Canceled",
        "Unknown",
        "InvalidArgument",
        "DeadlineExceeded",
        "NotFound",
        "AlreadyExists",
        "PermissionDenied",
        "ResourceExhausted",
        "FailedPrecondition",
        "Aborted",
        "OutOfRange",
        "Unimplemented",
        "Internal",
        "Unavailable",
        "DataLoss",
        "Unauthenticated",
    ];

    private static readonly string[] s_snake =
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    private readonly string[] _names;

    private GrpcStatusPart(string[] names) => _names = names;

    /// <param name="form"><c>CAMEL_STRING</c>, also when empty; <c>SNAKE_STRING</c> or <c>NUMBER</c>.</param>
    public static GrpcStatusPart Parse(string form) =>
        form switch
        {
            "" or "CAMEL_STRING" => new(s_camel),
            "SNAKE_STRING" => new(s_snake),
            "NUMBER" => new([]),
            _ => throw new FormatException(
                $"%GRPC_STATUS({form})% has no form that is known; give CAMEL_STRING, SNAKE_STRING or NUMBER"
            ),
        };

    public override bool IsNumber => _names.Length == 0;

    public override int TryWrite(StreamInfo stream, Span<byte> destination)
    {
        if (!GrpcReply.IsGrpc(stream.Request) || GrpcStatus.Of(stream) is not { } status)
            return None;
        if ((uint)status < (uint)_names.Length)
            return Put(_names[status], destination);
        status.TryFormat(destination, out var written);
        return written;
    }
}
