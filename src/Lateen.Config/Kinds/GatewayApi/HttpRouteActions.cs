// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>Sends the client elsewhere; what is not there is as in the request.</summary>
public sealed record RequestRedirect
{
    /// <summary><c>http</c> or <c>https</c>.</summary>
    public RedirectScheme? Scheme { get; init; }

    /// <summary>Host of the new place.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Path of the new place.</summary>
    public PathModifier? Path { get; init; }

    /// <summary>Port of the new place; the scheme's own when that is there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>301, 302, 303, 307 or 308: 302.</summary>
    [Range(300, 399)]
    public int StatusCode { get; init; } = 302;
}

/// <summary>Schemes of a redirect.</summary>
public enum RedirectScheme : byte
{
    /// <summary>HTTP.</summary>
    [Word("http")]
    Http,

    /// <summary>HTTPS.</summary>
    [Word("https")]
    Https,
}

/// <summary>Changes to path and host.</summary>
public sealed record UrlRewrite
{
    /// <summary>Replaces the host.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Replaces the path.</summary>
    public PathModifier? Path { get; init; }
}

/// <summary>A change to a path.</summary>
public sealed record PathModifier
{
    /// <summary>Which field is there.</summary>
    [Required]
    public PathModifierType? Type { get; init; }

    /// <summary>Replaces the whole path.</summary>
    public string? ReplaceFullPath { get; init; }

    /// <summary>Replaces the prefix that the rule matched.</summary>
    public string? ReplacePrefixMatch { get; init; }
}

/// <summary>What of a path is changed.</summary>
[PascalWords]
public enum PathModifierType : byte
{
    /// <summary>The whole path.</summary>
    ReplaceFullPath,

    /// <summary>The prefix that the rule matched.</summary>
    ReplacePrefixMatch,
}

/// <summary>Which web pages of other origins may call.</summary>
public sealed record RouteCors
{
    /// <summary>Origins; a <c>*</c> alone is any, in front of a host any below.</summary>
    public IReadOnlyList<string> AllowOrigins { get; init; } = [];

    /// <summary>Whether the page may send cookies.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>Methods, in upper case, or <c>*</c>.</summary>
    public IReadOnlyList<string> AllowMethods { get; init; } = [];

    /// <summary>Request headers, or <c>*</c>.</summary>
    public IReadOnlyList<string> AllowHeaders { get; init; } = [];

    /// <summary>Response headers, or <c>*</c>.</summary>
    public IReadOnlyList<string> ExposeHeaders { get; init; } = [];

    /// <summary>Seconds that a preflight's answer holds: 5.</summary>
    [Range(1)]
    public int MaxAge { get; init; } = 5;
}

/// <summary>A service that decides whether a request may go on.</summary>
public sealed record ExternalAuth
{
    /// <summary>How it is asked.</summary>
    [Required]
    public ExternalAuthProtocol? Protocol { get; init; }

    /// <summary>Who is asked.</summary>
    [Required]
    public BackendReference? BackendRef { get; init; }

    /// <summary>For HTTP.</summary>
    public HttpAuth? Http { get; init; }

    /// <summary>For gRPC.</summary>
    public GrpcAuth? Grpc { get; init; }

    /// <summary>Whether it gets the body, and how much of it.</summary>
    public ForwardBody? ForwardBody { get; init; }
}

/// <summary>How a service is asked.</summary>
public enum ExternalAuthProtocol : byte
{
    /// <summary>Envoy's ext_authz over gRPC.</summary>
    Grpc,

    /// <summary>A request like the client's.</summary>
    Http,
}

/// <summary>How a service is asked over HTTP.</summary>
public sealed record HttpAuth
{
    /// <summary>In front of the request's path.</summary>
    public string Path { get; init; } = "";

    /// <summary>Headers of the request that it gets, beside Host, Method, Path, Content-Length and Authorization.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    /// <summary>Headers of its answer that are added to the request.</summary>
    public IReadOnlyList<string> AllowedResponseHeaders { get; init; } = [];
}

/// <summary>How a service is asked over gRPC.</summary>
public sealed record GrpcAuth
{
    /// <summary>Headers of the request that it gets; all when empty.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];
}

/// <summary>How much of a body is passed on.</summary>
public sealed record ForwardBody
{
    /// <summary>Bytes; more is refused with 413. 0 is no body.</summary>
    [Range(0)]
    public int MaxSize { get; init; }
}
