// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>A service that decides on requests, over HTTP. Texts of header lists may begin or end with a <c>*</c>.</summary>
public sealed record HttpAuthorizer
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Time for a decision: 600 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>In front of the request's path.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>Whether requests go on when there is no decision: false.</summary>
    public bool FailOpen { get; init; }

    /// <summary>Whether the route is chosen anew after a decision: false.</summary>
    public bool? ClearRouteCache { get; init; }

    /// <summary>Status when there is no decision: 403.</summary>
    public string StatusOnError { get; init; } = "403";

    /// <summary>Headers of the request that it gets.</summary>
    [Deprecated("use includeRequestHeadersInCheck")]
    public IReadOnlyList<string> IncludeHeadersInCheck { get; init; } = [];

    /// <summary>Headers of the request that it gets, beside Host, Method, Path and Content-Length.</summary>
    public IReadOnlyList<string> IncludeRequestHeadersInCheck { get; init; } = [];

    /// <summary>Further headers that it gets.</summary>
    public IReadOnlyDictionary<string, string> IncludeAdditionalHeadersInCheck { get; init; } =
        new Dictionary<string, string>();

    /// <summary>How much of the body it gets; none by default.</summary>
    public AuthorizerBody? IncludeRequestBodyInCheck { get; init; }

    /// <summary>Headers of its answer that the service gets, when it allows.</summary>
    public IReadOnlyList<string> HeadersToUpstreamOnAllow { get; init; } = [];

    /// <summary>Headers of its answer that the client gets, when it denies; all when empty.</summary>
    public IReadOnlyList<string> HeadersToDownstreamOnDeny { get; init; } = [];

    /// <summary>Headers of its answer that the client gets, when it allows.</summary>
    public IReadOnlyList<string> HeadersToDownstreamOnAllow { get; init; } = [];
}

/// <summary>A service that decides on requests and connections, over gRPC.</summary>
public sealed record GrpcAuthorizer
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Time for a decision: 600 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Whether requests go on when there is no decision: false.</summary>
    public bool FailOpen { get; init; }

    /// <summary>Whether the route is chosen anew after a decision: false.</summary>
    public bool? ClearRouteCache { get; init; }

    /// <summary>Status when there is no decision: 403.</summary>
    public string StatusOnError { get; init; } = "403";

    /// <summary>How much of the body it gets; none by default.</summary>
    public AuthorizerBody? IncludeRequestBodyInCheck { get; init; }
}

/// <summary>How much of a body a service gets.</summary>
public sealed record AuthorizerBody
{
    /// <summary>Bytes; more is refused with 413.</summary>
    [Range(0)]
    public long MaxRequestBytes { get; init; }

    /// <summary>It gets the beginning of a body that is longer.</summary>
    public bool AllowPartialMessage { get; init; }

    /// <summary>It gets bytes, and not a text; for gRPC.</summary>
    public bool PackAsBytes { get; init; }
}
