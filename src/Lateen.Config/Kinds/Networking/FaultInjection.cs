// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Delays and failures for testing.</summary>
public sealed record FaultInjection
{
    /// <summary>Holds requests back.</summary>
    public FaultDelay? Delay { get; init; }

    /// <summary>Answers requests with a failure.</summary>
    public FaultAbort? Abort { get; init; }
}

/// <summary>Holds requests back.</summary>
public sealed record FaultDelay
{
    /// <summary>Share of the requests: none when it is not there.</summary>
    public Percentage? Percentage { get; init; }

    /// <summary>Per cent of the requests.</summary>
    [Deprecated("use percentage"), Range(0, 100)]
    public int? Percent { get; init; }

    /// <summary>How long.</summary>
    [OneOf("delay")]
    public TimeSpan? FixedDelay { get; init; }

    /// <summary>Mean of delays that are spread exponentially; Istio never put it in force.</summary>
    [OneOf("delay"), NotInForce]
    public TimeSpan? ExponentialDelay { get; init; }
}

/// <summary>Answers requests with a failure.</summary>
public sealed record FaultAbort
{
    /// <summary>Share of the requests: none when it is not there.</summary>
    public Percentage? Percentage { get; init; }

    /// <summary>200 to 599.</summary>
    [OneOf("error", IsRequired = true), Range(200, 599)]
    public int? HttpStatus { get; init; }

    /// <summary>A gRPC status by name, as UNAVAILABLE.</summary>
    [OneOf("error", IsRequired = true)]
    public string? GrpcStatus { get; init; }

    /// <summary>An HTTP/2 error; Istio never put it in force.</summary>
    [OneOf("error", IsRequired = true), NotInForce]
    public string? Http2Error { get; init; }
}
