// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>How HTTP requests are routed: of the rules that match, the most specific one counts.</summary>
[Kind("gateway.networking.k8s.io", "httproutes", "v1", "v1beta1", Name = "HTTPRoute", IsNotInForce = true)]
public sealed record HttpRoute
{
    /// <summary>Gateways or services that it is part of.</summary>
    public IReadOnlyList<ParentReference> ParentRefs { get; init; } = [];

    /// <summary>Whether it is part of default gateways: None.</summary>
    public GatewayDefaultScope UseDefaultGateways { get; init; }

    /// <summary>Hosts, with a <c>*.</c> in front for all below; the listener's when empty.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Rules; one that matches everything when empty.</summary>
    public IReadOnlyList<HttpRouteRule> Rules { get; init; } = [];
}

/// <summary>A rule.</summary>
public sealed record HttpRouteRule
{
    /// <summary>Unique in the route.</summary>
    public string Name { get; init; } = "";

    /// <summary>Any of them is enough; none matches everything.</summary>
    public IReadOnlyList<HttpRouteMatch> Matches { get; init; } = [];

    /// <summary>What happens to the request on its way.</summary>
    public IReadOnlyList<HttpRouteFilter> Filters { get; init; } = [];

    /// <summary>Services that share the requests by weight; 500 without one, unless a filter answers.</summary>
    public IReadOnlyList<HttpBackend> BackendRefs { get; init; } = [];

    /// <summary>Off by default.</summary>
    public HttpRouteTimeouts? Timeouts { get; init; }

    /// <summary>What is tried again; the mesh's default policy when it is not there.</summary>
    public HttpRouteRetry? Retry { get; init; }

    /// <summary>The same client goes to the same endpoint.</summary>
    public SessionPersistence? SessionPersistence { get; init; }
}

/// <summary>A service with its share.</summary>
public sealed record HttpBackend
{
    /// <summary>API group; empty for a Service.</summary>
    public string Group { get; init; } = "";

    /// <summary>Service by default; ServiceEntry or Hostname (of <c>networking.istio.io</c>).</summary>
    public string Kind { get; init; } = "Service";

    /// <summary>Of the service.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The route's own when empty; for others there must be a ReferenceGrant.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The service's port; needed for a Service.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Share relative to the sum of all weights: 1.</summary>
    [Range(0, 1_000_000)]
    public int Weight { get; init; } = 1;

    /// <summary>What happens to requests that go there.</summary>
    public IReadOnlyList<HttpRouteFilter> Filters { get; init; } = [];
}

/// <summary>Times for a request.</summary>
public sealed record HttpRouteTimeouts
{
    /// <summary>For the whole request, retries included; 0s is off.</summary>
    [Range(0)]
    public TimeSpan? Request { get; init; }

    /// <summary>For each attempt; 0s is off.</summary>
    [Range(0)]
    public TimeSpan? BackendRequest { get; init; }
}

/// <summary>What is tried again.</summary>
public sealed record HttpRouteRetry
{
    /// <summary>Status codes, beside failures to connect: 400 to 599.</summary>
    [Range(400, 599)]
    public IReadOnlyList<int> Codes { get; init; } = [];

    /// <summary>Retries after the first attempt; the mesh's default when it is not there.</summary>
    [Range(0)]
    public int? Attempts { get; init; }

    /// <summary>Least time between attempts.</summary>
    public TimeSpan? Backoff { get; init; }
}

/// <summary>The same client goes to the same endpoint.</summary>
public sealed record SessionPersistence
{
    /// <summary>Name of the cookie or header; any when empty.</summary>
    public string SessionName { get; init; } = "";

    /// <summary>Cookie by default.</summary>
    public SessionPersistenceType Type { get; init; }

    /// <summary>How long a session lasts; without end when it is not there.</summary>
    public TimeSpan? AbsoluteTimeout { get; init; }

    /// <summary>How long a session lasts that is not used; without end when it is not there.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>For Cookie.</summary>
    public SessionCookie? CookieConfig { get; init; }
}

/// <summary>What a session is kept in.</summary>
[PascalWords]
public enum SessionPersistenceType : byte
{
    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A header.</summary>
    Header,
}

/// <summary>The cookie of a session.</summary>
public sealed record SessionCookie
{
    /// <summary>Session by default.</summary>
    public SessionCookieLifetime LifetimeType { get; init; }
}

/// <summary>How long clients keep a cookie.</summary>
[PascalWords]
public enum SessionCookieLifetime : byte
{
    /// <summary>Until the client ends.</summary>
    Session,

    /// <summary>As long as absoluteTimeout says.</summary>
    Permanent,
}
