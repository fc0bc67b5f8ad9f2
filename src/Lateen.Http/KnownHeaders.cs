// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>Names of the <see cref="KnownHeader"/> fields, and the way back.</summary>
public static class KnownHeaders
{
    /// <summary>Which field a name in lower case stands for. Length decides first, so most names cost one comparison or none.</summary>
    public static KnownHeader Classify(ReadOnlySpan<byte> lowerCaseName) =>
        lowerCaseName.Length switch
        {
            2 => lowerCaseName.SequenceEqual("te"u8) ? KnownHeader.Te : KnownHeader.Other,
            4 => lowerCaseName.SequenceEqual("host"u8) ? KnownHeader.Host
            : lowerCaseName.SequenceEqual("date"u8) ? KnownHeader.Date
            : KnownHeader.Other,
            6 => lowerCaseName.SequenceEqual("expect"u8) ? KnownHeader.Expect
            : lowerCaseName.SequenceEqual("server"u8) ? KnownHeader.Server
            : lowerCaseName.SequenceEqual("cookie"u8) ? KnownHeader.Cookie
            : KnownHeader.Other,
            7 => lowerCaseName.SequenceEqual("trailer"u8) ? KnownHeader.Trailer
            : lowerCaseName.SequenceEqual("upgrade"u8) ? KnownHeader.Upgrade
            : KnownHeader.Other,
            8 => lowerCaseName.SequenceEqual("location"u8) ? KnownHeader.Location : KnownHeader.Other,
            10 => lowerCaseName.SequenceEqual("connection"u8) ? KnownHeader.Connection
            : lowerCaseName.SequenceEqual("keep-alive"u8) ? KnownHeader.KeepAlive
            : lowerCaseName.SequenceEqual("user-agent"u8) ? KnownHeader.UserAgent
            : KnownHeader.Other,
            11 => lowerCaseName.SequenceEqual("grpc-status"u8) ? KnownHeader.GrpcStatus : KnownHeader.Other,
            12 => lowerCaseName.SequenceEqual("content-type"u8) ? KnownHeader.ContentType
            : lowerCaseName.SequenceEqual("grpc-timeout"u8) ? KnownHeader.GrpcTimeout
            : lowerCaseName.SequenceEqual("x-request-id"u8) ? KnownHeader.XRequestId
            : KnownHeader.Other,
            13 => lowerCaseName.SequenceEqual("authorization"u8) ? KnownHeader.Authorization : KnownHeader.Other,
            14 => lowerCaseName.SequenceEqual("content-length"u8) ? KnownHeader.ContentLength
            : lowerCaseName.SequenceEqual("http2-settings"u8) ? KnownHeader.Http2Settings
            : KnownHeader.Other,
            15 => lowerCaseName.SequenceEqual("x-forwarded-for"u8) ? KnownHeader.XForwardedFor : KnownHeader.Other,
            16 => lowerCaseName.SequenceEqual("proxy-connection"u8) ? KnownHeader.ProxyConnection
            : lowerCaseName.SequenceEqual("x-forwarded-host"u8) ? KnownHeader.XForwardedHost
            : lowerCaseName.SequenceEqual("x-envoy-internal"u8) ? KnownHeader.XEnvoyInternal
            : lowerCaseName.SequenceEqual("x-envoy-retry-on"u8) ? KnownHeader.XEnvoyRetryOn
            : KnownHeader.Other,
            17 => lowerCaseName.SequenceEqual("transfer-encoding"u8) ? KnownHeader.TransferEncoding
            : lowerCaseName.SequenceEqual("x-forwarded-proto"u8) ? KnownHeader.XForwardedProto
            : KnownHeader.Other,
            18 => lowerCaseName.SequenceEqual("x-envoy-overloaded"u8)
                ? KnownHeader.XEnvoyOverloaded
                : KnownHeader.Other,
            19 => lowerCaseName.SequenceEqual("proxy-authorization"u8) ? KnownHeader.ProxyAuthorization
            : lowerCaseName.SequenceEqual("x-envoy-max-retries"u8) ? KnownHeader.XEnvoyMaxRetries
            : KnownHeader.Other,
            21 => lowerCaseName.SequenceEqual("x-envoy-attempt-count"u8) ? KnownHeader.XEnvoyAttemptCount
            : lowerCaseName.SequenceEqual("x-envoy-original-path"u8) ? KnownHeader.XEnvoyOriginalPath
            : lowerCaseName.SequenceEqual("x-envoy-peer-metadata"u8) ? KnownHeader.XEnvoyPeerMetadata
            : lowerCaseName.SequenceEqual("x-envoy-retry-grpc-on"u8) ? KnownHeader.XEnvoyRetryGrpcOn
            : KnownHeader.Other,
            23 => lowerCaseName.SequenceEqual("x-forwarded-client-cert"u8)
                ? KnownHeader.XForwardedClientCert
                : KnownHeader.Other,
            24 => lowerCaseName.SequenceEqual("x-envoy-peer-metadata-id"u8)
                ? KnownHeader.XEnvoyPeerMetadataId
                : KnownHeader.Other,
            27 => lowerCaseName.SequenceEqual("x-envoy-decorator-operation"u8)
                ? KnownHeader.XEnvoyDecoratorOperation
                : KnownHeader.Other,
            29 => lowerCaseName.SequenceEqual("x-envoy-upstream-service-time"u8)
                ? KnownHeader.XEnvoyUpstreamServiceTime
                : KnownHeader.Other,
            30 => lowerCaseName.SequenceEqual("x-envoy-expected-rq-timeout-ms"u8)
                ? KnownHeader.XEnvoyExpectedRqTimeoutMs
            : lowerCaseName.SequenceEqual("x-envoy-upstream-rq-timeout-ms"u8) ? KnownHeader.XEnvoyUpstreamRqTimeoutMs
            : lowerCaseName.SequenceEqual("x-envoy-retriable-status-codes"u8) ? KnownHeader.XEnvoyRetriableStatusCodes
            : lowerCaseName.SequenceEqual("x-envoy-retriable-header-names"u8) ? KnownHeader.XEnvoyRetriableHeaderNames
            : KnownHeader.Other,
            38 => lowerCaseName.SequenceEqual("x-envoy-upstream-rq-per-try-timeout-ms"u8)
                ? KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs
                : KnownHeader.Other,
            _ => KnownHeader.Other,
        };

    /// <summary>The name in lower case, as it goes over the wire.</summary>
    public static ReadOnlySpan<byte> Name(KnownHeader id) =>
        id switch
        {
            KnownHeader.Host => "host"u8,
            KnownHeader.Connection => "connection"u8,
            KnownHeader.KeepAlive => "keep-alive"u8,
            KnownHeader.ProxyConnection => "proxy-connection"u8,
            KnownHeader.TransferEncoding => "transfer-encoding"u8,
            KnownHeader.ContentLength => "content-length"u8,
            KnownHeader.Te => "te"u8,
            KnownHeader.Trailer => "trailer"u8,
            KnownHeader.Upgrade => "upgrade"u8,
            KnownHeader.Http2Settings => "http2-settings"u8,
            KnownHeader.Expect => "expect"u8,
            KnownHeader.Date => "date"u8,
            KnownHeader.Server => "server"u8,
            KnownHeader.UserAgent => "user-agent"u8,
            KnownHeader.ContentType => "content-type"u8,
            KnownHeader.Location => "location"u8,
            KnownHeader.Authorization => "authorization"u8,
            KnownHeader.ProxyAuthorization => "proxy-authorization"u8,
            KnownHeader.Cookie => "cookie"u8,
            KnownHeader.GrpcTimeout => "grpc-timeout"u8,
            KnownHeader.GrpcStatus => "grpc-status"u8,
            KnownHeader.XRequestId => "x-request-id"u8,
            KnownHeader.XForwardedFor => "x-forwarded-for"u8,
            KnownHeader.XForwardedProto => "x-forwarded-proto"u8,
            KnownHeader.XForwardedHost => "x-forwarded-host"u8,
            KnownHeader.XForwardedClientCert => "x-forwarded-client-cert"u8,
            KnownHeader.XEnvoyUpstreamServiceTime => "x-envoy-upstream-service-time"u8,
            KnownHeader.XEnvoyAttemptCount => "x-envoy-attempt-count"u8,
            KnownHeader.XEnvoyOriginalPath => "x-envoy-original-path"u8,
            KnownHeader.XEnvoyExpectedRqTimeoutMs => "x-envoy-expected-rq-timeout-ms"u8,
            KnownHeader.XEnvoyUpstreamRqTimeoutMs => "x-envoy-upstream-rq-timeout-ms"u8,
            KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs => "x-envoy-upstream-rq-per-try-timeout-ms"u8,
            KnownHeader.XEnvoyRetryOn => "x-envoy-retry-on"u8,
            KnownHeader.XEnvoyRetryGrpcOn => "x-envoy-retry-grpc-on"u8,
            KnownHeader.XEnvoyMaxRetries => "x-envoy-max-retries"u8,
            KnownHeader.XEnvoyRetriableStatusCodes => "x-envoy-retriable-status-codes"u8,
            KnownHeader.XEnvoyRetriableHeaderNames => "x-envoy-retriable-header-names"u8,
            KnownHeader.XEnvoyDecoratorOperation => "x-envoy-decorator-operation"u8,
            KnownHeader.XEnvoyPeerMetadata => "x-envoy-peer-metadata"u8,
            KnownHeader.XEnvoyPeerMetadataId => "x-envoy-peer-metadata-id"u8,
            KnownHeader.XEnvoyInternal => "x-envoy-internal"u8,
            KnownHeader.XEnvoyOverloaded => "x-envoy-overloaded"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(id), id, "not a well-known field"),
        };
}
