// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http2;
using Lateen.Http.Targets;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Runtime;

namespace Lateen.Proxy.Filters;

/// <summary>Serves HTTP (Envoy <c>HttpConnectionManager</c>). Defaults are Envoy's.</summary>
public sealed record HttpConnectionManagerSpec : NetworkFilterSpec
{
    /// <summary><c>rds.route_config_name</c>; null when the routes stand inline.</summary>
    public string? RouteConfigName { get; init; }

    /// <summary><c>rds.config_source.path_config_source</c>; null where RDS is asked.</summary>
    public ResourceFile? RoutesFile { get; init; }

    /// <summary><c>rds.config_source.initial_fetch_timeout</c>: 15 s; 0 for ever. Without routes every request is answered 404.</summary>
    public TimeSpan RoutesTimeout { get; init; } = InitialFetches.DefaultTimeout;

    /// <summary><c>route_config</c>.</summary>
    public RouteConfigurationSpec? InlineRoutes { get; init; }

    /// <summary><c>http_filters</c> that do something here, in order, the router left out.</summary>
    public IReadOnlyList<HttpFilterSpec> HttpFilters { get; init; } = [];

    /// <summary><c>server_name</c>, "envoy" by default.</summary>
    public string ServerName { get; init; } = "envoy";

    public ServerHeaderTransformation ServerHeader { get; init; }

    /// <summary><c>use_remote_address</c>: the peer is the client, as at an edge.</summary>
    public bool UseRemoteAddress { get; init; }

    /// <summary><c>xff_num_trusted_hops</c>: proxies in front whose x-forwarded-for is believed; 0 by default.</summary>
    public int TrustedHops { get; init; }

    /// <summary><c>internal_address_config</c>.</summary>
    public InternalAddresses InternalAddresses { get; init; } = InternalAddresses.None;

    /// <summary>The last of <c>http_filters</c>.</summary>
    public RouterSpec Router { get; init; } = RouterSpec.Default;

    /// <summary><c>skip_xff_append</c>.</summary>
    public bool SkipXffAppend { get; init; }

    /// <summary><c>forward_client_cert_details</c>: the header is removed by default.</summary>
    public ForwardClientCert ForwardClientCert { get; init; }

    /// <summary><c>set_current_client_cert_details</c>, beside who we are and the certificate's hash.</summary>
    public ClientCertDetails CertDetails { get; init; }

    /// <summary><c>generate_request_id</c>, true by default.</summary>
    public bool GenerateRequestId { get; init; } = true;

    /// <summary><c>preserve_external_request_id</c>.</summary>
    public bool PreserveExternalRequestId { get; init; }

    /// <summary><c>always_set_request_id_in_response</c>.</summary>
    public bool AlwaysSetRequestIdInResponse { get; init; }

    /// <summary><c>stream_idle_timeout</c>: 5 minutes; zero turns it off.</summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>request_timeout</c>: time for a request to arrive whole; off by default.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary><c>request_headers_timeout</c>: time from a head's first byte to its last; off by default.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; }

    /// <summary><c>common_http_protocol_options.idle_timeout</c>: 1 hour without a request; zero turns it off.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>drain_timeout</c>: 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>delayed_close_timeout</c>: how long a closing connection waits for the client to close first; 1 s.</summary>
    public TimeSpan DelayedCloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>max_request_headers_kb</c>: 60.</summary>
    public int MaxRequestHeadersKb { get; init; } = 60;

    /// <summary><c>common_http_protocol_options.max_headers_count</c>: 100.</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary><c>common_http_protocol_options.max_requests_per_connection</c>; 0 is no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary><c>common_http_protocol_options.max_connection_duration</c>: an older connection drains; zero for no limit.</summary>
    public TimeSpan MaxConnectionDuration { get; init; }

    /// <summary><c>common_http_protocol_options.max_stream_duration</c>, where the route says nothing; zero for no limit.</summary>
    public TimeSpan MaxStreamDuration { get; init; }

    /// <summary><c>append_local_overload</c>: answers that shed load have <c>x-envoy-local-overloaded</c>.</summary>
    public bool AppendLocalOverload { get; init; }

    /// <summary><c>proxy_100_continue</c>: the upstream answers <c>expect: 100-continue</c>; else we do.</summary>
    public bool Proxy100Continue { get; init; }

    /// <summary><c>http_protocol_options.accept_http_10</c>.</summary>
    public bool AcceptHttp10 { get; init; }

    /// <summary><c>http_protocol_options.default_host_for_http_10</c>: for requests without one; empty for none, which are refused.</summary>
    public byte[] DefaultHostForHttp10 { get; init; } = [];

    /// <summary><c>codec_type</c>.</summary>
    public CodecKind Codec { get; init; }

    /// <summary><c>http2_protocol_options</c>, with the limits for heads that hold for every version.</summary>
    public Http2Options Http2 { get; init; } = Http2Options.Default;

    /// <summary><c>normalize_path</c>, <c>merge_slashes</c>, <c>path_with_escaped_slashes_action</c>.</summary>
    public PathOptions Paths { get; init; } = PathOptions.Default;

    /// <summary><c>strip_matching_host_port</c>, <c>strip_any_host_port</c>, <c>strip_trailing_host_dot</c>.</summary>
    public HostOptions Hosts { get; init; }

    /// <summary><c>common_http_protocol_options.headers_with_underscores_action</c>.</summary>
    public HeadersWithUnderscores HeadersWithUnderscores { get; init; }

    /// <summary><c>upgrade_configs</c>: what a client may switch to where its route says nothing else.</summary>
    public UpgradeList Upgrades { get; init; } = UpgradeList.None;

    /// <summary>Whether a client may switch to a protocol.</summary>
    /// <param name="route">Of the route; null for one that does not forward.</param>
    public bool AllowsUpgrade(ReadOnlySpan<byte> type, UpgradeList? route) =>
        route?.Find(type) ?? Upgrades.Find(type) ?? false;
}

/// <summary>Which version of HTTP clients speak (Envoy <c>HttpConnectionManager.CodecType</c>).</summary>
public enum CodecKind : byte
{
    /// <summary>What ALPN agreed on, else what the first bytes look like.</summary>
    Auto,
    Http1,
    Http2,
}

/// <summary>What becomes of the <c>server</c> header (Envoy <c>server_header_transformation</c>).</summary>
public enum ServerHeaderTransformation : byte
{
    Overwrite,
    AppendIfAbsent,
    PassThrough,
}
