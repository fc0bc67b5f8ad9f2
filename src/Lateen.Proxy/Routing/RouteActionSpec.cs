// SPDX-License-Identifier: Apache-2.0
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

    /// <summary><c>append_x_forwarded_host</c>, when the host is rewritten.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary><c>timeout</c>: 15 s when it is not set; zero turns it off.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>idle_timeout</c>; null leaves it to the connection manager's stream idle timeout.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public RetryPolicySpec? RetryPolicy { get; init; }
}

/// <summary>Envoy <c>WeightedCluster.ClusterWeight</c>.</summary>
public sealed record WeightedClusterSpec(
    string Name,
    uint Weight,
    HeaderMutationsSpec Headers,
    string? HostRewrite = null
);

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

/// <summary>When a request is sent again (Envoy <c>RetryPolicy</c>).</summary>
public sealed record RetryPolicySpec
{
    public RetryConditions Conditions { get; init; }

    /// <summary><c>num_retries</c>: 1 by default.</summary>
    public int Retries { get; init; } = 1;

    /// <summary><c>per_try_timeout</c>; zero for none.</summary>
    public TimeSpan PerTryTimeout { get; init; }

    public IReadOnlyList<int> RetriableStatusCodes { get; init; } = [];

    /// <summary><c>retry_back_off.base_interval</c>: 25 ms.</summary>
    public TimeSpan BaseInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary><c>retry_back_off.max_interval</c>: ten times the base.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Picks made to find an endpoint not tried before (<c>host_selection_retry_max_attempts</c>), when previous hosts are avoided.</summary>
    public int HostSelectionAttempts { get; init; } = 1;

    /// <summary>Whether <c>retry_host_predicate</c> has previous_hosts.</summary>
    public bool AvoidPreviousHosts { get; init; }
}

/// <summary>Conditions of <c>retry_on</c> that apply to what Lateen speaks; unknown ones are ignored, as Envoy does.</summary>
[Flags]
public enum RetryConditions
{
    None = 0,
    ConnectFailure = 1,
    RefusedStream = 2,

    /// <summary><c>reset</c>: the upstream closed before it answered.</summary>
    Reset = 4,

    /// <summary><c>reset-before-request</c>: the upstream closed before the request was sent.</summary>
    ResetBeforeRequest = 8,

    /// <summary><c>5xx</c>; includes connect failure and reset.</summary>
    ServerError = 16,

    /// <summary><c>gateway-error</c>: 502, 503 and 504.</summary>
    GatewayError = 32,

    /// <summary><c>retriable-4xx</c>: 409.</summary>
    Conflict = 64,
    RetriableStatusCodes = 128,
}
