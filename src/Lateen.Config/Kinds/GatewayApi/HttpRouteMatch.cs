// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>Conditions on a request, which all must hold.</summary>
public sealed record HttpRouteMatch
{
    /// <summary>Any path when it is not there.</summary>
    public HttpPathMatch? Path { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<RouteHeaderMatch> Headers { get; init; } = [];

    /// <summary>By name.</summary>
    public IReadOnlyList<RouteHeaderMatch> QueryParams { get; init; } = [];

    /// <summary>Any method when it is not there.</summary>
    public HttpMethodName? Method { get; init; }
}

/// <summary>A condition on the path.</summary>
public sealed record HttpPathMatch
{
    /// <summary>PathPrefix by default.</summary>
    public HttpPathMatchType Type { get; init; }

    /// <summary>What the path is compared with: <c>/</c>.</summary>
    public string Value { get; init; } = "/";
}

/// <summary>How a path is compared.</summary>
[PascalWords]
public enum HttpPathMatchType : byte
{
    /// <summary>Its first segments.</summary>
    PathPrefix,

    /// <summary>The whole path.</summary>
    Exact,

    /// <summary>An RE2 pattern for the whole path.</summary>
    RegularExpression,
}

/// <summary>A condition on a header or query parameter.</summary>
public sealed record RouteHeaderMatch
{
    /// <summary>Exact by default.</summary>
    public RouteHeaderMatchType Type { get; init; }

    /// <summary>Of the header, without regard to upper and lower case, or of the query parameter.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>What it is compared with.</summary>
    [Required]
    public string Value { get; init; } = "";
}

/// <summary>How a value is compared.</summary>
[PascalWords]
public enum RouteHeaderMatchType : byte
{
    /// <summary>The whole value.</summary>
    Exact,

    /// <summary>An RE2 pattern for the whole value.</summary>
    RegularExpression,
}

/// <summary>Methods.</summary>
public enum HttpMethodName : byte
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>CONNECT.</summary>
    Connect,

    /// <summary>OPTIONS.</summary>
    Options,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>PATCH.</summary>
    Patch,
}
