// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Routing;

/// <summary>When a request is sent again (Envoy <c>RetryPolicy</c>).</summary>
public sealed record RetryPolicySpec
{
    /// <summary>What holds for requests that ask for retries themselves where the route has no policy.</summary>
    public static RetryPolicySpec Default { get; } = new();

    public RetryConditions Conditions { get; init; }

    /// <summary><c>num_retries</c>: 1 by default.</summary>
    public int Retries { get; init; } = 1;

    /// <summary><c>per_try_timeout</c>; zero for none.</summary>
    public TimeSpan PerTryTimeout { get; init; }

    /// <summary><c>per_try_idle_timeout</c>; zero for none.</summary>
    public TimeSpan PerTryIdleTimeout { get; init; }

    public IReadOnlyList<int> RetriableStatusCodes { get; init; } = [];

    /// <summary><c>retriable_headers</c>: any of them in the response, with condition <c>retriable-headers</c>.</summary>
    public IReadOnlyList<HeaderMatchSpec> RetriableHeaders { get; init; } = [];

    /// <summary><c>retriable_request_headers</c>: where there are some, only requests with one of them are sent again.</summary>
    public IReadOnlyList<HeaderMatchSpec> RetriableRequestHeaders { get; init; } = [];

    /// <summary><c>retry_back_off.base_interval</c>: 25 ms.</summary>
    public TimeSpan BaseInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary><c>retry_back_off.max_interval</c>: ten times the base.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary><c>rate_limited_retry_back_off</c>: the response says when to come back.</summary>
    public RateLimitedBackOffSpec? RateLimitedBackOff { get; init; }

    /// <summary>Picks made to find an endpoint that <c>retry_host_predicate</c> admits (<c>host_selection_retry_max_attempts</c>): 1.</summary>
    public int HostSelectionAttempts { get; init; } = 1;

    /// <summary>Whether <c>retry_host_predicate</c> has previous_hosts.</summary>
    public bool AvoidPreviousHosts { get; init; }

    /// <summary>Whether it has omit_canary_hosts: endpoints with <c>canary: true</c> in their <c>envoy.lb</c> metadata.</summary>
    public bool AvoidCanaries { get; init; }

    /// <summary>What it has of omit_host_metadata: endpoints with all of one of these in their <c>envoy.lb</c> metadata, values as JSON.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> AvoidMetadata { get; init; } = [];

    /// <summary>
    /// <c>retry_priority</c> previous_priorities: after so many tries the priorities of those are left out; 0 for no
    /// <c>retry_priority</c>.
    /// </summary>
    public int PreviousPrioritiesFrequency { get; init; }
}

/// <summary>Envoy <c>RateLimitedRetryBackOff</c>.</summary>
/// <param name="Headers">Looked for in this order.</param>
/// <param name="MaxInterval">A header that asks for more is not obeyed: 300 s.</param>
public sealed record RateLimitedBackOffSpec(IReadOnlyList<ResetHeaderSpec> Headers, TimeSpan MaxInterval);

/// <summary>A header with the time to wait: in seconds, or as Unix time.</summary>
public sealed record ResetHeaderSpec(string Name, bool IsUnixTime);

/// <summary>Conditions of <c>retry_on</c>.</summary>
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

    /// <summary><c>retriable-headers</c>.</summary>
    RetriableHeaders = 256,

    /// <summary><c>envoy-ratelimited</c>: the response has <c>x-envoy-ratelimited</c>; without it such a response is never retried.</summary>
    EnvoyRateLimited = 512,

    /// <summary><c>cancelled</c>: gRPC status 1, as the others in the response's head.</summary>
    GrpcCancelled = 1 << 10,

    /// <summary><c>deadline-exceeded</c>: gRPC status 4.</summary>
    GrpcDeadlineExceeded = 1 << 11,

    /// <summary><c>resource-exhausted</c>: gRPC status 8.</summary>
    GrpcResourceExhausted = 1 << 12,

    /// <summary><c>internal</c>: gRPC status 13.</summary>
    GrpcInternal = 1 << 13,

    /// <summary><c>unavailable</c>: gRPC status 14.</summary>
    GrpcUnavailable = 1 << 14,
}
