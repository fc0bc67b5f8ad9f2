// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Clusters.CircuitBreaking;

namespace Lateen.Proxy.Routing;

/// <summary>What becomes of a request that matched.</summary>
public abstract record RouteActionSpec;

/// <summary>Goes to a cluster (Envoy <c>RouteAction</c>). Defaults are Envoy's.</summary>
public sealed record ForwardActionSpec : RouteActionSpec
{
    /// <summary>One entry for <c>cluster</c>, several for <c>weighted_clusters</c>; empty for <c>cluster_header</c>.</summary>
    public IReadOnlyList<WeightedClusterSpec> Clusters { get; init; } = [];

    /// <summary><c>cluster_header</c>: the request's header that names the cluster.</summary>
    public string? ClusterHeader { get; init; }

    /// <summary><c>cluster_not_found_response_code</c>: 503, 404 or 500.</summary>
    public int ClusterNotFoundStatus { get; init; } = 503;

    public string? PrefixRewrite { get; init; }

    public RegexRewriteSpec? RegexRewrite { get; init; }

    public string? HostRewrite { get; init; }

    /// <summary><c>auto_host_rewrite</c>: the endpoint's host name becomes the authority.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary><c>host_rewrite_header</c>: the request's header whose value becomes the authority.</summary>
    public string? HostRewriteHeader { get; init; }

    /// <summary><c>host_rewrite_path_regex</c>: the path, query left out, with what matches replaced, becomes the authority.</summary>
    public RegexRewriteSpec? HostRewritePathRegex { get; init; }

    /// <summary><c>append_x_forwarded_host</c>, when the host is rewritten.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary><c>timeout</c>: 15 s when it is not set; zero turns it off.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>idle_timeout</c>; null leaves it to the connection manager's stream idle timeout.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public RetryPolicySpec? RetryPolicy { get; init; }

    /// <summary><c>priority</c>: whose circuit breaker counts.</summary>
    public RoutingPriority Priority { get; init; }

    /// <summary><c>hash_policy</c>, for RING_HASH and MAGLEV clusters.</summary>
    public IReadOnlyList<HashPolicySpec> HashPolicies { get; init; } = [];

    /// <summary><c>metadata_match.filter_metadata["envoy.lb"]</c>: the subset of endpoints.</summary>
    public SubsetKey? Subset { get; init; }

    /// <summary><c>max_stream_duration.max_stream_duration</c>; null for none.</summary>
    public TimeSpan? MaxStreamDuration { get; init; }

    /// <summary>
    /// <c>max_stream_duration.grpc_timeout_header_max</c>, else the deprecated <c>max_grpc_timeout</c>: gRPC requests set their own
    /// timeout up to this; zero for any. Null when the header does not count.
    /// </summary>
    public TimeSpan? MaxGrpcTimeout { get; init; }

    /// <summary><c>max_stream_duration.grpc_timeout_header_offset</c>, else <c>grpc_timeout_offset</c>: taken off the header's value.</summary>
    public TimeSpan GrpcTimeoutOffset { get; init; }

    /// <summary><c>request_mirror_policies</c>; where there are none, those of the virtual host or the route table count.</summary>
    public IReadOnlyList<MirrorPolicySpec> Mirrors { get; init; } = [];

    /// <summary><c>upgrade_configs</c>: wins over the connection manager's.</summary>
    public UpgradeList Upgrades { get; init; } = UpgradeList.None;

    /// <summary><c>upgrade_configs[].connect_config</c>; null when a CONNECT is sent on as a CONNECT.</summary>
    public ConnectSpec? Connect { get; init; }
}

/// <summary>A copy of requests (Envoy <c>RequestMirrorPolicy</c>).</summary>
/// <param name="Fraction">Share of requests in millionths; null for all.</param>
/// <param name="AppendsSuffix">False with <c>disable_shadow_host_suffix_append</c>: the copy's authority ends in <c>-shadow</c>.</param>
public sealed record MirrorPolicySpec(string Cluster, uint? Fraction, bool AppendsSuffix)
{
    /// <summary><c>cluster_header</c>: the request's header that names the cluster instead, as ASCII; null for none.</summary>
    public byte[]? ClusterHeader { get; init; }
}

/// <summary>Envoy <c>WeightedCluster.ClusterWeight</c>.</summary>
public sealed record WeightedClusterSpec(
    string Name,
    uint Weight,
    HeaderMutationsSpec Headers,
    string? HostRewrite = null
)
{
    /// <summary><c>metadata_match</c> with the route's below it.</summary>
    public SubsetKey? Subset { get; init; }
}

/// <summary>Envoy <c>RegexMatchAndSubstitute</c>: RE2 pattern, <c>\1</c> for groups, every match replaced.</summary>
public sealed record RegexRewriteSpec(string Pattern, string Substitution);

/// <summary>Answers with a redirect (Envoy <c>RedirectAction</c>).</summary>
public sealed record RedirectActionSpec : RouteActionSpec
{
    /// <summary>New scheme; null keeps it. <c>https_redirect</c> is "https".</summary>
    public string? Scheme { get; init; }

    public string? Host { get; init; }

    /// <summary>0 keeps it.</summary>
    public int Port { get; init; }

    public string? Path { get; init; }

    public string? PrefixRewrite { get; init; }

    public RegexRewriteSpec? RegexRewrite { get; init; }

    /// <summary>301 by default.</summary>
    public int Status { get; init; } = 301;

    public bool StripQuery { get; init; }
}

/// <summary>Answers itself (Envoy <c>DirectResponseAction</c>).</summary>
public sealed record DirectResponseActionSpec(int Status, byte[] Body) : RouteActionSpec;
