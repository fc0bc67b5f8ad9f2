// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters.Fault;

/// <summary>Headers by which requests ask for faults, where configuration lets them.</summary>
internal static class FaultHeaders
{
    /// <summary>In milliseconds.</summary>
    public static ReadOnlySpan<byte> Delay => "x-envoy-fault-delay-request"u8;

    public static ReadOnlySpan<byte> DelayPercentage => "x-envoy-fault-delay-request-percentage"u8;

    /// <summary>An HTTP status.</summary>
    public static ReadOnlySpan<byte> Abort => "x-envoy-fault-abort-request"u8;

    /// <summary>A gRPC status.</summary>
    public static ReadOnlySpan<byte> AbortGrpc => "x-envoy-fault-abort-grpc-request"u8;

    public static ReadOnlySpan<byte> AbortPercentage => "x-envoy-fault-abort-request-percentage"u8;
}
