// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>Attributes of requests by path and method, and where an API key is in them.</summary>
[Kind("config.istio.io", "httpapispecs", "v1alpha2", Name = "HTTPAPISpec", IsNotInForce = true)]
public sealed record HttpApiSpec
{
    /// <summary>Attributes of all requests.</summary>
    public ApiAttributes? Attributes { get; init; }

    /// <summary>By path and method; the first that matches counts.</summary>
    public IReadOnlyList<ApiPattern> Patterns { get; init; } = [];

    /// <summary>Places where an API key may be, in order; query <c>key</c>, query <c>api_key</c> and header <c>x-api-key</c> when empty.</summary>
    public IReadOnlyList<ApiKeyPlace> ApiKeys { get; init; } = [];
}

/// <summary>Attributes with their values.</summary>
public sealed record ApiAttributes
{
    /// <summary>Attribute → value: <c>{stringValue: books}</c>.</summary>
    public IReadOnlyDictionary<string, JsonObject> Attributes { get; init; } = new Dictionary<string, JsonObject>();
}

/// <summary>Attributes of some requests.</summary>
public sealed record ApiPattern
{
    /// <summary>They are added to those of all requests.</summary>
    public ApiAttributes? Attributes { get; init; }

    /// <summary>In upper case.</summary>
    public string HttpMethod { get; init; } = "";

    /// <summary>Path with variables, by RFC 6570: <c>/books/{id}</c>.</summary>
    [OneOf("pattern")]
    public string? UriTemplate { get; init; }

    /// <summary>Pattern for the path.</summary>
    [OneOf("pattern")]
    public string? Regex { get; init; }
}

/// <summary>A place where an API key may be.</summary>
public sealed record ApiKeyPlace
{
    /// <summary>A query parameter.</summary>
    [OneOf("key")]
    public string? Query { get; init; }

    /// <summary>A header.</summary>
    [OneOf("key")]
    public string? Header { get; init; }

    /// <summary>A cookie.</summary>
    [OneOf("key")]
    public string? Cookie { get; init; }
}

/// <summary>Services that API specifications are for.</summary>
[Kind("config.istio.io", "httpapispecbindings", "v1alpha2", Name = "HTTPAPISpecBinding", IsNotInForce = true)]
public sealed record HttpApiSpecBinding
{
    /// <summary>The services.</summary>
    [Required]
    public IReadOnlyList<MixerService> Services { get; init; } = [];

    /// <summary>Their specifications.</summary>
    [Required]
    public IReadOnlyList<SpecReference> ApiSpecs { get; init; } = [];
}
