// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>Who gets the next request.</summary>
public sealed record LoadBalancer
{
    /// <summary>One of Envoy's policies.</summary>
    [OneOf("policy")]
    public SimpleLoadBalancer? Simple { get; init; }

    /// <summary>The same client goes to the same endpoint.</summary>
    [OneOf("policy"), NotInForce]
    public ConsistentHash? ConsistentHash { get; init; }

    /// <summary>The endpoint that says it has the least to do.</summary>
    [OneOf("policy"), NotInForce]
    public BackendUtilization? BackendUtilization { get; init; }

    /// <summary>Where traffic goes by region, zone and subzone.</summary>
    [NotInForce]
    public LocalityLoadBalancing? LocalityLbSetting { get; init; }

    /// <summary>Keeps traffic in its zone while the zone can take it.</summary>
    [NotInForce]
    public ZoneAwareLoadBalancing? ZoneAwareLbSetting { get; init; }

    /// <summary>How long a new endpoint takes until it gets its full share.</summary>
    [NotInForce, Deprecated("use warmup")]
    public TimeSpan? WarmupDurationSecs { get; init; }

    /// <summary>How a new endpoint comes to its full share.</summary>
    [NotInForce]
    public Warmup? Warmup { get; init; }
}

/// <summary>Envoy's load-balancing policies.</summary>
public enum SimpleLoadBalancer : byte
{
    /// <summary>As one level above; in the end LEAST_REQUEST.</summary>
    Unspecified,

    /// <summary>Deprecated name of LEAST_REQUEST.</summary>
    LeastConn,

    /// <summary>Any endpoint.</summary>
    Random,

    /// <summary>Where the connection was going.</summary>
    Passthrough,

    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>Of two random ones the one that has less to do.</summary>
    LeastRequest,
}

/// <summary>The same client goes to the same endpoint, as long as it is there.</summary>
public sealed record ConsistentHash
{
    /// <summary>By a header's value.</summary>
    [OneOf("key")]
    public string? HttpHeaderName { get; init; }

    /// <summary>By a cookie's value, which is set where there is none.</summary>
    [OneOf("key")]
    public HttpCookie? HttpCookie { get; init; }

    /// <summary>By the client's address.</summary>
    [OneOf("key")]
    public bool? UseSourceIp { get; init; }

    /// <summary>By the value of a query parameter.</summary>
    [OneOf("key")]
    public string? HttpQueryParameterName { get; init; }

    /// <summary>Ring hash, which is the default.</summary>
    [OneOf("algorithm")]
    public RingHash? RingHash { get; init; }

    /// <summary>Maglev.</summary>
    [OneOf("algorithm")]
    public Maglev? Maglev { get; init; }

    /// <summary>Least size of the ring.</summary>
    [Deprecated("use ringHash.minimumRingSize"), Range(0)]
    public long? MinimumRingSize { get; init; }
}

/// <summary>Weights by what endpoints report of themselves (ORCA), as Envoy's client_side_weighted_round_robin.</summary>
public sealed record BackendUtilization
{
    /// <summary>Time from an endpoint's first report until it has a weight of its own: 10 s.</summary>
    [Range(0)]
    public TimeSpan BlackoutPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without a report after which an endpoint has no weight of its own: 3 minutes.</summary>
    [Range(0)]
    public TimeSpan WeightExpirationPeriod { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Time between calculations of the weights: 1 s, at least 100 ms.</summary>
    public TimeSpan WeightUpdatePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much errors count: 1.</summary>
    [Range(0)]
    public double ErrorUtilizationPenalty { get; init; } = 1;

    /// <summary>Metrics of a report, the greatest of which counts; its utilization when empty.</summary>
    public IReadOnlyList<string> MetricNamesForComputingUtilization { get; init; } = [];
}

/// <summary>A cookie that endpoints are chosen by.</summary>
public sealed record HttpCookie
{
    /// <summary>Of the cookie.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Path of a cookie that is set.</summary>
    public string Path { get; init; } = "";

    /// <summary>Lifetime of a cookie that is set; 0s for the session; without it none is set.</summary>
    [Range(0)]
    public TimeSpan? Ttl { get; init; }

    /// <summary>Further attributes of a cookie that is set.</summary>
    public IReadOnlyList<HttpCookieAttribute> Attributes { get; init; } = [];
}

/// <summary>An attribute of a cookie, as <c>SameSite</c>.</summary>
public sealed record HttpCookieAttribute
{
    /// <summary>Of the attribute.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Empty for attributes without one.</summary>
    public string Value { get; init; } = "";
}

/// <summary>Ring hash.</summary>
public sealed record RingHash
{
    /// <summary>Least entries of the ring.</summary>
    [Range(0)]
    public long MinimumRingSize { get; init; } = 1024;
}

/// <summary>Maglev.</summary>
public sealed record Maglev
{
    /// <summary>Entries of the table: a prime number, at most 5000011.</summary>
    [Range(0)]
    public long TableSize { get; init; } = 65537;
}

/// <summary>How a new endpoint comes to its full share.</summary>
public sealed record Warmup
{
    /// <summary>How long it takes.</summary>
    [Required]
    public TimeSpan? Duration { get; init; }

    /// <summary>Per cent of its share that it gets at once.</summary>
    [Range(0, 100)]
    public double MinimumPercent { get; init; } = 10;

    /// <summary>1 grows evenly; more grows late.</summary>
    [Range(1)]
    public double Aggression { get; init; } = 1;
}
