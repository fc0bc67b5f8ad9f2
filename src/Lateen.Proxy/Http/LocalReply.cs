// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>An answer that the proxy gives itself: status, body, and what logs and metrics say of it. Texts are Envoy's.</summary>
public sealed record LocalReply(int Status, byte[] Body, string Details, ResponseFlags Flags)
{
    /// <summary>gRPC's status where it is not the one that HTTP's stands for.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>The answer has <c>x-envoy-overloaded: true</c>: nothing was tried, and trying again makes it worse.</summary>
    public bool IsOverload { get; init; }

    /// <summary>The same with what the transport says of the failure, which both client and log are told.</summary>
    public LocalReply Because(string transportFailure) =>
        this with
        {
            Body = [.. Body, .. Encoding.UTF8.GetBytes($", transport failure reason: {transportFailure}")],
            Details = $"{Details.TrimEnd('}')}|{transportFailure.Replace(' ', '_')}}}",
        };

    public static LocalReply RouteNotFound { get; } = new(404, [], "route_not_found", ResponseFlags.NoRoute);

    public static LocalReply NoHost { get; } = new(400, [], "missing_host_header", ResponseFlags.None);

    public static LocalReply NonRelativePath { get; } = new(404, [], "absolute_path_rejected", ResponseFlags.None);

    public static LocalReply PathRejected { get; } = new(400, [], "path_normalization_failed", ResponseFlags.None);

    /// <summary>Goes with a location.</summary>
    public static LocalReply PathRedirect { get; } = PathRejected with { Status = 307 };

    public static LocalReply UpgradeRefused { get; } = new(403, [], "upgrade_failed", ResponseFlags.None);

    public static LocalReply NoHealthyUpstream { get; } =
        new(503, "no healthy upstream"u8.ToArray(), "no_healthy_upstream", ResponseFlags.NoHealthyUpstream);

    public static LocalReply ConnectFailed { get; } =
        new(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure"u8.ToArray(),
            "upstream_reset_before_response_started{remote_connection_failure}",
            ResponseFlags.UpstreamConnectionFailure
        );

    public static LocalReply ConnectTimeout { get; } =
        new(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: connection timeout"u8.ToArray(),
            "upstream_reset_before_response_started{connection_timeout}",
            ResponseFlags.UpstreamConnectionFailure
        );

    public static LocalReply UpstreamClosed { get; } =
        new(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination"u8.ToArray(),
            "upstream_reset_before_response_started{connection_termination}",
            ResponseFlags.UpstreamTermination
        );

    public static LocalReply UpstreamReset { get; } =
        new(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: remote reset"u8.ToArray(),
            "upstream_reset_before_response_started{remote_reset}",
            ResponseFlags.UpstreamRemoteReset
        );

    public static LocalReply DropOverload { get; } =
        new(503, "drop overload"u8.ToArray(), "drop_overload", ResponseFlags.DropOverload) { IsOverload = true };

    public static LocalReply Overflow { get; } =
        new(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: overflow"u8.ToArray(),
            "upstream_reset_before_response_started{overflow}",
            ResponseFlags.UpstreamOverflow
        )
        {
            IsOverload = true,
        };

    public static LocalReply UpstreamProtocolError { get; } =
        new(
            502,
            "upstream connect error or disconnect/reset before headers. reset reason: protocol error"u8.ToArray(),
            "upstream_reset_before_response_started{protocol_error}",
            ResponseFlags.UpstreamProtocolError
        );

    public static LocalReply UpstreamTimeout { get; } =
        new(504, "upstream request timeout"u8.ToArray(), "response_timeout", ResponseFlags.UpstreamTimeout);

    public static LocalReply PerTryTimeout { get; } = UpstreamTimeout with { Details = "upstream_per_try_timeout" };

    public static LocalReply PerTryIdleTimeout { get; } =
        UpstreamTimeout with
        {
            Details = "upstream_per_try_idle_timeout",
        };

    /// <summary>504 once the request is here, as with Envoy's other timeouts.</summary>
    public static LocalReply RequestTimeout(bool requestComplete) =>
        requestComplete ? s_requestGateway : s_requestClient;

    private static readonly LocalReply s_requestGateway = new(
        504,
        "request timeout"u8.ToArray(),
        "request_overall_timeout",
        ResponseFlags.None
    );

    private static readonly LocalReply s_requestClient = s_requestGateway with { Status = 408 };

    /// <summary>The exchange is reset for the memory it holds; nobody sees the answer, logs have its flag.</summary>
    public static LocalReply Reset { get; } = new(503, [], "overload", ResponseFlags.OverloadManager);

    /// <summary>The proxy sheds load: nothing of the request was looked at.</summary>
    public static LocalReply Overloaded { get; } =
        new(503, "envoy overloaded"u8.ToArray(), "overload", ResponseFlags.None);

    public static LocalReply DurationTimeout(bool requestComplete) =>
        requestComplete ? s_durationGateway : s_durationClient;

    private static readonly LocalReply s_durationGateway = new(
        504,
        "downstream duration timeout"u8.ToArray(),
        "max_duration_timeout",
        ResponseFlags.DurationTimeout
    )
    {
        GrpcStatus = 4,
    };

    private static readonly LocalReply s_durationClient = s_durationGateway with { Status = 408 };

    public static LocalReply RequestHeadTimeout { get; } =
        new(408, "request header timeout"u8.ToArray(), "request_header_timeout", ResponseFlags.None);

    public static LocalReply StreamIdle(bool requestComplete) => requestComplete ? s_idleGateway : s_idleClient;

    private static readonly LocalReply s_idleGateway = new(
        504,
        "stream timeout"u8.ToArray(),
        "stream_idle_timeout",
        ResponseFlags.StreamIdleTimeout
    );

    private static readonly LocalReply s_idleClient = s_idleGateway with { Status = 408 };

    /// <summary>A header of the request that <c>strict_check_headers</c> names.</summary>
    public static LocalReply InvalidHeader(KnownHeader id, HeaderMap headers)
    {
        headers.TryGet(id, out var value);
        byte[] body = [.. "invalid header '"u8, .. KnownHeaders.Name(id), .. "' with value '"u8, .. value, .. "'"u8];
        return new(400, body, "request_headers_failed_strict_check", ResponseFlags.InvalidEnvoyRequestHeaders);
    }

    public static LocalReply ClusterNotFound(int status) =>
        status switch
        {
            404 => s_noCluster404,
            500 => s_noCluster500,
            _ => s_noCluster503,
        };

    private static readonly LocalReply s_noCluster503 = new(503, [], "cluster_not_found", ResponseFlags.NoCluster);
    private static readonly LocalReply s_noCluster404 = s_noCluster503 with { Status = 404 };
    private static readonly LocalReply s_noCluster500 = s_noCluster503 with { Status = 500 };
}
