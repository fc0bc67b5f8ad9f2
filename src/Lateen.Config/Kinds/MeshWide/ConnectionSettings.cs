// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>Limits and timeouts of connections to a proxy. What is not there is as the profile has it, or as without any of this.</summary>
public sealed record ConnectionSettings
{
    private const double MaxInt = int.MaxValue;

    /// <summary>Which defaults are in force: SIDECAR, which has none of its own.</summary>
    public ConnectionProfile Profile { get; init; }

    /// <summary>Bytes that a listener holds for a connection.</summary>
    [NotInForce, Range(0, MaxInt)]
    public long? ListenerPerConnectionBufferLimitBytes { get; init; }

    /// <summary>Bytes that a cluster holds for a connection.</summary>
    [NotInForce, Range(0, MaxInt)]
    public long? ClusterPerConnectionBufferLimitBytes { get; init; }

    /// <summary>Connections of a listener.</summary>
    [NotInForce, Range(0, MaxInt)]
    public long? ListenerConnectionLimit { get; init; }

    /// <summary>Connections of the proxy.</summary>
    [NotInForce, Range(0, MaxInt)]
    public long? GlobalDownstreamConnectionLimit { get; init; }

    /// <summary>Time after which a connection without requests is closed; 0s is never. 1 h.</summary>
    [Range(0)]
    public TimeSpan? HttpIdleTimeout { get; init; }

    /// <summary>Time after which a connection is closed, however busy it is; 0s, the default, is never.</summary>
    [Range(0)]
    public TimeSpan? HttpMaxConnectionDuration { get; init; }

    /// <summary>Time after which a request is ended, response included; 0s, the default, is never.</summary>
    [Range(0)]
    public TimeSpan? HttpMaxStreamDuration { get; init; }

    /// <summary>Time without a byte after which a request is ended; 0s, the default, is never. EDGE: 5 min.</summary>
    [Range(0)]
    public TimeSpan? HttpStreamIdleTimeout { get; init; }

    /// <summary>Time for all of a request to come in; 0s, the default, is any. EDGE: 5 min.</summary>
    [Range(0)]
    public TimeSpan? HttpRequestTimeout { get; init; }

    /// <summary>Time for a request's headers to come in; 0s, the default, is any. EDGE: 60 s.</summary>
    [Range(0)]
    public TimeSpan? HttpRequestHeadersTimeout { get; init; }

    /// <summary>Time between the two GOAWAYs of a connection that is about to be closed: 5 s.</summary>
    [Range(0)]
    public TimeSpan? HttpDrainTimeout { get; init; }

    /// <summary>Requests at a time of an HTTP/2 connection: as many as Envoy's default, 1024. EDGE: 100.</summary>
    [Range(1, MaxInt)]
    public long? HttpMaxConcurrentStreams { get; init; }

    /// <summary>Bytes that a client may send of a request before it is told to go on, 65535 to 2147483647: Envoy's default, 16 MiB. EDGE: 64 KiB.</summary>
    [Range(ushort.MaxValue, MaxInt)]
    public long? Http2InitialStreamWindowSize { get; init; }

    /// <summary>Bytes that a client may send on a connection before it is told to go on, 65535 to 2147483647: Envoy's default, 24 MiB. EDGE: 1 MiB.</summary>
    [Range(ushort.MaxValue, MaxInt)]
    public long? Http2InitialConnectionWindowSize { get; init; }

    /// <summary>What becomes of headers with an underscore in their name: they are let through. EDGE: the request is refused.</summary>
    public UnderscoresAction HttpHeadersWithUnderscoresAction { get; init; }

    /// <summary>Whether <c>//</c> in a path becomes <c>/</c>: as pathNormalization says. EDGE: true.</summary>
    public bool? HttpMergeSlashes { get; init; }

    /// <summary>What becomes of paths with <c>%2F</c> and <c>%5C</c>: as pathNormalization says. EDGE: UNESCAPE_AND_REDIRECT.</summary>
    public EscapedSlashesAction HttpPathWithEscapedSlashesAction { get; init; }

    /// <summary>With the defaults of the profile filled in; those of EDGE are for gateways alone.</summary>
    public ConnectionSettings Resolve(bool isGateway) =>
        Profile != ConnectionProfile.Edge || !isGateway
            ? this
            : this with
            {
                HttpIdleTimeout = HttpIdleTimeout ?? TimeSpan.FromHours(1),
                HttpStreamIdleTimeout = HttpStreamIdleTimeout ?? TimeSpan.FromMinutes(5),
                HttpRequestTimeout = HttpRequestTimeout ?? TimeSpan.FromMinutes(5),
                HttpRequestHeadersTimeout = HttpRequestHeadersTimeout ?? TimeSpan.FromSeconds(60),
                HttpMaxConcurrentStreams = HttpMaxConcurrentStreams ?? 100,
                Http2InitialStreamWindowSize = Http2InitialStreamWindowSize ?? 64 * 1024,
                Http2InitialConnectionWindowSize = Http2InitialConnectionWindowSize ?? 1024 * 1024,
                HttpHeadersWithUnderscoresAction =
                    HttpHeadersWithUnderscoresAction == UnderscoresAction.Unspecified
                        ? UnderscoresAction.RejectRequest
                        : HttpHeadersWithUnderscoresAction,
                HttpMergeSlashes = HttpMergeSlashes ?? true,
                HttpPathWithEscapedSlashesAction =
                    HttpPathWithEscapedSlashesAction == EscapedSlashesAction.Unspecified
                        ? EscapedSlashesAction.UnescapeAndRedirect
                        : HttpPathWithEscapedSlashesAction,
            };
}

/// <summary>Which defaults are in force.</summary>
public enum ConnectionProfile : byte
{
    /// <summary>Those for traffic within the mesh.</summary>
    Sidecar,

    /// <summary>On gateways, Envoy's advice for clients that nobody knows; on sidecars as SIDECAR.</summary>
    Edge,
}

/// <summary>What becomes of headers with an underscore in their name.</summary>
public enum UnderscoresAction : byte
{
    /// <summary>They are let through, unless the profile says otherwise.</summary>
    [Word("HEADERS_WITH_UNDERSCORES_UNSPECIFIED")]
    Unspecified,

    /// <summary>They are let through.</summary>
    [Word("HEADERS_WITH_UNDERSCORES_ALLOW")]
    Allow,

    /// <summary>The request is refused: 400, or the stream's end on HTTP/2.</summary>
    [Word("HEADERS_WITH_UNDERSCORES_REJECT_REQUEST")]
    RejectRequest,

    /// <summary>They are taken off the request.</summary>
    [Word("HEADERS_WITH_UNDERSCORES_DROP_HEADER")]
    DropHeader,
}

/// <summary>What becomes of paths with escaped slashes, <c>%2F</c> and <c>%5C</c>.</summary>
public enum EscapedSlashesAction : byte
{
    /// <summary>As pathNormalization says, unless the profile says otherwise.</summary>
    [Word("PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED")]
    Unspecified,

    /// <summary>They stay as they are.</summary>
    KeepUnchanged,

    /// <summary>The request is refused: 400.</summary>
    RejectRequest,

    /// <summary>The client is sent to the path with slashes: 307; gRPC requests are refused.</summary>
    UnescapeAndRedirect,

    /// <summary>They become slashes.</summary>
    UnescapeAndForward,
}
