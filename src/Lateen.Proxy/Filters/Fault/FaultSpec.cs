// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Filters.Fault;

/// <summary>What is done to requests to see how their senders take it (Envoy <c>HTTPFault</c>).</summary>
public sealed record FaultSpec
{
    /// <summary>A filter without faults of its own: routes bring them.</summary>
    public static FaultSpec None { get; } = new();

    public FaultDelaySpec? Delay { get; init; }

    public FaultAbortSpec? Abort { get; init; }

    /// <summary><c>upstream_cluster</c>: only requests to this cluster; null for all.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>headers</c>, all of which must hold.</summary>
    public IReadOnlyList<HeaderMatchSpec> Headers { get; init; } = [];

    /// <summary><c>max_active_faults</c>: delays under way at a time; null for any number.</summary>
    public uint? MaxActive { get; init; }
}

/// <summary>Envoy <c>FaultDelay</c>.</summary>
/// <param name="Fixed"><c>fixed_delay</c>; null for <c>header_delay</c>: the request says, in milliseconds.</param>
/// <param name="Share">Of requests, in millionths: 0 where <c>percentage</c> is not set.</param>
public sealed record FaultDelaySpec(TimeSpan? Fixed, uint Share);

/// <summary>Envoy <c>FaultAbort</c>. Without a status of either kind the request says (<c>header_abort</c>).</summary>
/// <param name="Share">Of requests, in millionths: 0 where <c>percentage</c> is not set.</param>
public sealed record FaultAbortSpec(int? HttpStatus, int? GrpcStatus, uint Share)
{
    public bool IsFromHeader => HttpStatus is null && GrpcStatus is null;
}
