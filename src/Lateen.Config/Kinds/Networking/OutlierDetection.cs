// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Takes out endpoints that fail, for a while.</summary>
public sealed record OutlierDetection
{
    /// <summary>Failures in a row.</summary>
    [Deprecated("use consecutive5xxErrors"), Range(0)]
    public int? ConsecutiveErrors { get; init; }

    /// <summary>Counts failures to connect apart from answers.</summary>
    public bool SplitExternalLocalOriginErrors { get; init; }

    /// <summary>Failures to connect in a row, where they count apart.</summary>
    [Range(0)]
    public int ConsecutiveLocalOriginFailures { get; init; } = 5;

    /// <summary>Answers 502, 503, 504 and failures to connect in a row; 0, the default, turns it off.</summary>
    [Range(0)]
    public int? ConsecutiveGatewayErrors { get; init; }

    /// <summary>Answers 5xx and failures to connect in a row; 0 turns it off.</summary>
    [Word("consecutive5xxErrors"), Range(0)]
    public int Consecutive5xxErrors { get; init; } = 5;

    /// <summary>Time between looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time out; multiplied by how often the endpoint was out.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Per cent of the endpoints that may be out.</summary>
    [Range(0, 100)]
    public int MaxEjectionPercent { get; init; } = 10;

    /// <summary>Per cent of the endpoints that must be healthy; below, everybody gets traffic. 0 turns that off.</summary>
    [Range(0, 100)]
    public int MinHealthPercent { get; init; }

    /// <summary>Answers that count as errors, instead of 5xx: status codes from 100 to 599.</summary>
    [Range(100, 599)]
    public IReadOnlyList<int> OutlierDetectionHttpErrorCodes { get; init; } = [];
}
