// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Which web pages of other origins may call.</summary>
public sealed record CorsPolicy
{
    /// <summary>Origins, word for word.</summary>
    [Deprecated("use allowOrigins")]
    public IReadOnlyList<string> AllowOrigin { get; init; } = [];

    /// <summary>Origins that are allowed.</summary>
    public IReadOnlyList<StringMatch> AllowOrigins { get; init; } = [];

    /// <summary>Methods for <c>Access-Control-Allow-Methods</c>.</summary>
    public IReadOnlyList<string> AllowMethods { get; init; } = [];

    /// <summary>Request headers for <c>Access-Control-Allow-Headers</c>.</summary>
    public IReadOnlyList<string> AllowHeaders { get; init; } = [];

    /// <summary>Response headers for <c>Access-Control-Expose-Headers</c>.</summary>
    public IReadOnlyList<string> ExposeHeaders { get; init; } = [];

    /// <summary>How long a preflight's answer holds.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether the page may send cookies.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>What becomes of preflights of other origins: FORWARD.</summary>
    public UnmatchedPreflights UnmatchedPreflights { get; init; }
}

/// <summary>What becomes of preflights of origins that are not allowed.</summary>
public enum UnmatchedPreflights : byte
{
    /// <summary>FORWARD.</summary>
    Unspecified,

    /// <summary>The service answers.</summary>
    Forward,

    /// <summary>The proxy answers, without allowing.</summary>
    Ignore,
}
