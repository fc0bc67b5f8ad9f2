// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>One entry of <c>http</c>: exactly one of route, redirect and direct response.</summary>
public sealed record HttpRule
{
    /// <summary>For access logs and metrics; joined with the name of the match.</summary>
    public string Name { get; init; } = "";

    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<HttpMatch> Match { get; init; } = [];

    /// <summary>Destinations that share the traffic by weight.</summary>
    public IReadOnlyList<RouteDestination> Route { get; init; } = [];

    /// <summary>An answer that sends the client elsewhere.</summary>
    public HttpRedirect? Redirect { get; init; }

    /// <summary>An answer by the proxy itself.</summary>
    public DirectResponse? DirectResponse { get; init; }

    /// <summary>A VirtualService without hosts that has the rest of the rule.</summary>
    [NotInForce]
    public Delegate? Delegate { get; init; }

    /// <summary>Changes to path and host before the request goes on.</summary>
    public HttpRewrite? Rewrite { get; init; }

    /// <summary>Time for the whole response, at least 1 ms; off by default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What is tried again; the mesh's default policy (2 retries) when it is not there.</summary>
    public HttpRetry? Retries { get; init; }

    /// <summary>Delays and failures for testing.</summary>
    [NotInForce]
    public FaultInjection? Fault { get; init; }

    /// <summary>A service that gets a copy of each request; its answers are dropped.</summary>
    [NotInForce]
    public Destination? Mirror { get; init; }

    /// <summary>Several services that get a copy.</summary>
    [NotInForce]
    public IReadOnlyList<MirrorPolicy> Mirrors { get; init; } = [];

    /// <summary>Per cent of the requests that are mirrored.</summary>
    [Word("mirror_percent"), Deprecated("use mirrorPercentage"), Range(0, 100)]
    public int? MirrorPercentOld { get; init; }

    /// <summary>Per cent of the requests that are mirrored.</summary>
    [Deprecated("use mirrorPercentage"), Range(0, 100)]
    public int? MirrorPercent { get; init; }

    /// <summary>Share of the requests that are mirrored: all by default.</summary>
    [NotInForce]
    public Percentage? MirrorPercentage { get; init; }

    /// <summary>Which web pages of other origins may call.</summary>
    [NotInForce]
    public CorsPolicy? CorsPolicy { get; init; }

    /// <summary>Changes to headers.</summary>
    public HeaderRules Headers { get; init; } = HeaderRules.None;
}

/// <summary>The VirtualService that holds the rest of a rule.</summary>
public sealed record Delegate
{
    /// <summary>Of the VirtualService.</summary>
    public string Name { get; init; } = "";

    /// <summary>The rule's own when it is empty.</summary>
    public string Namespace { get; init; } = "";
}

/// <summary>A copy of requests for another service.</summary>
public sealed record MirrorPolicy
{
    /// <summary>Who gets it.</summary>
    [Required]
    public Destination Destination { get; init; } = new();

    /// <summary>Share of the requests: all by default.</summary>
    public Percentage? Percentage { get; init; }
}

/// <summary>A share of all.</summary>
public sealed record Percentage
{
    /// <summary>0 to 100; 0.1 is one in a thousand.</summary>
    [Range(0, 100)]
    public double Value { get; init; }
}
