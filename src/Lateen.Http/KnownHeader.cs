// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>Header fields that the codecs, the router or the filters look at; found in a <see cref="HeaderMap"/> without a search.</summary>
public enum KnownHeader : byte
{
    /// <summary>Any other field.</summary>
    Other,
    Host,
    Connection,
    KeepAlive,
    ProxyConnection,
    TransferEncoding,
    ContentLength,
    Te,
    Trailer,
    Upgrade,
    Http2Settings,
    Expect,
    Date,
    Server,
    UserAgent,
    ContentType,
    Location,
    Authorization,
    ProxyAuthorization,
    Cookie,
    GrpcTimeout,
    GrpcStatus,
    XRequestId,
    XForwardedFor,
    XForwardedProto,
    XForwardedHost,
    XEnvoyUpstreamServiceTime,
    XEnvoyAttemptCount,
    XEnvoyOriginalPath,
    XEnvoyExpectedRqTimeoutMs,
    XEnvoyUpstreamRqTimeoutMs,
    XEnvoyDecoratorOperation,
    XEnvoyPeerMetadata,
    XEnvoyPeerMetadataId,
    XEnvoyInternal,
    XEnvoyOverloaded,
}
