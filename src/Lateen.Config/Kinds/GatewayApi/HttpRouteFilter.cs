// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>What happens to a request: exactly the field that the type names.</summary>
public sealed record HttpRouteFilter
{
    /// <summary>Which field is there.</summary>
    [Required]
    public HttpRouteFilterType? Type { get; init; }

    /// <summary>Changes to the request's headers.</summary>
    public HeaderModifier? RequestHeaderModifier { get; init; }

    /// <summary>Changes to the response's headers.</summary>
    public HeaderModifier? ResponseHeaderModifier { get; init; }

    /// <summary>A service that gets a copy; its answers are dropped.</summary>
    public RequestMirror? RequestMirror { get; init; }

    /// <summary>An answer that sends the client elsewhere.</summary>
    public RequestRedirect? RequestRedirect { get; init; }

    /// <summary>Changes to path and host.</summary>
    public UrlRewrite? UrlRewrite { get; init; }

    /// <summary>Which web pages of other origins may call.</summary>
    public RouteCors? Cors { get; init; }

    /// <summary>A service that decides whether the request may go on.</summary>
    public ExternalAuth? ExternalAuth { get; init; }

    /// <summary>An answer without asking a service.</summary>
    public RouteDirectResponse? DirectResponse { get; init; }

    /// <summary>A filter in a resource of its own.</summary>
    public LocalReference? ExtensionRef { get; init; }
}

/// <summary>What a filter does.</summary>
[PascalWords]
public enum HttpRouteFilterType : byte
{
    /// <summary>Changes headers of the request.</summary>
    RequestHeaderModifier,

    /// <summary>Changes headers of the response.</summary>
    ResponseHeaderModifier,

    /// <summary>Copies the request.</summary>
    RequestMirror,

    /// <summary>Sends the client elsewhere.</summary>
    RequestRedirect,

    /// <summary>Changes path and host.</summary>
    [Word("URLRewrite")]
    UrlRewrite,

    /// <summary>Lets web pages of other origins call.</summary>
    [Word("CORS")]
    Cors,

    /// <summary>Asks a service.</summary>
    ExternalAuth,

    /// <summary>Answers by itself.</summary>
    DirectResponse,

    /// <summary>What the resource says.</summary>
    ExtensionRef,
}

/// <summary>Changes to headers of a message: first set, then add, then remove.</summary>
public sealed record HeaderModifier
{
    /// <summary>Replaces the values of headers.</summary>
    public IReadOnlyList<HeaderValue> Set { get; init; } = [];

    /// <summary>Adds values to headers.</summary>
    public IReadOnlyList<HeaderValue> Add { get; init; } = [];

    /// <summary>Removes headers.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];
}

/// <summary>A header.</summary>
public sealed record HeaderValue
{
    /// <summary>Of the header.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Of the header.</summary>
    [Required]
    public string Value { get; init; } = "";
}

/// <summary>A copy of requests for another service.</summary>
public sealed record RequestMirror
{
    /// <summary>Who gets it.</summary>
    [Required]
    public BackendReference? BackendRef { get; init; }

    /// <summary>Per cent of the requests: all by default.</summary>
    [OneOf("share"), Range(0, 100)]
    public int? Percent { get; init; }

    /// <summary>Share of the requests: all by default.</summary>
    [OneOf("share")]
    public Fraction? Fraction { get; init; }
}

/// <summary>A share of all.</summary>
public sealed record Fraction
{
    /// <summary>So many …</summary>
    [Required, Range(0)]
    public int Numerator { get; init; }

    /// <summary>… of so many: 100.</summary>
    [Range(1)]
    public int Denominator { get; init; } = 100;
}
